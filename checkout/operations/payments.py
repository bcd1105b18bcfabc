"""Payments from our side: opened for an order, and closed where nobody shall pay any more."""

import contextlib

from django.db import transaction

from checkout.errors import PaymentQuarantined, PaymentRefused
from checkout.models import Cart, Order, Payment, PaymentState, PaymentStatus
from checkout.operations import pay
from checkout.operations.closing import close_order, record_cancelled
from checkout.operations.settle import settle_payment
from marketplace.gateway.provider import ProviderRefused, ProviderUnavailable
from marketplace.kernel.locking import lock_one


def start_payment(*, payment: Payment, order: Order) -> bool:
    """Open the payment with its provider; whether it is open now, or the provider must be asked again.

    What became of one with a kept card, which is charged by that, is settled. Runs outside any transaction.
    Raises PaymentRefused where the provider takes no such payment; the order is
    given up then, and its stock and cart are free.
    """
    try:
        pay.start(payment, order=order)
    except ProviderUnavailable:
        return False
    except ProviderRefused as refusal:
        with transaction.atomic():
            lock_one(Cart.objects.filter(orders=order))
            order.refresh_from_db()
            if order.is_open:
                close_order(order, PaymentState.CANCELLED, reason="payment refused")
                record_cancelled(payment, refusal=refusal.code)
        raise PaymentRefused(code_of_provider=refusal.code) from refusal
    if payment.card_ref:
        # Without an answer a webhook will tell, and one in quarantine waits for people.
        with contextlib.suppress(ProviderUnavailable, PaymentQuarantined):
            settle_payment(provider=payment.provider, ref=payment.provider_ref)
    return True


def demand_taken(payment: Payment) -> None:
    """Raises PaymentRefused for a payment that the provider did not take, as when it was refused first."""
    if payment.status == PaymentStatus.CANCELLED and payment.decline_code and not payment.provider_ref:
        raise PaymentRefused(code_of_provider=payment.decline_code)


def stop_payments(*, order_id: int) -> None:
    """Close what is still open with the provider of an order that has ended.

    What the buyer has paid in the meantime is settled, which gives it back. Runs outside any transaction.
    Raises ProviderUnavailable.
    """
    order = Order.objects.get(pk=order_id)
    if order.is_open:
        return
    for payment in order.payments.filter(status__in=[PaymentStatus.OPEN, PaymentStatus.PROCESSING]):
        if pay.stop(payment, order=order):
            record_stopped(payment)
        else:
            settle_payment(provider=payment.provider, ref=payment.provider_ref)


def record_stopped(payment: Payment) -> None:
    """Note that the provider has closed a payment. Locks the cart."""
    with transaction.atomic():
        lock_one(Cart.objects.filter(orders=payment.order_id))
        payment.refresh_from_db()
        record_cancelled(payment)
