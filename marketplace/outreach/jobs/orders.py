"""Mail about orders: to who bought, and to those of the vendor's people who act on it.

What happens to a thing once has the thing as its occasion, so that even an event that comes twice is mailed
once.
"""

from django.db.models import QuerySet

from checkout.models import (
    CaseMessage,
    Fulfillment,
    Order,
    OrderCase,
    PaymentState,
    Refund,
    Return,
    VendorOrder,
)
from marketplace.kernel.jobs import job
from marketplace.outreach.operations.posting import Recipient, post, recipient_of
from marketplace.outreach.selectors import members_who_may
from vendors.permissions import VendorPermission


@job()
def mail_order_paid(order_id: int) -> None:
    """Confirm the order to the buyer, and tell each vendor's people what to ship."""
    order = _orders().prefetch_related("vendor_orders__vendor").get(pk=order_id)
    _tell_buyer(order, "order_paid", occasion=f"order:{order.pk}", order_id=order.pk)
    for part in order.vendor_orders.all():
        _tell_vendor(
            part,
            "order_new",
            VendorPermission.FULFIL_ORDERS,
            occasion=f"part:{part.pk}",
            facts={"vendor_order_id": part.pk},
        )


@job()
def mail_order_expired(order_id: int) -> None:
    """Tell a user that an order was not paid in time. A guest has not shown that the address is theirs."""
    order = _orders().get(pk=order_id)
    if order.payment_state == PaymentState.EXPIRED and order.billing_profile.user_id is not None:
        _tell_buyer(order, "order_expired", occasion=f"order:{order.pk}", order_id=order.pk)


@job()
def mail_payment_needed(order_id: int) -> None:
    """Ask the buyer to pay, whose kept card was declined without them."""
    order = _orders().get(pk=order_id)
    _tell_buyer(order, "payment_needed", occasion=f"order:{order.pk}", order_id=order.pk)


@job()
def mail_order_link(order_id: int, occasion: str) -> None:
    """Send the link to the order to the address it was placed with."""
    _tell_buyer(_orders().get(pk=order_id), "order_link", occasion=occasion, order_id=order_id)


@job()
def mail_payment_late(refund_id: int) -> None:
    """Apologize to who paid for an order that was over; of other refunds we tell when they are made."""
    refund = Refund.objects.select_related("order__billing_profile").get(pk=refund_id)
    if refund.order is not None and refund.order.paid_at is None:
        _tell_buyer(refund.order, "payment_late", occasion=f"refund:{refund.pk}", refund_id=refund.pk)


@job()
def mail_refund_made(refund_id: int) -> None:
    """Tell the buyer that money is on its way back."""
    _tell_of_refund(refund_id, "refund_made")


@job()
def mail_refund_failed(refund_id: int) -> None:
    """Tell the buyer that the bank did not take it."""
    _tell_of_refund(refund_id, "refund_failed")


@job()
def mail_parcel_shipped(fulfillment_id: int) -> None:
    """Tell the buyer what is on its way."""
    _tell_of_parcel(fulfillment_id, "parcel_shipped")


@job()
def mail_digital_delivered(fulfillment_id: int) -> None:
    """Tell the buyer what was handed over, and what the vendor says to it."""
    _tell_of_parcel(fulfillment_id, "digital_delivered")


@job()
def mail_parcel_delivered(fulfillment_id: int) -> None:
    """Tell the buyer what should be there."""
    _tell_of_parcel(fulfillment_id, "parcel_delivered")


@job()
def mail_cancelled(vendor_order_id: int, is_whole: bool, refund_id: int | None, occasion: str) -> None:
    """Tell both sides what will not be shipped."""
    part = _parts().get(pk=vendor_order_id)
    facts = {"vendor_order_id": part.pk, "is_whole": is_whole, "refund_id": refund_id}
    _tell_buyer(part.order, "part_cancelled", occasion=occasion, **facts)
    _tell_vendor(
        part, "part_cancelled_vendor", VendorPermission.FULFIL_ORDERS, occasion=occasion, facts=facts
    )


