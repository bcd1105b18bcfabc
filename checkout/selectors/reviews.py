"""Orders that people look at: which they are, and what the rules go by."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db.models import CharField, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Lower

from checkout.models import (
    Order,
    OrderReview,
    OrderReviewStatus,
    Payment,
    PaymentStatus,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.risk import Limits, Seen
from marketplace.kernel import adjustable

WINDOW: Final = timedelta(hours=1)
# What of an address says where a parcel goes; who lives there may be called anything.
PLACE: Final = ("line1", "line2", "city", "state", "postal_code", "country")


def reviews() -> "QuerySet[OrderReview]":
    """All reviews, newest first."""
    return OrderReview.objects.order_by("-pk")


def open_reviews() -> "QuerySet[OrderReview]":
    """Those that wait for a decision, the longest waiting first."""
    return OrderReview.objects.filter(status=OrderReviewStatus.OPEN).order_by("pk")


def pointless() -> "QuerySet[OrderReview]":
    """Those of them of whose order all was cancelled, or paid back."""
    left = VendorOrder.objects.filter(order=OuterRef("order")).exclude(status=VendorOrderStatus.CANCELLED)
    back = Payment.objects.filter(
        order=OuterRef("order"), status=PaymentStatus.SUCCEEDED, refunded_minor__gte=F("amount_minor")
    )
    return open_reviews().filter(~Exists(left) | Exists(back))


def under_review(order_ids: Collection[int]) -> frozenset[int]:
    """Which of these orders wait for a decision: nothing of them is sent, nobody is paid. One statement."""
    held = open_reviews().filter(order__in=order_ids)
    return frozenset(held.values_list("order", flat=True))


def is_under_review(order: str = "order") -> Exists:
    """The same as a condition on rows that have an order under this name, for querysets."""
    return Exists(OrderReview.objects.filter(order=OuterRef(order), status=OrderReviewStatus.OPEN))


def limits() -> Limits:
    """What staff have set, as it is now."""
    return Limits(
        orders_by_email=adjustable.number("REVIEW_ORDERS_BY_EMAIL"),
        orders_to_address=adjustable.number("REVIEW_ORDERS_TO_ADDRESS"),
        orders_by_client=adjustable.number("REVIEW_ORDERS_BY_CLIENT"),
        first_order_caps=adjustable.amounts("REVIEW_FIRST_ORDER_CAPS"),
    )


def seen(order: Order, asked: Limits) -> Seen:
    """What the rules that are on go by, of an order that was paid.

    One statement for each. An hour is counted to both sides, so that of orders that are paid at one moment
    each job, whichever comes first, sees them all.
    """
    if order.paid_at is None:
        raise ValueError("an order is looked at when it is paid")
    near = Order.objects.filter(paid_at__gt=order.paid_at - WINDOW, paid_at__lt=order.paid_at + WINDOW)
    by_email = near.filter(email=order.email).count() if asked.orders_by_email else 0
    to_address = _to_its_address(near, order) if asked.orders_to_address and order.shipping_address else 0
    by_client = 0
    if asked.orders_by_client and order.client_site:
        by_client = near.filter(client_site=order.client_site).count()
    is_first = False
    if asked.first_order_caps:
        others = Order.objects.filter(billing_profile=order.billing_profile_id, paid_at__isnull=False)
        is_first = not others.exclude(pk=order.pk).filter(paid_at__lte=order.paid_at).exists()
    return Seen(
        number=order.number,
        total=order.total,
        orders_by_email=by_email,
        orders_to_address=to_address,
        orders_by_client=by_client,
        is_first=is_first,
    )


def _to_its_address(near: "QuerySet[Order]", order: Order) -> int:
    """However it is written: letters and digits count, capitals, spaces and points do not."""
    mine = Order.objects.filter(pk=order.pk).annotate(place=_place()).values("place")[:1]
    country = str(order.shipping_address.get("country", ""))
    return near.filter(shipping_address__country=country).annotate(place=_place()).filter(place=mine).count()


def _place() -> Func:
    parts = [KeyTextTransform(name, F("shipping_address")) for name in PLACE]
    return Lower(
        Func(
            Concat(*parts, output_field=CharField()),
            Value("[^[:alnum:]]"),
            Value(""),
            Value("g"),
            function="regexp_replace",
            output_field=CharField(),
        )
    )
