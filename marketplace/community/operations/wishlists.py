"""Lists: made, named, shared, watched and deleted. A guest's are merged into a user's at sign-in."""

import secrets
from datetime import timedelta
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from marketplace.accounts.errors import SignInRequired
from marketplace.accounts.models import User
from marketplace.community.errors import TooManyWishlists
from marketplace.community.events import AlertsWanted
from marketplace.community.models import Wishlist, WishlistItem
from marketplace.community.models.wishlists import new_guest_token
from marketplace.community.selectors.wishlists import LISTS, guest_token, lists_of
from marketplace.kernel import adjustable, clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.texts import line

MOST_LISTS: Final = 20
MOST_ITEMS: Final = 200
DEFAULT_NAME: Final = "Wishlist"
SHARE_BYTES: Final = 32


def default_list(*, session: SessionBase, user: User | None) -> Wishlist:
    """The list that things go to unasked; made where there is none yet.

    Side effects: the session of a guest remembers its lists.
    """
    owner = _owner(session, user)
    wishlist, _ = Wishlist.objects.get_or_create(**owner, is_default=True, defaults={"name": DEFAULT_NAME})
    return wishlist


def save_wishlist(
    *, session: SessionBase, user: User | None, name: str, wishlist: Wishlist | None = None
) -> Wishlist:
    """Make a list of this name, or name one of one's own anew. Making one that is there answers it.

    Locks the lists. Raises InvalidInput, also for another list's name, and TooManyWishlists.
    """
    name = line(name, field="name", longest=80)
    with transaction.atomic():
        first = default_list(session=session, user=user)
        lists = lock(lists_of(session=session, user=user))
        named = next((each for each in lists if each.name == name), None)
        if wishlist is None and named is not None:
            return named
        if named is not None and wishlist is not None and named.pk != wishlist.pk:
            raise InvalidInput(field="name", reason="Another of your wishlists has this name.")
        if wishlist is None:
            if len(lists) >= MOST_LISTS:
                raise TooManyWishlists(limit=MOST_LISTS)
            return Wishlist.objects.create(user=user, guest_token=first.guest_token, name=name)
        wishlist = next(each for each in lists if each.pk == wishlist.pk)
        wishlist.name = name
        wishlist.save(update_fields=["name", "updated_at"])
    return wishlist


def delete_wishlist(*, wishlist: Wishlist) -> None:
    """Delete a list with all that is on it. Raises InvalidInput for the default one, which stays."""
    if wishlist.is_default:
        raise InvalidInput(field="wishlist", reason="The default wishlist stays; it can be emptied.")
    Wishlist.objects.filter(pk=wishlist.pk).delete()


def share_wishlist(*, wishlist: Wishlist) -> Wishlist:
    """Let whoever has its link read the list; one that is shared keeps its link. Locks the list."""
    with transaction.atomic():
        wishlist = lock_one(Wishlist.objects.filter(pk=wishlist.pk))
        if wishlist.share_token is None:
            wishlist.share_token = secrets.token_urlsafe(SHARE_BYTES)
            wishlist.save(update_fields=["share_token", "updated_at"])
    return wishlist


def revoke_wishlist_link(*, wishlist: Wishlist) -> Wishlist:
    """The link opens nothing any more; shared again, the list has another one. Locks the list."""
    with transaction.atomic():
        wishlist = lock_one(Wishlist.objects.filter(pk=wishlist.pk))
        wishlist.share_token = None
        wishlist.save(update_fields=["share_token", "updated_at"])
    return wishlist


def watch_wishlist(*, wishlist: Wishlist, user: User | None, is_watched: bool) -> Wishlist:
    """Have mail when something on the list is back or costs less, or no more of it.

    Locks the list. Publishes AlertsWanted for a yes. Raises SignInRequired for guests, whose address is not
    known to be theirs.
    """
    if user is None:
        raise SignInRequired
    with transaction.atomic():
        wishlist = lock_one(Wishlist.objects.filter(pk=wishlist.pk))
        wishlist.is_watched = is_watched
        wishlist.save(update_fields=["is_watched", "updated_at"])
        if is_watched:
            publish(AlertsWanted(user_id=user.pk))
    return wishlist


def merge_wishlists(*, session: SessionBase, user: User) -> None:
    """Let the lists of the session's guest be the user's: the default one goes into the default one.

    Others go into the list of their name, or stay what they are as long as there may be so many; what is
    more than MOST_LISTS or MOST_ITEMS is left out. A second sign-in changes nothing. A shared
    list that goes into another is shared no more.

    Locks both's lists. Side effects: the session forgets the guest's.
    """
    token = guest_token(session)
    if token is None:
        return
    guests = Wishlist.objects.filter(guest_token=token)
    if guests.exists():
        default_list(session=session, user=user)
        with transaction.atomic():
            _merge(lock(guests | Wishlist.objects.filter(user=user)), user)
    session.pop(LISTS, None)


def forget_guest_lists() -> int:
    """Delete the lists of guests that nobody touched for as long as their carts would stay; how many."""
    days = adjustable.number("GUEST_CART_DAYS")
    old = Wishlist.objects.filter(user=None, updated_at__lte=clock.now() - timedelta(days=days))
    return old.delete()[0]


def _owner(session: SessionBase, user: User | None) -> dict[str, object]:
    """Whose a list is, as columns; a guest who had none is given a token."""
    if user is not None:
        return {"user": user}
    token = guest_token(session)
    if token is None:
        token = new_guest_token()
        session[LISTS] = str(token)
    return {"guest_token": token}


def _merge(lists: list[Wishlist], user: User) -> None:
    own = [each for each in lists if each.user_id is not None]
    by_name = {each.name: each for each in own}
    first = next(each for each in own if each.is_default)
    for each in (each for each in lists if each.user_id is None):
        into = first if each.is_default else by_name.get(each.name)
        if into is not None:
            _move_items(each, into)
            each.delete()
        elif len(own) < MOST_LISTS:
            each.user, each.guest_token = user, None
            each.save(update_fields=["user", "guest_token", "updated_at"])
            own.append(each)
        else:
            each.delete()


def _move_items(one: Wishlist, into: Wishlist) -> None:
    """What is not there yet, the last added first, as long as there is room."""
    there: set[tuple[int, int | None]] = set(into.items.values_list("product", "variant"))
    for item in one.items.all():
        if (item.product_id, item.variant_id) not in there and len(there) < MOST_ITEMS:
            there.add((item.product_id, item.variant_id))
            WishlistItem.objects.filter(pk=item.pk).update(wishlist=into)
