"""What the platform's staff read of sales."""

from typing import Annotated

import strawberry

from analytics import selectors
from analytics.periods import Window
from marketplace.api import fields
from marketplace.api.analytics.types import By, From, Income, To, WithEmpty


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.field(
        description="What all vendors have sold in a currency; an order of many vendors is one order."
    )
    def sales(
        self,
        *,
        by: By,
        from_: From,
        to: To,
        currency: Annotated[str, strawberry.argument(description="ISO 4217.")],
        timezone: Annotated[str, strawberry.argument(description="An IANA zone.")] = "UTC",
        with_empty: WithEmpty = False,
    ) -> Income | None:
        window = Window(by=by, first_on=from_, end_on=to, timezone=timezone)
        return Income.of(selectors.platform_sales(window, currency=currency, with_empty=with_empty))
