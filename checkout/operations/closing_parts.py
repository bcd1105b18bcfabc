"""What becomes of a vendor's part by itself, when its time has come; once, however often called."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from checkout.errors import PaymentDisputed, RefundExceedsPaid
from checkout.models import TO_SHIP, VENDOR_ORDER_MOVES, Fulfillment, VendorOrder, VendorOrderStatus
from checkout.operations.cancel import CancelReason, cancel_parts
from checkout.operations.fulfil import mark_delivered
from checkout.operations.parts import lock_part
from checkout.selectors.returns import is_over
from marketplace.kernel import clock
from marketplace.kernel.errors import TransitionNotAllowed

logger = logging.getLogger(__name__)


def cancel_unshipped(*, vendor_order_id: int) -> None:
    """Cancel what was not sent of a part SHIP_WITHIN_DAYS after it was paid; see `cancel_vendor_order`.

    What a bank has given the buyer is not given again: after a lost dispute the part is cancelled with
    nothing back. One whose payment is disputed waits until that has ended, and one that was paid elsewhere
    waits for people; the log says so.
    """
    part = VendorOrder.objects.select_related("order").get(pk=vendor_order_id)
    paid_at = part.order.paid_at
    is_late = paid_at is not None and paid_at + timedelta(days=settings.SHIP_WITHIN_DAYS) <= clock.now()
    if part.status not in TO_SHIP or not is_late:
        return
    try:
        with transaction.atomic():
            cancel_parts([part.pk], units=None, actor=None, reason=CancelReason.NOT_SHIPPED)
    except TransitionNotAllowed:  # it was sent at this very moment
        return
    except (PaymentDisputed, RefundExceedsPaid) as refusal:
        logger.warning("part %s is late and not cancelled: %s", part.number, refusal)


def take_as_delivered(*, fulfillment_id: int) -> None:
    """Take a parcel for delivered DELIVERED_AFTER_DAYS after it was sent; see `mark_delivered`."""
    parcel = Fulfillment.objects.get(pk=fulfillment_id)
    due = parcel.shipped_at + timedelta(days=settings.DELIVERED_AFTER_DAYS)
    if parcel.delivered_at is None and due <= clock.now():
        mark_delivered(fulfillment=parcel)


def complete_part(*, vendor_order_id: int) -> None:
    """Complete a delivered part when nothing of it can be sent back any more. Locks the vendor's order."""
    with transaction.atomic():
        part, _ = lock_part(vendor_order_id)
        if part.status == VendorOrderStatus.DELIVERED and is_over(part):
            VENDOR_ORDER_MOVES.move(part, VendorOrderStatus.COMPLETED, actor=None)
