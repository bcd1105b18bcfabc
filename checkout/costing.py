"""What a cart costs: prices in, amounts out. No database, no clock, no rounding but this one.

A cart is costed once, by vendor; the order then takes these very amounts (checkout/split.py) and nothing is
computed a second time. Tax is rounded per line, half to even on the minor unit, and added to the price;
shipping counts as a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.kernel.money import basis_points

NO_TAX: Final = 0


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A line before it is costed. `key` is whatever names it to the caller.

    Raises ValueError for what is no line: no units, a price below nothing, more taken off than it comes to.
    """

    key: int
    vendor: int
    quantity: int
    unit_minor: int
    discount_minor: int = 0

    def __post_init__(self) -> None:
        if self.quantity < 1 or not 0 <= self.discount_minor <= self.amount_minor:
            raise ValueError(f"{self} cannot be costed")

    @property
    def amount_minor(self) -> int:
        """Units by their price."""
        return self.unit_minor * self.quantity


@dataclass(frozen=True, kw_only=True)
class CostedLine:
    """A line and what it comes to; tax is due on the amount less the discount."""

    line: Priced
    amount_minor: int
    discount_minor: int
    tax_minor: int


@dataclass(frozen=True, kw_only=True)
class CostedPart:
    """One vendor's part."""

    vendor: int
    lines: tuple[CostedLine, ...]
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        """subtotal - discount + shipping + tax."""
        return self.subtotal_minor - self.discount_minor + self.shipping_minor + self.tax_minor


@dataclass(frozen=True, kw_only=True)
class CostedCart:
    """The whole, as the sum of its parts; parts stand in the order of their first lines."""

    parts: tuple[CostedPart, ...]

    @property
    def subtotal_minor(self) -> int:
        return sum(part.subtotal_minor for part in self.parts)

    @property
    def discount_minor(self) -> int:
        return sum(part.discount_minor for part in self.parts)

    @property
    def shipping_minor(self) -> int:
        return sum(part.shipping_minor for part in self.parts)

    @property
    def tax_minor(self) -> int:
        return sum(part.tax_minor for part in self.parts)

    @property
    def total_minor(self) -> int:
        return sum(part.total_minor for part in self.parts)


def cost(lines: Sequence[Priced], *, shipping_minor: Mapping[int, int], tax_bps: int = NO_TAX) -> CostedCart:
    """Cost a cart.

    Args:
        lines: in the order of the cart; all of one currency.
        shipping_minor: what each vendor's shipping costs, once whatever it ships; a vendor without an entry
            ships for nothing.
        tax_bps: the rate at the destination, in basis points, on top of prices and shipping.
    """
    by_vendor: dict[int, list[Priced]] = {}
    for line in lines:
        by_vendor.setdefault(line.vendor, []).append(line)
    return CostedCart(
        parts=tuple(
            _part(vendor, of_vendor, shipping_minor=shipping_minor.get(vendor, 0), tax_bps=tax_bps)
            for vendor, of_vendor in by_vendor.items()
        )
    )


def _part(vendor: int, lines: Iterable[Priced], *, shipping_minor: int, tax_bps: int) -> CostedPart:
    costed = tuple(_line(line, tax_bps) for line in lines)
    return CostedPart(
        vendor=vendor,
        lines=costed,
        subtotal_minor=sum(line.amount_minor for line in costed),
        discount_minor=sum(line.discount_minor for line in costed),
        shipping_minor=shipping_minor,
        tax_minor=sum(line.tax_minor for line in costed) + basis_points(shipping_minor, tax_bps),
    )


def _line(line: Priced, tax_bps: int) -> CostedLine:
    return CostedLine(
        line=line,
        amount_minor=line.amount_minor,
        discount_minor=line.discount_minor,
        tax_minor=basis_points(line.amount_minor - line.discount_minor, tax_bps),
    )
