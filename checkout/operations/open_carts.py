"""The cart that an operation is about to change, held; and what every change of it brings along."""

from collections.abc import Iterable
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Sum

from checkout.models import Cart, CartStatus, Order, PaymentState
from checkout.selectors.cart import CART, ITEMS, carts_of
from marketplace.accounts.models import User
from marketplace.kernel import clock, writes
from marketplace.kernel.errors import NotFound
from marketplace.kernel.locking import lock

UNCHANGING: Final = {"id", "token", "created_at"}
# What the session remembers of its last paid order: the number.
ORDER: Final = "order_id"


def lock_cart(*, session: SessionBase, user: User | None) -> Cart:
    """The open cart of the user or the session. Locks it. Raises NotFound where there is none."""
    cart = lock_cart_or_none(session=session, user=user)
    if cart is None:
        raise NotFound(thing="cart")
    return cart


def lock_cart_or_none(*, session: SessionBase, user: User | None) -> Cart | None:
    """The same, or None."""
    return first_cart(lock(carts_of(session=session, user=user)))


def first_cart(carts: Iterable[Cart]) -> Cart | None:
    """Of a user's own cart and a guest's that was never merged, the former."""
    return min(carts, key=lambda cart: cart.user_id is None, default=None)


def mint_cart(*, session: SessionBase, user: User | None, currency: str) -> tuple[Cart, bool]:
    """A cart for whoever has none, and whether it is new: another request of the user may have been faster.

    A new one is in its first version already. Locks the other one.
    """
    minted = Cart(user=user, currency=currency, version=1)
    if user is None:
        minted.save()
        return minted, True
    Cart.objects.bulk_create([minted], ignore_conflicts=True)
    cart = lock_cart(session=session, user=user)
    return cart, cart.token == minted.token


def mark_changed(cart: Cart) -> None:
    """Write the cart, which the caller holds, under its next version.

    An unpaid order of it stays until the cart is ordered anew, is paid, or expires.
    """
    cart.version, cart.updated_at = cart.version + 1, clock.now()
    columns = [column for column in Cart._meta.concrete_fields if column.name not in UNCHANGING]
    values = {column.attname: getattr(cart, column.attname) for column in columns}
    writes.update(Cart.objects.filter(pk=cart.pk), values)


def remember_cart(session: SessionBase, cart: Cart, *, items: int) -> None:
    """Let the session know its cart and how many units are in it; it is written only where that is new."""
    for name, value in ((CART, str(cart.token)), (ITEMS, items)):
        if session.get(name) != value:
            session[name] = value


def forget_cart(session: SessionBase) -> None:
    """The session has no cart any more, as after a paid order."""
    for name in (CART, ITEMS):
        session.pop(name, None)


def remember_paid(session: SessionBase, order: Order) -> None:
    """Once the order of the session's cart is paid, the cart is forgotten, and the order's number kept.

    A cart with more in it than was paid goes on instead. The number stays until the buyer orders again. Reads
    the order's cart.
    """
    cart = order.cart
    if cart is None or order.payment_state != PaymentState.PAID or session.get(CART) != str(cart.token):
        return
    if cart.status != CartStatus.ACTIVE:
        forget_cart(session)
    elif cart.orders.filter(pk__gt=order.pk).exists():
        return
    else:
        units: int = cart.lines.aggregate(units=Sum("quantity", default=0))["units"]
        remember_cart(session, cart, items=units)
    if session.get(ORDER) != order.number:
        session[ORDER] = order.number


def forget_order(session: SessionBase) -> None:
    """The session is on its way to another order."""
    session.pop(ORDER, None)
