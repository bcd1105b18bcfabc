"""Letters about orders: to who bought, and to the vendor's people about the vendor's own part."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from checkout.models import (
    CartStatus,
    CaseMessage,
    Fulfillment,
    Order,
    OrderCase,
    OrderLine,
    PaymentState,
    Refund,
    Return,
    ReturnStatus,
    VendorOrder,
)
from checkout.selectors.orders import token_of
from marketplace.outreach.models import CartReminder, MailConsent, MailTopic
from marketplace.outreach.summaries import (
    LineSummary,
    line_summary,
    options_text,
    order_summary,
    part_summary,
)

Context = dict[str, object]
Facts = Mapping[str, Any]
Letter = Callable[[Facts], Context | None]


def buyers_link(order: Order) -> str:
    """The page of the order; a guest's bears the key to it, a user signs in."""
    link = f"{settings.SITE_URL}/orders/{order.number}"
    is_users = order.billing_profile.user_id is not None
    return link if is_users else f"{link}?{urlencode({'token': token_of(order)})}"


def order_paid(facts: Facts) -> Context:
    """Everything on it."""
    orders = Order.objects.prefetch_related("vendor_orders__vendor", "vendor_orders__lines")
    order = orders.select_related("billing_profile").get(pk=facts["order_id"])
    return {**_to_buyer(order), "order": order_summary(order)}


def order_new(facts: Facts) -> Context:
    """The vendor's own part of it, and nothing of the others'."""
    part = _parts().prefetch_related("lines").get(pk=facts["vendor_order_id"])
    return {**_to_vendor(part), "part": part_summary(part)}


def order_expired(facts: Facts) -> Context | None:
    """Unless it was paid after all."""
    order = _order(facts["order_id"])
    if order.payment_state != PaymentState.EXPIRED:
        return None
    return {"number": order.number, "link": f"{settings.SITE_URL}/cart"}


def payment_needed(facts: Facts) -> Context | None:
    """How much, unless the order does not wait any more."""
    order = _order(facts["order_id"])
    if order.payment_state != PaymentState.PENDING:
        return None
    return {**_to_buyer(order), "amount": order.total}


def order_link(facts: Facts) -> Context:
    """The key to the order, whoever placed it."""
    order = _order(facts["order_id"])
    query = urlencode({"token": token_of(order)})
    return {"number": order.number, "link": f"{settings.SITE_URL}/orders/{order.number}?{query}"}


def refund(facts: Facts) -> Context | None:
    """How much goes back."""
    row = Refund.objects.select_related("order__billing_profile").get(pk=facts["refund_id"])
    return {**_to_buyer(row.order), "amount": row.amount} if row.order else None


def parcel(facts: Facts) -> Context:
    """What is in it, and who brings it."""
    parcels = Fulfillment.objects.select_related(
        "vendor_order__vendor", "vendor_order__order__billing_profile"
    )
    row = parcels.get(pk=facts["fulfillment_id"])
    lines = row.lines.select_related("order_line")
    return {
        **_to_buyer(row.vendor_order.order),
        "vendor": row.vendor_order.vendor.name,
        "carrier": row.carrier,
        "tracking": row.tracking_number,
        "lines": tuple(line_summary(line.order_line, line.quantity) for line in lines),
    }


def digital(facts: Facts) -> Context:
    """What was handed over, and what the vendor says to each."""
    row = Fulfillment.objects.get(pk=facts["fulfillment_id"])
    lines = row.lines.exclude(note="").select_related("order_line")
    return {**parcel(facts), "notes": tuple((line.order_line.title, line.note) for line in lines)}


def cancelled(facts: Facts) -> Context:
    """What of the part is cancelled by now, and what of the money goes back for it."""
    part, refund_id = _part(facts), facts["refund_id"]
    row = Refund.objects.filter(pk=refund_id, amount_minor__gt=0).first() if refund_id else None
    return {
        **_to_buyer(part.order),
        "vendor": part.vendor.name,
        "is_whole": facts["is_whole"],
        "amount": row and row.amount,
        "lines": _lines((line, line.cancelled) for line in part.lines.all()),
    }


def cancelled_for_vendor(facts: Facts) -> Context:
    """What the vendor need not ship."""
    part = _part(facts)
    lines = _lines((line, line.cancelled) for line in part.lines.all())
    return {**_to_vendor(part), "is_whole": facts["is_whole"], "lines": lines}