@job()
def mail_return_requested(return_id: int) -> None:
    """Tell the vendor's people who answer returns."""
    row = _returns().get(pk=return_id)
    _tell_vendor(
        row.vendor_order,
        "return_requested",
        VendorPermission.REFUND_ORDERS,
        occasion=f"return:{row.pk}",
        facts={"return_id": row.pk},
    )


@job()
def mail_return_answered(return_id: int) -> None:
    """Tell the buyer the vendor's yes or no."""
    row = _returns().get(pk=return_id)
    _tell_buyer(row.vendor_order.order, "return_answered", occasion=f"return:{row.pk}", return_id=row.pk)


@job()
def mail_return_received(return_id: int, occasion: str) -> None:
    """Tell the buyer what has arrived; it may come in parts."""
    row = _returns().get(pk=return_id)
    _tell_buyer(row.vendor_order.order, "return_received", occasion=occasion, return_id=row.pk)


@job()
def mail_case_opened(case_id: int) -> None:
    """Tell the vendor's people who answer buyers."""
    case = OrderCase.objects.select_related("vendor_order__vendor").get(pk=case_id)
    _tell_vendor(
        case.vendor_order,
        "case_opened",
        VendorPermission.ANSWER_BUYERS,
        occasion=f"case:{case.pk}",
        facts={"case_id": case.pk},
    )


@job()
def mail_case_answered(message_id: int) -> None:
    """Tell the other side what was written."""
    messages = CaseMessage.objects.select_related(
        "case__vendor_order__vendor", "case__vendor_order__order__billing_profile"
    )
    message = messages.get(pk=message_id)
    part, occasion = message.case.vendor_order, f"message:{message.pk}"
    if message.is_from_vendor:
        _tell_buyer(part.order, "case_answered", occasion=occasion, message_id=message.pk)
    else:
        _tell_vendor(
            part,
            "case_continued",
            VendorPermission.ANSWER_BUYERS,
            occasion=occasion,
            facts={"message_id": message.pk},
        )


def _orders() -> "QuerySet[Order]":
    return Order.objects.select_related("billing_profile")


def _parts() -> "QuerySet[VendorOrder]":
    return VendorOrder.objects.select_related("vendor", "order__billing_profile")


def _returns() -> "QuerySet[Return]":
    return Return.objects.select_related("vendor_order__vendor", "vendor_order__order__billing_profile")


def _tell_of_refund(refund_id: int, message: str) -> None:
    """Nothing about a refund of nothing, which only sets the books right."""
    refund = Refund.objects.select_related("order__billing_profile").get(pk=refund_id)
    if refund.order is not None and refund.amount_minor > 0:
        _tell_buyer(refund.order, message, occasion=f"refund:{refund.pk}", refund_id=refund.pk)


def _tell_of_parcel(fulfillment_id: int, message: str) -> None:
    parcels = Fulfillment.objects.select_related("vendor_order__order__billing_profile")
    parcel = parcels.get(pk=fulfillment_id)
    _tell_buyer(parcel.vendor_order.order, message, occasion=f"parcel:{parcel.pk}", fulfillment_id=parcel.pk)


def _tell_buyer(order: Order, message: str, *, occasion: str, **facts: int | str | bool | None) -> None:
    """To the address the order was placed with; a buyer who was erased has none."""
    to = [Recipient(order.email, order.billing_profile.user_id)]
    post(message, to=to, occasion=occasion, facts=facts)


def _tell_vendor(
    part: VendorOrder,
    message: str,
    permission: VendorPermission,
    *,
    occasion: str,
    facts: dict[str, int | bool | None],
) -> None:
    to = [recipient_of(user) for user in members_who_may(part.vendor, permission)]
    post(message, to=to, occasion=occasion, facts=facts)
