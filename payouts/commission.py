"""What the platform keeps of a line. No database, no clock.

Only the commission is rounded, half to even on the minor unit; the vendor gets what remains, so that the two
are always what the buyer paid. Which terms a line is under is found by payouts/rules.py.
"""

from dataclasses import dataclass

from checkout.back import Back, Worth
from marketplace.kernel.money import BASIS_POINTS, basis_points, half_even, reversed_so_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is kept: a rate of the base, and in minor units, each for a unit, what comes on top of that, and
    the least and the most of both together. The tax is on top of the commission.
    """

    rate_bps: int
    fixed_minor: int = 0
    floor_minor: int = 0
    cap_minor: int | None = None
    tax_bps: int = 0

    def __post_init__(self) -> None:
        for bps in (self.rate_bps, self.tax_bps):
            if not 0 <= bps <= BASIS_POINTS:
                raise ValueError(f"{bps} basis points are no rate of commission, and none of tax on it")
        if min(self.fixed_minor, self.floor_minor) < 0:
            raise ValueError("nothing of a commission is below zero")
        if self.cap_minor is not None and self.cap_minor < self.floor_minor:
            raise ValueError("the most of a commission is not below the least")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The commission on a line of `base_minor`, and the tax on it: together never more than the base."""

    base_minor: int
    amount_minor: int
    tax_minor: int = 0

    @property
    def left_minor(self) -> int:
        """What the vendor keeps of the base."""
        return self.base_minor - self.amount_minor - self.tax_minor


def decide(*, amount_minor: int, vendor_discount_minor: int, units: int, terms: Terms) -> Decision:
    """The commission on one line.

    Amounts for a unit count once for each of its units, so that three units on a line cost what three lines
    of one do. Where commission and tax would be more than the base, they are the base, and the tax is its
    part of that. Nothing is kept of nothing.

    Args:
        amount_minor: the line as priced: tax that the price includes is in it, tax on top is not.
            A line of a history may be below zero: it carries none.
        vendor_discount_minor: the part of its discount that the vendor pays for.
        units: how many were bought.
        terms: what is kept of it.
    """
    base = max(amount_minor, 0) - vendor_discount_minor
    if base < 0:
        raise ValueError("a discount is never more than its line")
    asked = basis_points(base, terms.rate_bps) + terms.fixed_minor * units
    asked = max(asked, terms.floor_minor * units)
    if terms.cap_minor is not None:
        asked = min(asked, terms.cap_minor * units)
    amount = min(asked, base)
    tax = basis_points(amount, terms.tax_bps)
    if amount + tax > base:
        amount = half_even(base * BASIS_POINTS, BASIS_POINTS + terms.tax_bps)
        tax = base - amount
    return Decision(base_minor=base, amount_minor=amount, tax_minor=tax)


def reversed_commission(worth: Worth, back: Back, *, commission_minor: int) -> int:
    """How much of a line's commission, or of the tax on it, is given back once so much of the line is.

    In proportion to the money, and to the units where the buyer paid nothing.
    """
    part, whole = (back.paid, worth.paid) if worth.paid else (back.units, worth.units)
    return reversed_so_far(commission_minor, part=part, whole=whole)
