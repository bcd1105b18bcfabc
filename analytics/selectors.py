"""What was sold, read as reports.

The days are PostgreSQL's: it alone says on which local day a moment lies, so that periods and the edges of
the stretch never disagree, whatever a zone does to its clocks.
"""

from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.db import connection

from analytics.income import MONEY, Bucket, CountrySales, Figures, Income, Measure, ProductSales
from analytics.periods import DAY, Stretch, Window, label
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.places import CURRENCIES
from vendors.models import Vendor

NOTHING: Final = dict.fromkeys([*MONEY, "shipping", "orders", "units"], 0)

# The entries of a stretch. No zone is a day away from UTC: what lies inside by more than a day needs no look
# at a clock, and only the rest is asked on which local day it lies. Behind a UNION the planner expects few
# periods and sums them in parallel; without, it takes every moment for a period of its own and sorts them.
_SOLD: Final = """
WITH sold AS (
    SELECT * FROM analytics_salesentry
    WHERE currency = %(currency)s AND (%(vendor)s::bigint IS NULL OR vendor_id = %(vendor)s)
        AND occurred_at >= %(inside)s AND occurred_at < %(inside_end)s
    UNION ALL
    SELECT * FROM analytics_salesentry
    WHERE currency = %(currency)s AND (%(vendor)s::bigint IS NULL OR vendor_id = %(vendor)s)
        AND (
            occurred_at >= %(outside)s AND occurred_at < %(inside)s
            OR occurred_at >= %(inside_end)s AND occurred_at < %(outside_end)s
        )
        AND timezone(%(timezone)s, occurred_at)::date >= %(first_on)s
        AND timezone(%(timezone)s, occurred_at)::date < %(end_on)s
)"""
_GOODS: Final = """
    sum(gross_minor) AS gross, sum(refund_minor) AS refunds, sum(discount_minor) AS discounts,
    sum(commission_minor) AS commission, sum(tax_minor) AS tax, sum(units) AS units"""
# Of a vendor an order has one part, so its parts need no sorting to be counted; of the platform, its first.
_FIGURES: Final = f"""{_GOODS}, sum(shipping_minor) AS shipping,
    count(*) FILTER (WHERE kind = 'shipping' AND (%(vendor)s::bigint IS NOT NULL OR is_first_part)) AS orders
"""
_BY_PERIOD: Final = f"""{_SOLD}
SELECT date_trunc(%(by)s, timezone(%(timezone)s, occurred_at))::date AS starts_on, {_FIGURES}
FROM sold GROUP BY 1
"""  # noqa: S608  # put together of constants
_BY_COUNTRY: Final = f"""{_SOLD}
SELECT country, {_FIGURES}
FROM sold GROUP BY 1
ORDER BY sum(gross_minor + refund_minor + discount_minor) DESC, country COLLATE "C"
"""  # noqa: S608  # put together of constants
_BY_PRODUCT: Final = f"""{_SOLD}, summed AS (
    SELECT product_id AS product, {_GOODS} FROM sold WHERE product_id IS NOT NULL GROUP BY 1
)
SELECT summed.* FROM summed JOIN catalog_product AS listing ON listing.id = summed.product
ORDER BY CASE WHEN %(by_units)s THEN summed.units ELSE gross + refunds + discounts END DESC,
    coalesce(nullif(listing.reference, ''), listing.slug) COLLATE "C", listing.id
LIMIT %(most)s
"""  # noqa: S608  # put together of constants


def income(vendor: Vendor, window: Window, *, currency: str, with_empty: bool = False) -> Income:
    """What a vendor has sold in one currency.

    One statement, over the vendor's entries in the window. Raises InvalidInput for an unknown currency.
    """
    return _by_period(vendor.pk, window, currency, with_empty=with_empty)


def platform_sales(window: Window, *, currency: str, with_empty: bool = False) -> Income:
    """What all vendors have sold in one currency; an order of many vendors is one order.

    One statement, over all entries in the window. Raises InvalidInput for an unknown currency.
    """
    return _by_period(None, window, currency, with_empty=with_empty)


def top_products(
    vendor: Vendor | None, stretch: Stretch, *, currency: str, by: Measure, most: int
) -> list[ProductSales]:
    """The products of a vendor, or of all, that brought in most in one currency.

    Of equal ones the first is that whose reference, if it was imported, else slug comes first in byte order.
    One statement. Raises InvalidInput for an unknown currency.
    """
    found = _rows(
        _BY_PRODUCT,
        None if vendor is None else vendor.pk,
        stretch,
        currency,
        by_units=by is Measure.UNITS,
        most=most,
    )
    return [ProductSales(product=row["product"], **_goods(row, currency)) for row in found]


def sales_by_country(stretch: Stretch, *, currency: str) -> list[CountrySales]:
    """What was sold in one currency to each country, by what it brought in; None is where nobody knows.

    One statement, over all entries in the stretch. Raises InvalidInput for an unknown currency.
    """
    found = _rows(_BY_COUNTRY, None, stretch, currency)
    return [CountrySales(country=row["country"] or None, **_figures(row, currency)) for row in found]


def _by_period(vendor: int | None, window: Window, currency: str, *, with_empty: bool) -> Income:
    found = _rows(_BY_PERIOD, vendor, window, currency, by=window.by.value)
    summed = {row["starts_on"]: row for row in found}
    starts = window.starts() if with_empty else sorted(summed)
    buckets = [
        Bucket(
            period=label(window.by, start),
            starts_on=start,
            **_figures(summed.get(start, NOTHING), currency),
        )
        for start in starts
    ]
    return Income(buckets=buckets, totals=Figures.sum(buckets, currency))


def _rows(
    statement: str, vendor: int | None, stretch: Stretch, currency: str, **more: str | int
) -> list[dict[str, Any]]:
    if currency not in CURRENCIES:
        raise InvalidInput(field="currency", reason='This is not a currency code such as "EUR".')
    parameters: dict[str, str | int | date | None] = {
        "vendor": vendor,
        "currency": currency,
        "timezone": stretch.timezone,
        "first_on": stretch.first_on,
        "end_on": stretch.end_on,
        "outside": _midnight(stretch.first_on - DAY),
        "inside": _midnight(stretch.first_on + DAY),
        "inside_end": _midnight(stretch.end_on - DAY),
        "outside_end": _midnight(stretch.end_on + DAY),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _goods(row: dict[str, Any], currency: str) -> dict[str, Any]:
    """The figures of a row that goods have; PostgreSQL sums bigints to decimals."""
    money = {name: Money(int(row[name]), currency) for name in MONEY}
    return {**money, "units": row["units"]}


def _figures(row: dict[str, Any], currency: str) -> dict[str, Any]:
    shipping = Money(int(row["shipping"]), currency)
    return {**_goods(row, currency), "shipping": shipping, "orders": row["orders"]}
