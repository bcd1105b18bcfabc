"""What a report says, as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from marketplace.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was sold in a stretch of time. Refunds, discounts and commission are zero or below."""

    gross: Money
    refunds: Money
    discounts: Money
    shipping: Money
    commission: Money
    tax: Money
    orders: int
    units: int

    @property
    def net(self) -> Money:
        """What remains to the vendor: goods and shipping, less what goes off; without the tax it collects."""
        return self.gross + self.refunds + self.discounts + self.shipping + self.commission

    @classmethod
    def sum(cls, figures: Iterable["Figures"], currency: str) -> Self:
        """The figures together, of none too. Orders add up where no order is in two of them."""
        together = list(figures)
        money = {
            name: Money.total((getattr(each, name) for each in together), currency)
            for name in ("gross", "refunds", "discounts", "shipping", "commission", "tax")
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
