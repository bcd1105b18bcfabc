"""What the platform's staff read of sales."""

from typing import Annotated

import strawberry

from analytics import selectors
from analytics.income import Measure
from analytics.periods import Stretch, Window
from analytics.permissions import VIEW_SALES
from marketplace.api import fields
from marketplace.api.analytics.types import (
    By,
    CountrySales,
    First,
    From,
    Income,
    ProductSales,
    SortBy,
    To,
    WithEmpty,
    top_products,
)
from marketplace.api.context import Info
from marketplace.api.limits import PAGE

Currency = Annotated[str, strawberry.argument(description="ISO 4217.")]
Timezone = Annotated[str, strawberry.argument(description="An IANA zone.")]


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.field(
        description="What all vendors have sold in a currency; an order of many vendors is one order."
    )
    def sales(
        self,
        info: Info,
        *,
        by: By,
        from_: From,
        to: To,
        currency: Currency,
        timezone: Timezone = "UTC",
        with_empty: WithEmpty = False,
    ) -> Income | None:
        info.context.demand_staff(VIEW_SALES)
        window = Window(by=by, first_on=from_, end_on=to, timezone=timezone)
        return Income.of(selectors.platform_sales(window, currency=currency, with_empty=with_empty))

    @fields.field(
        description="What sold best of all vendors. Of equal products the first is that whose reference, if "
        "it was imported, else slug comes first in byte order."
    )
    def top_products(
        self,
        info: Info,
        *,
        from_: From,
        to: To,
        currency: Currency,
        timezone: Timezone = "UTC",
        sort_by: SortBy = Measure.REVENUE,
        first: First = PAGE,
    ) -> list[ProductSales] | None:
        info.context.demand_staff(VIEW_SALES)
        stretch = Stretch(first_on=from_, end_on=to, timezone=timezone)
        return top_products(None, stretch, currency=currency, sort_by=sort_by, first=first)

    @fields.field(
        description="What all vendors have sold in a currency to each country, the one that brought in most "
        "first; an order of many vendors is one order."
    )
    def sales_by_country(
        self, info: Info, *, from_: From, to: To, currency: Currency, timezone: Timezone = "UTC"
    ) -> list[CountrySales] | None:
        info.context.demand_staff(VIEW_SALES)
        stretch = Stretch(first_on=from_, end_on=to, timezone=timezone)
        return CountrySales.of(selectors.sales_by_country(stretch, currency=currency))
