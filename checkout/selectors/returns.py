"""Until when something can be sent back, and how much of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

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


@dataclass(frozen=True, kw_only=True)
class ReturnTerms:
    """For how many days from its arrival something can be sent back, and how much is kept of it at most."""

    days: int
    restocking_bps: int = 0

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.days)


def terms_now(vendor: str) -> Subquery:
    """The policy of a vendor, which is a field of the outer query, for `agreed`; none where it has none."""
    own = ReturnPolicy.objects.filter(vendor=OuterRef(vendor))
    return Subquery(own.values(terms=JSONObject(days="days", restocking_bps="restocking_bps")))


def agreed(columns: Mapping[str, int] | None) -> ReturnTerms:
    """What `terms_now` has found, as an order agrees to it: everybody's terms where a vendor has none.

    No vendor takes things back for fewer days than the law asks for by now.
    """
    if columns is None:
        return ReturnTerms(days=settings.RETURN_DAYS)
    days = max(columns["days"], settings.LEAST_RETURN_DAYS)
    return ReturnTerms(days=days, restocking_bps=columns["restocking_bps"])


def terms_of(vendor: Vendor) -> ReturnTerms:
    """What its next order will agree to. Reads `return_policy`."""
    policy: ReturnPolicy | None = getattr(vendor, "return_policy", None)
    if policy is None:
        return agreed(None)
    return agreed({"days": policy.days, "restocking_bps": policy.restocking_bps})


def agreed_terms(part: VendorOrder) -> ReturnTerms:
    """What a part was sold under; those of a history, as everybody's are."""
    days = settings.RETURN_DAYS if part.return_days is None else part.return_days
    return ReturnTerms(days=days, restocking_bps=part.restocking_bps)


def closes_at(part: VendorOrder) -> datetime | None:
    """When the buyer's time to send anything of a part back is over; None while nothing of it has arrived.

    It begins anew with each parcel that arrives, one sent in exchange too.
    """
    arrived: datetime | None = part.fulfillments.aggregate(last=Max("delivered_at"))["last"]
    return None if arrived is None else arrived + agreed_terms(part).window


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
    days = Coalesce(F("return_days"), Value(settings.RETURN_DAYS))
    arrived = Max("fulfillments__delivered_at")
    rows = VendorOrder.objects.filter(status=VendorOrderStatus.DELIVERED).annotate(days=days, arrived=arrived)
    window = ExpressionWrapper(F("days") * Value(timedelta(days=1)), output_field=DurationField())
    latest = ExpressionWrapper(Value(clock.now()) - window, output_field=DateTimeField())
    ended = rows.filter(arrived__lte=latest)
    waiting = Return.objects.filter(Q(status__in=OPEN_RETURNS)).values("vendor_order")
    return ended.exclude(pk__in=waiting)
