"""Reports of what was sold."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Self, cast

import strawberry
import strawberry_django
from strawberry_django.optimizer import optimize

from analytics import income, selectors
from analytics.income import Measure
from analytics.periods import Granularity, Stretch, Window
from catalog.models import Product
from marketplace.api import fields
from marketplace.api.catalog.types import ProductType
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.limits import PAGE
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
from marketplace.kernel.errors import InvalidInput
from vendors.models import Vendor
from vendors.permissions import VendorPermission

enum_of(
    Granularity,
    description="How long the periods of a report are.",
    values={
        Granularity.DAY: "Days.",
        Granularity.WEEK: "Weeks of ISO 8601: from Monday on, of the year of their Thursday.",
        Granularity.MONTH: "Months.",
        Granularity.YEAR: "Years.",
    },
)
enum_of(
    Measure,
    description="What products are ranked by.",
    values={
        Measure.REVENUE: "What they brought in: gross, refunds and discounts together.",
        Measure.UNITS: "Units: those sold less those that came back.",
    },
)
GOODS_FIGURES: Final = (*income.MONEY, "revenue", "units")

By = Annotated[Granularity, strawberry.argument(description="How long a period is.")]
From = Annotated[date, strawberry.argument(name="from", description="The first day.")]
To = Annotated[date, strawberry.argument(name="to", description="The day after the last.")]
WithEmpty = Annotated[
    bool, strawberry.argument(description="Whether periods in which nothing was sold come too.")
]
SortBy = Annotated[Measure, strawberry.argument(description="What they are ranked by.")]
First = Annotated[int, strawberry.argument(description="How many products, at most 100.")]
OwnTimezone = Annotated[
    str | None, strawberry.argument(description="An IANA zone; the vendor's own if none is given.")
]
OwnCurrency = Annotated[
    str | None, strawberry.argument(description="ISO 4217; the vendor's own if none is given.")
]


@strawberry.type(description="What became of goods.")
class GoodsFigures:
    gross: MoneyType = strawberry.field(description="Goods by their prices, without shipping.")
    refunds: MoneyType = strawberry.field(description="What went back to buyers for them, zero or below.")
    discounts: MoneyType = strawberry.field(description="What was taken off, zero or below.")
    revenue: MoneyType = strawberry.field(description="gross, refunds and discounts together.")
    commission: MoneyType = strawberry.field(
        description="What the platform keeps, below zero, less what it gave back."
    )
    tax: MoneyType = strawberry.field(
        description="What was collected for the authorities, on top of the rest, less the tax that was paid "
        "on commission."
    )
    units: int = strawberry.field(description="How many units were sold, less those that came back.")


@strawberry.type(description="What was sold in a stretch of time; net is all of them but tax.")
class IncomeFigures(GoodsFigures):
    shipping: MoneyType = strawberry.field(
        description="What buyers paid for shipping, less what of it went back."
    )
    net: MoneyType = strawberry.field(
        description="gross, refunds, discounts, shipping and commission together."
    )
    orders: int = strawberry.field(description="How many orders were paid.")


@strawberry.type(description="The figures of one period; days outside the report are left out of it.")
class IncomeBucket(IncomeFigures):
    period: str = strawberry.field(description='Its name: "2026-03-29", "2026-W53", "2026-12" or "2026".')
    starts_on: date = strawberry.field(description="Its first day, even where the report begins later.")


@strawberry.type(description="A report of what was sold.")
class Income:
    buckets: list[IncomeBucket] = strawberry.field(description="Its periods, in order.")
    totals: IncomeFigures = strawberry.field(description="All of them together.")

    @classmethod
    def of(cls, report: income.Income) -> Self:
        """The domain's report as it looks outside; the two have the same shape."""
        return cast("Self", report)


class Listings:
    """The products of a report, read together when the first of them is asked for."""

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = keys
        self.read: dict[str | int, dict[int, Product]] = {}

    def get(self, key: int, info: Info) -> Product:
        """The product of this key. One statement for all, and one for each other name it is asked by."""
        if info.path.key not in self.read:
            rows = optimize(Product.objects.filter(pk__in=self.keys), info)
            self.read[info.path.key] = {row.pk: row for row in rows}
        return self.read[info.path.key][key]


@strawberry.type(description="What one product brought in. Shipping belongs to no product.")
class ProductSales(GoodsFigures):
    key: strawberry.Private[int]
    listings: strawberry.Private[Listings]

    @fields.field(ProductType, description="The product as it is now.")
    def product(self, info: Info) -> Product:
        return self.listings.get(self.key, info)


@strawberry.type(description="What was sold to one country.")
class CountrySales(IncomeFigures):
    country: str | None = strawberry.field(
        description="ISO 3166-1 alpha-2 code of where it went; null for what was sold without an address."
    )

    @classmethod
    def of(cls, sales: Sequence[income.CountrySales]) -> list[Self]:
        """The domain's values as they look outside; the two have the same shape."""
        return cast("list[Self]", sales)


def top_products(
    vendor: Vendor | None, stretch: Stretch, *, currency: str, sort_by: Measure, first: int
) -> list[ProductSales]:
    """The first products of a vendor, or of all; raises InvalidInput where none are asked for.

    Too many are refused before, like any page.
    """
    if first < 1:
        raise InvalidInput(field="first", reason="Ask for at least one.")
    found = selectors.top_products(vendor, stretch, currency=currency, by=sort_by, most=first)
    listings = Listings([each.product for each in found])
    return [
        ProductSales(
            key=each.product, listings=listings, **{name: getattr(each, name) for name in GOODS_FIGURES}
        )
        for each in found
    ]


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.field(
        description="What it has sold: the days of a time zone, by day, week, month or year.",
        only=["currency", "timezone"],
    )
    @staticmethod
    def income(
        root: strawberry.Parent[Vendor],
        info: Info,
        *,
        by: By,
        from_: From,
        to: To,
        timezone: OwnTimezone = None,
        currency: OwnCurrency = None,
        with_empty: WithEmpty = False,
    ) -> Income | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        zone, currency = _own(root, timezone, currency)
        window = Window(by=by, first_on=from_, end_on=to, timezone=zone)
        return Income.of(selectors.income(root, window, currency=currency, with_empty=with_empty))

    @fields.field(
        description="What sold best in the days of a time zone. Of equal products the first is that whose "
        "reference, if it was imported, else slug comes first in byte order.",
        only=["currency", "timezone"],
    )
    @staticmethod
    def top_products(
        root: strawberry.Parent[Vendor],
        info: Info,
        *,
        from_: From,
        to: To,
        timezone: OwnTimezone = None,
        currency: OwnCurrency = None,
        sort_by: SortBy = Measure.REVENUE,
        first: First = PAGE,
    ) -> list[ProductSales] | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        zone, currency = _own(root, timezone, currency)
        stretch = Stretch(first_on=from_, end_on=to, timezone=zone)
        return top_products(root, stretch, currency=currency, sort_by=sort_by, first=first)


def _own(vendor: Vendor, timezone: str | None, currency: str | None) -> tuple[str, str]:
    """The zone and the currency asked for, else the vendor's."""
    return (
        vendor.timezone if timezone is None else timezone,
        vendor.currency if currency is None else currency,
    )
