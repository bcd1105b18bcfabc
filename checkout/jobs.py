"""What the checkout does by itself: what was cut off is done again, what nobody pays comes to its end."""

import contextlib
from datetime import timedelta
from typing import Final

from django.conf import settings

from checkout import client_sites
from checkout.errors import PaymentQuarantined, PaymentRefused
from checkout.models import (
    OPEN_ORDERS,
    TO_SHIP,
    Fulfillment,
    Order,
    OrderReview,
    OrderReviewStatus,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    VendorOrder,
)
from checkout.operations import closing_parts, digital, expire, old_carts, payments, refunds, reviews, settle
from checkout.selectors import returns
from checkout.selectors import reviews as review_selectors
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.kernel import clock
from marketplace.kernel.jobs import job, periodic

# How long webhooks have to tell the end of a payment before we ask.
PATIENCE: Final = timedelta(minutes=5)
LIVE: Final = (PaymentStatus.OPEN, PaymentStatus.PROCESSING)


@job()
def stop_payments(order_id: int) -> None:
    """An order has ended; nobody shall pay for it any more."""
    payments.stop_payments(order_id=order_id)


@job()
def review_order(order_id: int) -> None:
    """An order was paid: people may have to look at it first, else what is digital is handed over."""
    reviews.review_order(order_id=order_id)
    digital.deliver_digital(order_id=order_id)


@job()
def deliver_released(review_id: int) -> None:
    """Somebody has looked at an order: what is digital is had once it is released."""
    review = OrderReview.objects.get(pk=review_id)
    if review.status == OrderReviewStatus.RELEASED:
        digital.deliver_digital(order_id=review.order_id)


@job()
def send_refund(refund_id: int) -> None:
    """Money is to go back."""
    refunds.send_refund(refund_id=refund_id)


@job(attempts=3)
def expire_order(order_id: int) -> None:
    """An order was not paid in its time."""
    expire.expire_order(order_id=order_id)


@job(attempts=3)
def resume_payment(payment_id: int) -> None:
    """The process that was to open a payment died, or the provider did not answer it."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if payment.status != PaymentStatus.OPEN or not payment.order.is_open:
        return
    with contextlib.suppress(PaymentRefused):  # the order is given up then
        if not payments.start_payment(payment=payment, order=payment.order):
            raise ProviderUnavailable


@job(attempts=3)
def look_at_payment(payment_id: int) -> None:
    """A payment has been open for long: no webhook has told of its end, or none has come through."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status in LIVE and payment.provider_ref:
        with contextlib.suppress(UnknownPayment, PaymentQuarantined):  # logged where they are found
            settle.settle_payment(provider=payment.provider, ref=payment.provider_ref)


@periodic("* * * * * */30")
def expire_due_orders() -> None:
    """Twice a minute: orders whose time is over."""
    due = Order.objects.filter(payment_state__in=OPEN_ORDERS, expires_at__lte=clock.now())
    for key in due.values_list("pk", flat=True):
        expire_order.defer_once(str(key), key)


@periodic("* * * * * */15")
def resume_what_was_cut_off() -> None:
    """Every 15 seconds: payments that were not opened or not closed with the provider, refunds not sent."""
    live = Payment.objects.filter(status__in=LIVE)
    unopened = live.filter(provider_ref="", order__payment_state__in=OPEN_ORDERS)
    for key in unopened.values_list("pk", flat=True):
        resume_payment.defer_once(str(key), key)
    for key in live.exclude(order__payment_state__in=OPEN_ORDERS).values_list("order", flat=True):
        stop_payments.defer_once(str(key), key)
    unsent = Refund.objects.filter(status__in=[RefundStatus.CREATED, RefundStatus.PENDING])
    # What the buyer disputes cannot be cancelled: the bank decides whose the money is.
    unsent = unsent.exclude(order__payments__is_disputed=True)
    for key in unsent.values_list("pk", flat=True):
        send_refund.defer_once(str(key), key)


@periodic("*/5 * * * *")
def look_at_old_payments() -> None:
    """Every five minutes: payments that have been open for longer than PATIENCE."""
    old = Payment.objects.filter(status__in=LIVE, created_at__lte=clock.now() - PATIENCE)
    for key in old.exclude(provider_ref="").values_list("pk", flat=True):
        look_at_payment.defer_once(str(key), key)


@periodic("43 3 * * *")
def end_old_carts() -> None:
    """Every night; who comes back after so long fills another one."""
    old_carts.abandon_old()
    old_carts.delete_abandoned()


@periodic("23 * * * *")
def forget_client_sites() -> None:
    """Once an hour: from where orders were placed that are older than any rule looks."""
    old = Order.objects.filter(placed_at__lt=clock.now() - client_sites.KEPT_FOR)
    old.exclude(client_site="").update(client_site="")


@job(attempts=3)
def cancel_unshipped(vendor_order_id: int) -> None:
    """A part was paid long ago, and not sent, or not all of it."""
    closing_parts.cancel_unshipped(vendor_order_id=vendor_order_id)


@job(attempts=3)
def take_as_delivered(fulfillment_id: int) -> None:
    """A parcel was sent long ago, and nobody has said that it arrived."""
    closing_parts.take_as_delivered(fulfillment_id=fulfillment_id)


@job(attempts=3)
def complete_part(vendor_order_id: int) -> None:
    """Nothing of a part can be sent back any more."""
    closing_parts.complete_part(vendor_order_id=vendor_order_id)


@job(attempts=3)
def close_review(review_id: int) -> None:
    """The buyer or a vendor may have decided what people were to decide."""
    reviews.close_pointless(review_id=review_id)


@periodic("*/5 * * * *")
def close_pointless_reviews() -> None:
    """Every five minutes: reviews of orders of which nothing is left."""
    for key in review_selectors.pointless().values_list("pk", flat=True):
        close_review.defer_once(str(key), key)


@periodic("7 * * * *")
def move_old_parts() -> None:
    """Once an hour: what was not sent, has not been seen to arrive, or cannot come back, each in its time."""
    now = clock.now()
    unsent = VendorOrder.objects.filter(
        status__in=TO_SHIP, order__paid_at__lte=now - timedelta(days=settings.SHIP_WITHIN_DAYS)
    )
    # While the buyer disputes the payment nothing goes back, and the next hour asks again.
    unsent = unsent.exclude(order__payments__is_disputed=True)
    for key in unsent.values_list("pk", flat=True):
        cancel_unshipped.defer_once(str(key), key)
    sent = Fulfillment.objects.filter(
        delivered_at=None, shipped_at__lte=now - timedelta(days=settings.DELIVERED_AFTER_DAYS)
    )
    for key in sent.values_list("pk", flat=True):
        take_as_delivered.defer_once(str(key), key)
    for key in returns.over().values_list("pk", flat=True):
        complete_part.defer_once(str(key), key)