def return_requested(facts: Facts) -> Context:
    """What shall come back to the vendor, and why."""
    row = _return(facts)
    lines = list(row.lines.select_related("order_line"))
    return {
        **_to_vendor(row.vendor_order),
        "wish": row.get_wish_display(),
        "reasons": tuple(": ".join(filter(None, (line.get_reason_display(), line.note))) for line in lines),
        "lines": _lines((line.order_line, line.quantity) for line in lines),
    }


def return_answered(facts: Facts) -> Context:
    """The vendor's yes or no."""
    row = _return(facts)
    return {
        **_of_return(row, received=False),
        "is_approved": row.status != ReturnStatus.DECLINED,
        "answer": row.answer,
    }


def return_received(facts: Facts) -> Context:
    """What is with the vendor."""
    return _of_return(_return(facts), received=True)


def case_opened(facts: Facts) -> Context:
    """The complaint."""
    cases = OrderCase.objects.select_related("vendor_order__vendor", "vendor_order__order__billing_profile")
    case = cases.get(pk=facts["case_id"])
    first = case.messages.first()
    return {
        **_to_vendor(case.vendor_order),
        "topic": case.get_topic_display(),
        "text": "" if first is None else first.text,
    }


def case_message(facts: Facts) -> Context:
    """What one side wrote, for the other."""
    messages = CaseMessage.objects.select_related(
        "case__vendor_order__vendor", "case__vendor_order__order__billing_profile"
    )
    row = messages.get(pk=facts["message_id"])
    part = row.case.vendor_order
    told = {**_to_buyer(part.order), "vendor": part.vendor.name} if row.is_from_vendor else _to_vendor(part)
    return {**told, "text": row.text}


def cart_reminder(facts: Facts) -> Context | None:
    """What is in the cart; None when it was bought, emptied, or its owner wants no more mail of this."""
    reminders = CartReminder.objects.select_related("cart__user")
    row = reminders.filter(cart=facts["cart_id"], cart__status=CartStatus.ACTIVE).first()
    if row is None or row.cart.user is None:
        return None
    if not MailConsent.objects.is_wanted(MailTopic.CART_REMINDERS, by=row.cart.user.email):
        return None
    lines = tuple(
        LineSummary(
            title=line.variant.product.title,
            options=options_text(line.variant.options),
            quantity=line.quantity,
            amount=line.amount,
        )
        for line in row.cart.lines.select_related("variant__product")
    )
    return {"lines": lines, "link": f"{settings.SITE_URL}/cart"} if lines else None


LETTERS: Final[Mapping[str, Letter]] = {
    "order_paid": order_paid,
    "order_new": order_new,
    "order_expired": order_expired,
    "order_link": order_link,
    "payment_needed": payment_needed,
    "payment_late": refund,
    "refund_made": refund,
    "refund_failed": refund,
    "parcel_shipped": parcel,
    "digital_delivered": digital,
    "parcel_delivered": parcel,
    "part_cancelled": cancelled,
    "part_cancelled_vendor": cancelled_for_vendor,
    "return_requested": return_requested,
    "return_answered": return_answered,
    "return_received": return_received,
    "case_opened": case_opened,
    "case_answered": case_message,
    "case_continued": case_message,
    "cart_reminder": cart_reminder,
}


def _order(key: int) -> Order:
    return Order.objects.select_related("billing_profile").get(pk=key)


def _parts() -> Any:
    return VendorOrder.objects.select_related("vendor", "order__billing_profile")


def _part(facts: Facts) -> VendorOrder:
    part: VendorOrder = _parts().prefetch_related("lines").get(pk=facts["vendor_order_id"])
    return part


def _return(facts: Facts) -> Return:
    rows = Return.objects.select_related("vendor_order__vendor", "vendor_order__order__billing_profile")
    return rows.get(pk=facts["return_id"])


def _of_return(row: Return, *, received: bool) -> Context:
    lines = row.lines.select_related("order_line")
    counted = ((line.order_line, line.received if received else line.quantity) for line in lines)
    part = row.vendor_order
    return {**_to_buyer(part.order), "vendor": part.vendor.name, "lines": _lines(counted)}


def _lines(counted: Iterable[tuple[OrderLine, int]]) -> tuple[LineSummary, ...]:
    return tuple(line_summary(line, count) for line, count in counted if count)


def _to_buyer(order: Order) -> Context:
    return {"number": order.number, "link": buyers_link(order)}


def _to_vendor(part: VendorOrder) -> Context:
    return {"number": part.number, "vendor": part.vendor.name}
