"""The end of orders that are not paid: by the clock, or by the buyer."""

from django.db import transaction

from checkout.errors import PaymentUnderWay
from checkout.models import OPEN_ORDERS, Cart, Order, PaymentState
from checkout.operations import pay
from checkout.operations.cancel import cancel_paid_order
from checkout.operations.closing import close_order, record_cancelled
from checkout.operations.settle import settle_payment
from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.locking import lock_one


def expire_order(*, order_id: int) -> None:
    """Give up an order that was not paid in its time; its stock is free, and its cart as it was.

    The payment is closed with the provider first, so that nobody pays for what is gone; where it cannot be
    closed it is settled instead. Runs outside any transaction, then locks the cart and what close_order
    locks. An order that was paid or extended meanwhile is left alone. Raises ProviderUnavailable.
    """
    order = Order.objects.filter(pk=order_id, payment_state__in=OPEN_ORDERS).first()
    if order is not None and order.expires_at <= clock.now():
        _end(order, PaymentState.EXPIRED, actor=None)


def cancel_order(*, order: Order, actor: User | None = None, idempotency_key: str | None = None) -> Order:
    """Give up an order as its buyer wishes: before it is paid like `expire_order`, and after that while
    nothing of it was sent, like `cancel_paid_order`.

    Before it is paid a second time changes nothing, with the key or without. Raises TransitionNotAllowed for
    one that was sent or has ended, PaymentUnderWay where its payment cannot be stopped any more and has not
    come to its end; after it was paid IdempotencyKeyReused, RequestInProgress.
    """
    if order.is_open:
        _end(order, PaymentState.CANCELLED, actor=actor)
        order.refresh_from_db()
    if order.is_open:
        raise PaymentUnderWay(number=order.number)
    if order.payment_state == PaymentState.PAID:
        cancel_paid_order(order=order, actor=actor, idempotency_key=idempotency_key)
        return order
    if order.payment_state != PaymentState.CANCELLED:
        raise TransitionNotAllowed(
            thing="order", current=order.payment_state, asked=PaymentState.CANCELLED.value
        )
    return order


def _end(order: Order, to: PaymentState, *, actor: User | None) -> None:
    payment = order.payments.order_by("pk").last()
    if payment is not None and not pay.stop(payment, order=order):
        settle_payment(provider=payment.provider, ref=payment.provider_ref)
        return
    with transaction.atomic():
        lock_one(Cart.objects.filter(orders=order))
        order = Order.objects.get(pk=order.pk)
        if order.is_open:
            close_order(order, to, actor=actor)
        if payment is not None:
            payment.refresh_from_db()
            record_cancelled(payment)
