"""What it means that an order is paid."""

from collections.abc import Sequence

from catalog.operations import reservations
from checkout.events import OrderPaid
from checkout.models import (
    ORDER_MOVES,
    PAYMENT_MOVES,
    VENDOR_ORDER_MOVES,
    Cart,
    CartStatus,
    Order,
    Payment,
    PaymentState,
    PaymentStatus,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.models.cart import CART_MOVES
from checkout.operations.leftovers import take_out
from checkout.operations.uses import confirm_uses
from marketplace.kernel import audit, clock, writes
from marketplace.kernel.events import publish


def mark_paid(
    order: Order,
    *,
    parts: Sequence[VendorOrder],
    cart: Cart,
    payment: Payment | None,
    charge_ref: str = "",
) -> None:
    """The order is paid: its stock is sold, its parts are open to their vendors, its cart has served.

    What the buyer put in the cart since it was ordered stays there, and so does the cart then.

    The caller holds the cart, and the order holds its stock. `parts` are all of the order, with the status at
    least. Without a payment there was nothing to pay.
    Locks the variants. Publishes OrderPaid, once for an order: a second time the move is refused.
    """
    with writes.together(), audit.gathered():
        reservations.consume(holder=order.holder)
        ORDER_MOVES.move(order, PaymentState.PAID, actor=None, also={"paid_at": clock.now()})
        VENDOR_ORDER_MOVES.move_all(parts, VendorOrderStatus.OPEN, actor=None)
        confirm_uses(order)
        if payment is not None:
            mark_succeeded(payment, charge_ref=charge_ref)
        if not take_out(order, cart=cart) and CART_MOVES.allows(cart.status, CartStatus.PAID):
            CART_MOVES.move(cart, CartStatus.PAID, actor=None)
    with writes.together():
        publish(OrderPaid(order_id=order.pk))


def mark_succeeded(payment: Payment, *, charge_ref: str, refunded_minor: int = 0) -> None:
    """The buyer has paid, whatever becomes of the order; so much of it is on its way back already."""
    changes = {
        "charge_ref": charge_ref,
        "refunded_minor": refunded_minor,
        "decline_code": "",
        "action_url": "",
    }
    PAYMENT_MOVES.move(payment, PaymentStatus.SUCCEEDED, actor=None, also=changes)
