"""Lists of users and guests: made, shared, watched, and a guest's taken along at sign-in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from catalog.models import Product
from marketplace.accounts.errors import SignInRequired
from marketplace.community.errors import TooManyWishlists, WishlistFull
from marketplace.community.models import Wishlist, WishlistItem
from marketplace.community.operations import wishes, wishlists
from marketplace.community.operations.wishes import add_to_wishlist
from marketplace.community.operations.wishlists import (
    delete_wishlist,
    forget_guest_lists,
    merge_wishlists,
    save_wishlist,
    share_wishlist,
    watch_wishlist,
)
from marketplace.community.selectors.wishlists import LISTS, own_list
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.outreach.models import MailConsent
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed

pytestmark = pytest.mark.django_db


def _held(wishlist: Wishlist) -> set[str]:
    return set(wishlist.items.values_list("title", flat=True))


def test_f91_a_guests_lists_go_along_at_sign_in_once() -> None:
    user, session = UserFactory.create(), SessionStore()
    mug, bowl, tea = (listed(title=title) for title in ("Mug", "Bowl", "Tea"))
    own = add_to_wishlist(session=session, user=user, product_id=mug.pk).wishlist
    gifts = save_wishlist(session=session, user=user, name="Gifts")
    for product in (mug, bowl):
        guests = add_to_wishlist(session=session, user=None, product_id=product.pk).wishlist
    for name in ("Gifts", "Later"):
        named = save_wishlist(session=session, user=None, name=name)
        add_to_wishlist(session=session, user=None, product_id=tea.pk, wishlist=named)
    share_wishlist(wishlist=guests)
    for _ in range(2):
        merge_wishlists(session=session, user=user)
        assert LISTS not in session
        lists = {each.name: _held(each) for each in Wishlist.objects.filter(user=user)}
        assert lists == {"Wishlist": {"Mug", "Bowl"}, "Gifts": {"Tea"}, "Later": {"Tea"}}
    assert (Wishlist.objects.count(), Wishlist.objects.filter(is_default=True).get()) == (3, own)
    assert Wishlist.objects.get(name="Gifts") == gifts


def test_f91_a_thing_is_once_on_a_list_and_a_list_holds_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "MOST_ITEMS", 1)
    monkeypatch.setattr(wishlists, "MOST_LISTS", 2)
    user, session = UserFactory.create(), SessionStore()
    mug = listed()
    for _ in range(2):
        add_to_wishlist(session=session, user=user, product_id=mug.pk)
    assert WishlistItem.objects.count() == 1
    with pytest.raises(WishlistFull):
        add_to_wishlist(session=session, user=user, product_id=mug.pk, variant_id=mug.variants.get().pk)
    assert [save_wishlist(session=session, user=user, name="Gifts").name for _ in range(2)] == ["Gifts"] * 2
    with pytest.raises(TooManyWishlists):
        save_wishlist(session=session, user=user, name="More")
    assert Wishlist.objects.count() == 2


def test_f91_what_buyers_cannot_see_is_not_wished_for() -> None:
    hidden = listed(status="draft")
    other = listed().variants.get()
    for product, variant in ((hidden.pk, None), (2**40, None), (listed().pk, other.pk)):
        with pytest.raises(NotFound):
            add_to_wishlist(session=SessionStore(), user=None, product_id=product, variant_id=variant)
    assert not Wishlist.objects.exists()


def test_f91_lists_differ_in_name_and_the_default_one_stays() -> None:
    user, session = UserFactory.create(), SessionStore()
    gifts = save_wishlist(session=session, user=user, name="Gifts")
    default = Wishlist.objects.get(is_default=True)
    with pytest.raises(InvalidInput):
        save_wishlist(session=session, user=user, name="Gifts", wishlist=default)
    assert save_wishlist(session=session, user=user, name="Mine", wishlist=default).name == "Mine"
    with pytest.raises(InvalidInput):
        delete_wishlist(wishlist=default)
    delete_wishlist(wishlist=gifts)
    with pytest.raises(NotFound):
        own_list(gifts.pk, session=session, user=user)
    with pytest.raises(NotFound):
        own_list(default.pk, session=SessionStore(), user=None)


def test_f91_watching_is_consent_of_a_user() -> None:
    user, session = UserFactory.create(), SessionStore()
    wishlist = save_wishlist(session=session, user=user, name="Gifts")
    with pytest.raises(SignInRequired):
        watch_wishlist(wishlist=wishlist, user=None, is_watched=True)
    assert not MailConsent.objects.exists()
    for _ in range(2):
        assert watch_wishlist(wishlist=wishlist, user=user, is_watched=True).is_watched
    assert MailConsent.objects.get().topic == "product_alerts"


def test_f91_lists_that_guests_leave_are_forgotten() -> None:
    user, session = UserFactory.create(), SessionStore()
    product: Product = listed()
    for who in (None, user):
        add_to_wishlist(session=session, user=who, product_id=product.pk)
    assert forget_guest_lists() == 0
    Wishlist.objects.update(updated_at=clock.now() - timedelta(days=31))
    assert forget_guest_lists() > 0
    assert Wishlist.objects.get().user == user
