"""What a report says, as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from marketplace.kernel.money import Money

# The amounts of goods.
MONEY: Final = ("gross", "refunds", "discounts", "commission", "tax")


class Measure(StrEnum):
    """What products are ranked by."""

    REVENUE = "revenue"
    UNITS = "units"


@dataclass(frozen=True, kw_only=True)
class Goods:
    """What became of goods. Refunds and discounts are zero or below, as is commission, if none came back.

    Units are those sold less those that came back.
    """

    gross: Money
    refunds: Money
    discounts: Money
    commission: Money
    tax: Money
    units: int

    @property
    def revenue(self) -> Money:
        """What the goods brought in: their prices less what was taken off and what went back."""
        return self.gross + self.refunds + self.discounts


@dataclass(frozen=True, kw_only=True)
class Figures(Goods):
    """What was sold: goods, their shipping, and in how many orders."""

    shipping: Money
    orders: int

    @property
    def net(self) -> Money:
        """What remains to the vendor: goods and shipping, less what goes off; without the tax it collects."""
        return self.revenue + self.shipping + self.commission

    @classmethod
    def sum(cls, figures: Iterable["Figures"], currency: str) -> Self:
        """The figures together, of none too. Orders add up where no order is in two of them."""
        together = list(figures)
        money = {
            name: Money.total((getattr(each, name) for each in together), currency)
            for name in (*MONEY, "shipping")
        }
        return cls(
            **money,
            orders=sum(each.orders for each in together),
            units=sum(each.units for each in together),
        )


@dataclass(frozen=True, kw_only=True)
class Bucket(Figures):
    """The figures of one period; only what lies inside the window counts."""

    period: str
    starts_on: date


@dataclass(frozen=True, kw_only=True)
class Income:
    """A report: its periods in order, and all of them together."""

    buckets: Sequence[Bucket]
    totals: Figures


@dataclass(frozen=True, kw_only=True)
class ProductSales(Goods):
    """What one product brought in; shipping belongs to no product."""

    product: int


@dataclass(frozen=True, kw_only=True)
class CountrySales(Figures):
    """What was sold to one country, an ISO code; to None what is known to no country."""

    country: str | None
