"""What was sold, read as reports.

The days are PostgreSQL's: it alone says on which local day a moment lies, so that periods and the edges of
the window never disagree, whatever a zone does to its clocks.
"""

from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.db.models import Count, DateField, DateTimeField, F, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from analytics.income import Bucket, Figures, Income
from analytics.models import EntryKind, SalesEntry
from analytics.periods import DAY, Window, label
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.places import CURRENCIES
from vendors.models import Vendor

MONEY: Final = {
    "gross": "gross_minor",
    "refunds": "refund_minor",
    "discounts": "discount_minor",
    "shipping": "shipping_minor",
    "commission": "commission_minor",
    "tax": "tax_minor",
}
# A vendor has one shipping entry for each order, so its orders need no sorting to be counted.
PARTS: Final = Count("kind", filter=Q(kind=EntryKind.SHIPPING))
ORDERS: Final = Count("order", distinct=True, filter=Q(kind=EntryKind.SHIPPING))
NOTHING: Final = dict.fromkeys([*MONEY, "orders", "units"], 0)


def income(vendor: Vendor, window: Window, *, currency: str, with_empty: bool = False) -> Income:
    """What a vendor has sold in one currency.

    One statement, over the vendor's entries in the window. Raises InvalidInput for an unknown currency.
    """
    entries = SalesEntry.objects.filter(vendor=vendor)
    return _report(_summed(entries, window, currency, orders=PARTS), window, currency, with_empty=with_empty)


def platform_sales(window: Window, *, currency: str, with_empty: bool = False) -> Income:
    """What all vendors have sold in one currency; an order of many vendors is one order.

    One statement, over all entries in the window. Raises InvalidInput for an unknown currency.
    """
    summed = _summed(SalesEntry.objects.all(), window, currency, orders=ORDERS)
    return _report(summed, window, currency, with_empty=with_empty)


def _report(rows: "QuerySet[SalesEntry, Any]", window: Window, currency: str, *, with_empty: bool) -> Income:
    summed = {row["starts_on"]: row for row in rows}
    starts = window.starts() if with_empty else sorted(summed)
    buckets = [_bucket(start, summed.get(start, NOTHING), window, currency) for start in starts]
    return Income(buckets=buckets, totals=Figures.sum(buckets, currency))


def _summed(
    entries: "QuerySet[SalesEntry]", window: Window, currency: str, *, orders: Count
) -> "QuerySet[SalesEntry, Any]":
    """One row for each period in which something was sold."""
    if currency not in CURRENCIES:
        raise InvalidInput(field="currency", reason='This is not a currency code such as "EUR".')
    local = _local(window.timezone)
    starts_on = Func(Value(window.by.value), local, function="date_trunc", output_field=DateTimeField())
    return (
        entries.filter(
            currency=currency,
            # What an index can find: no zone is a day away from UTC.
            occurred_at__gte=_midnight(window.first_on - DAY),
            occurred_at__lt=_midnight(window.end_on + DAY),
        )
        .alias(local_on=Cast(local, DateField()))
        .filter(local_on__gte=window.first_on, local_on__lt=window.end_on)
        .order_by()
        .values(starts_on=Cast(starts_on, DateField()))
        .annotate(
            **{name: Sum(column) for name, column in MONEY.items()},
            units=Sum("units"),
            orders=orders,
        )
    )


def _local(timezone: str) -> Func:
    """The moment of an entry on the clocks of a zone.

    Not Django's own: it takes names such as Etc/GMT+10 for offsets, of the other sign.
    """
    return Func(Value(timezone), F("occurred_at"), function="timezone", output_field=DateTimeField())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _bucket(start: date, sums: dict[str, Any], window: Window, currency: str) -> Bucket:
    return Bucket(
        period=label(window.by, start),
        starts_on=start,
        orders=sums["orders"],
        units=sums["units"],
        **{name: Money(int(sums[name]), currency) for name in MONEY},
    )
