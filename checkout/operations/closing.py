"""How an order that is not paid comes to its end.

The caller holds the cart: its lock guards the unpaid orders that were made of it, and their payments.
"""

from functools import partial

from catalog.operations import reservations
from checkout.events import OrderReleased
from checkout.models import (
    ORDER_MOVES,
    PAYMENT_MOVES,
    VENDOR_ORDER_MOVES,
    Order,
    Payment,
    PaymentState,
    PaymentStatus,
    VendorOrderStatus,
)
from checkout.operations.uses import give_back_uses
from marketplace.accounts.models import User
from marketplace.kernel import audit, writes
from marketplace.kernel.events import publish


def close_order(order: Order, to: PaymentState, *, actor: User | None = None, reason: str = "") -> None:
    """Give the order's stock back, in the caller's transaction; its cart has been active all along.

    Locks the variants and their products. Publishes OrderReleased. What may still be open with the provider
    is cancelled by whoever calls, before, or by the reaction to the event.
    """
    with writes.together():
        reservations.release(holder=order.holder)
        end_order(order, to, actor=actor, reason=reason)


def end_order(order: Order, to: PaymentState, *, actor: User | None = None, reason: str = "") -> None:
    """Move the order and its parts to their end, and give its promotions back; its stock is the caller's."""
    with writes.together(), audit.gathered():
        ORDER_MOVES.move(order, to, actor=actor, reason=reason)
        parts = list(order.vendor_orders.all())
        VENDOR_ORDER_MOVES.move_all(parts, VendorOrderStatus.CANCELLED, actor=actor, reason=reason)
        give_back_uses(order)
    writes.then(partial(publish, OrderReleased(order_id=order.pk)))


def record_cancelled(payment: Payment, *, refusal: str = "") -> None:
    """Note that the provider has closed a payment, or why it never took it, in the caller's transaction."""
    changes = {"action_url": ""} | ({"decline_code": refusal} if refusal else {})
    if PAYMENT_MOVES.allows(payment.status, PaymentStatus.CANCELLED):
        PAYMENT_MOVES.move(payment, PaymentStatus.CANCELLED, actor=None, also=changes)
