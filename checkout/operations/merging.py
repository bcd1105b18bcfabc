"""What a guest gathered goes with the user who signs in."""

from collections.abc import Iterator, Sequence

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from checkout.models import (
    OPEN_ORDERS,
    Cart,
    CartCoupon,
    CartLine,
    CartShipping,
    CartStatus,
    Order,
    PaymentState,
)
from checkout.models.cart import CART_MOVES
from checkout.operations.cart import MOST_LINES, MOST_UNITS
from checkout.operations.closing import close_order
from checkout.operations.leftovers import identity, without
from checkout.operations.open_carts import mark_changed, remember_cart
from checkout.selectors.cart import available_to, carts_of, lines_of
from marketplace.accounts.models import User
from marketplace.kernel.locking import lock


def merge_carts(*, session: SessionBase, user: User) -> Cart | None:
    """Let the session go on with the user's one cart, the guest's lines in it; None where there is neither.

    Lines of the same variant and characteristics become one; what is more than is left stays out, and the
    line says so (`asked`); a new line of which nothing is left stays, to be warned of. A guest's cart of
    another currency, or beside an empty one, takes the place of the user's. A second sign-in changes nothing.

    The unpaid order of the cart that ends is superseded, and its stock given back; one whose payment is under
    way goes on, and what it buys stays out.

    Locks both carts, then what close_order locks, and publishes what that does. Side effects: the session
    remembers the cart.
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
    if guests.lines.exists() and (own.currency != guests.currency or not own.lines.exists()):
        _give_up_order(own, user)
        CART_MOVES.move(own, CartStatus.ABANDONED, actor=user, reason="another cart at sign-in")
        return _adopted(guests, user)
    under_way = _give_up_order(guests, user)
    lines, arriving = list(lines_of(own)), list(lines_of(guests, buyer=own))
    if under_way is not None:
        arriving = without(under_way, arriving)
    if arriving:
        changed = list(_taken_over(own, lines, arriving))
        CartLine.objects.bulk_update(changed, ["cart", "quantity", "asked", "seen_price_minor"])
        chosen = CartShipping.objects.filter(cart=own).values("vendor")
        CartShipping.objects.filter(cart=guests).exclude(vendor__in=chosen).update(cart=own)
        kept = CartCoupon.objects.filter(cart=own).values("coupon")
        CartCoupon.objects.filter(cart=guests).exclude(coupon__in=kept).update(cart=own)
        mark_changed(own)
    CART_MOVES.move(guests, CartStatus.MERGED, actor=user, reason="sign-in")
    return own


def _give_up_order(cart: Cart, user: User) -> Order | None:
    """End the unpaid order of a cart that ends, and answer one whose payment cannot be stopped any more."""
    order = cart.orders.filter(payment_state__in=OPEN_ORDERS).first()
    if order is None or order.payment_state == PaymentState.PROCESSING:
        return order
    close_order(order, PaymentState.SUPERSEDED, actor=user, reason="sign-in")
    return None


def _adopted(cart: Cart, user: User) -> Cart:
    """The guest's cart as the user's; what the guest said of themselves stays the guest's."""
    cart.user, cart.billing_profile, cart.email = user, user.billing_profile, user.email
    cart.shipping_address = cart.billing_address = None
    mark_changed(cart)
    return cart


def _taken_over(own: Cart, lines: list[CartLine], arriving: Sequence[CartLine]) -> Iterator[CartLine]:
    """The lines that change: each arriving one is added to its equal, or moved. `lines` grows along."""
    known = {identity(line): line for line in lines}
    for line in arriving:
        taken = sum(each.quantity for each in lines if each.variant_id == line.variant_id)
        left = max(available_to(line) - taken, 0)
        equal = known.get(identity(line))
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
