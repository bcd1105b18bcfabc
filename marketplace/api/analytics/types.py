"""Reports of what was sold."""

from datetime import date
from typing import Annotated, Self, cast

import strawberry
import strawberry_django

from analytics import income, selectors
from analytics.periods import Granularity, Window
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import demand
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

By = Annotated[Granularity, strawberry.argument(description="How long a period is.")]
From = Annotated[date, strawberry.argument(name="from", description="The first day.")]
To = Annotated[date, strawberry.argument(name="to", description="The day after the last.")]
WithEmpty = Annotated[
    bool, strawberry.argument(description="Whether periods in which nothing was sold come too.")
]


@strawberry.type(description="What was sold in a stretch of time; net is all of them but tax.")
class IncomeFigures:
    gross: MoneyType = strawberry.field(description="Goods by their prices, without shipping.")
    refunds: MoneyType = strawberry.field(description="What went back to buyers, zero or below.")
    discounts: MoneyType = strawberry.field(description="What was taken off, zero or below.")
    shipping: MoneyType = strawberry.field(description="What buyers paid for shipping.")
    commission: MoneyType = strawberry.field(description="What the platform keeps, zero or below.")
    net: MoneyType = strawberry.field(
        description="gross, refunds, discounts, shipping and commission together."
    )
    tax: MoneyType = strawberry.field(description="What was collected for the authorities, on top of net.")
    orders: int = strawberry.field(description="How many orders.")
    units: int = strawberry.field(description="How many units.")


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
        timezone: Annotated[
            str | None, strawberry.argument(description="An IANA zone; the vendor's own if none is given.")
        ] = None,
        currency: Annotated[
            str | None, strawberry.argument(description="ISO 4217; the vendor's own if none is given.")
        ] = None,
        with_empty: WithEmpty = False,
    ) -> Income | None:
        demand(VendorPermission.VIEW_FINANCES, root, info)
        window = Window(
            by=by, first_on=from_, end_on=to, timezone=root.timezone if timezone is None else timezone
        )
        report = selectors.income(
            root, window, currency=root.currency if currency is None else currency, with_empty=with_empty
        )
        return Income.of(report)
