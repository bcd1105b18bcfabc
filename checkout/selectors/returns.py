"""Until when something can be sent back, and how much of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from checkout.models import (
    COMING_BACK,
    OPEN_RETURNS,
    Return,
    ReturnLine,
    ReturnPolicy,
    VendorOrder,
    VendorOrderStatus,
)
from marketplace.kernel import clock
from vendors.models import Vendor


def return_days(vendor: Vendor | int) -> int:
    """For how many days from its arrival a vendor takes something back."""
    own = ReturnPolicy.objects.filter(vendor=vendor).values_list("days", flat=True).first()
    return settings.RETURN_DAYS if own is None else own


def closes_at(part: VendorOrder) -> datetime | None:
    """When the buyer's time to send anything of a part back is over; None while nothing of it has arrived.

    It begins anew with each parcel that arrives, one sent in exchange too.
    """
    arrived: datetime | None = part.fulfillments.aggregate(last=Max("delivered_at"))["last"]
    return None if arrived is None else arrived + timedelta(days=return_days(part.vendor_id))


def announced(part: VendorOrder) -> dict[int, int]:
    """Units by line that are to come back and have not yet. One statement."""
    rows = ReturnLine.objects.filter(
        return_request__vendor_order=part, return_request__status__in=COMING_BACK
    )
    sums = rows.values_list("order_line").annotate(units=Sum(F("quantity") - F("received")))
    return dict(sums.order_by("order_line"))


def is_over(part: VendorOrder) -> bool:
    """Whether nothing of a delivered part can come back any more."""
    ends = closes_at(part)
    is_open = part.returns.filter(status__in=OPEN_RETURNS).exists()
    return ends is not None and ends <= clock.now() and not is_open


def over() -> QuerySet[VendorOrder]:
    """Delivered parts whose time to be sent back is over; see `is_over`."""
    policy = ReturnPolicy.objects.filter(vendor=OuterRef("vendor")).values("days")
    days = Coalesce(Subquery(policy, output_field=IntegerField()), Value(settings.RETURN_DAYS))
    arrived = Max("fulfillments__delivered_at")
    rows = VendorOrder.objects.filter(status=VendorOrderStatus.DELIVERED).annotate(days=days, arrived=arrived)
    window = ExpressionWrapper(F("days") * Value(timedelta(days=1)), output_field=DurationField())
    latest = ExpressionWrapper(Value(clock.now()) - window, output_field=DateTimeField())
    ended = rows.filter(arrived__lte=latest)
    waiting = Return.objects.filter(Q(status__in=OPEN_RETURNS)).values("vendor_order")
    return ended.exclude(pk__in=waiting)
