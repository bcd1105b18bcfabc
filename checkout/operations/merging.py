"""What a guest gathered goes with the user who signs in."""

from collections.abc import Iterator, Sequence

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from checkout.models import Cart, CartLine, CartShipping, CartStatus
from checkout.models.cart import CART_MOVES
from checkout.operations.cart import MOST_LINES, MOST_UNITS
from checkout.operations.open_carts import mark_changed, remember_cart
from checkout.selectors.cart import available_to, carts_of, lines_of
from marketplace.accounts.models import User
from marketplace.kernel.locking import lock


def merge_carts(*, session: SessionBase, user: User) -> Cart | None:
    """Let the session go on with the user's one cart, the guest's lines in it; None where there is neither.

    Lines of the same variant and characteristics become one; what is more than is left stays out, and the
    line says so (`asked`); a new line of which nothing is left stays, to be warned of. A guest's cart of
    another currency, or beside an empty one, takes the place of the user's. A second sign-in changes nothing.

    Locks both carts. Side effects: the session remembers the cart.
    """
    try:
        with transaction.atomic():
            cart = _merged(session, user)
    except IntegrityError:
        # Another session of the user made a cart at this moment: now there are two to merge.
        with transaction.atomic():
            cart = _merged(session, user)
    if cart is not None:
        remember_cart(session, cart, items=sum(cart.lines.values_list("quantity", flat=True)))
    return cart


def _merged(session: SessionBase, user: User) -> Cart | None:
    carts = lock(carts_of(session=session, user=user))
    own = next((cart for cart in carts if cart.user_id == user.pk), None)
    guests = next((cart for cart in carts if cart.user_id is None), None)
    if guests is None:
        return own
    if own is None:
        return _adopted(guests, user)
    lines, arriving = list(lines_of(own)), list(lines_of(guests))
    if arriving and (not lines or own.currency != guests.currency):
        CART_MOVES.move(own, CartStatus.ABANDONED, actor=user, reason="another cart at sign-in")
        return _adopted(guests, user)
    if arriving:
        changed = list(_taken_over(own, lines, arriving))
        CartLine.objects.bulk_update(changed, ["cart", "quantity", "asked", "seen_price_minor"])
        chosen = CartShipping.objects.filter(cart=own).values("vendor")
        CartShipping.objects.filter(cart=guests).exclude(vendor__in=chosen).update(cart=own)
        mark_changed(own)
    CART_MOVES.move(guests, CartStatus.MERGED, actor=user, reason="sign-in")
    return own


def _adopted(cart: Cart, user: User) -> Cart:
    """The guest's cart as the user's; what the guest said of themselves stays the guest's."""
    cart.user, cart.billing_profile, cart.email = user, user.billing_profile, user.email
    cart.shipping_address = cart.billing_address = None
    mark_changed(cart)
    return cart


def _taken_over(own: Cart, lines: list[CartLine], arriving: Sequence[CartLine]) -> Iterator[CartLine]:
    """The lines that change: each arriving one is added to its equal, or moved. `lines` grows along."""
    known = {_identity(line): line for line in lines}
    for line in arriving:
        taken = sum(each.quantity for each in lines if each.variant_id == line.variant_id)
        left = max(available_to(line) - taken, 0)
        equal = known.get(_identity(line))
        if equal is not None:
            equal.quantity += min(line.quantity, left, MOST_UNITS - equal.quantity)
            equal.asked += line.asked
            equal.seen_price_minor = line.seen_price_minor
            yield equal
        elif len(lines) < MOST_LINES:
            line.cart = own
            line.quantity = min(line.quantity, left) or line.quantity
            lines.append(line)
            yield line


def _identity(line: CartLine) -> tuple[object, ...]:
    return line.variant_id, *sorted(line.characteristics.items())
