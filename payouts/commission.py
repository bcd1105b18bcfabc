"""What the platform keeps of a line. No database, no clock.

Only the commission is rounded, half to even on the minor unit; the vendor gets what remains, so that the two
are always what the buyer paid. There is one rate for all; rules by category and vendor come later, and end in
the same decision.
"""

from dataclasses import dataclass

from checkout.back import Back, Worth
from marketplace.kernel.money import BASIS_POINTS, basis_points, reversed_so_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The commission on a line: `amount_minor` is `rate_bps` of `base_minor`."""

    rate_bps: int
    base_minor: int
    amount_minor: int


def decide(*, amount_minor: int, vendor_discount_minor: int, rate_bps: int) -> Decision:
    """The commission on one line.

    Args:
        amount_minor: the line as priced: tax that the price includes is in it, tax on top is not.
            A line of a history may be below zero: it carries none.
        vendor_discount_minor: the part of its discount that the vendor pays for.
        rate_bps: from 0 to 10,000, so that it never exceeds the base.
    """
    if not 0 <= rate_bps <= BASIS_POINTS:
        raise ValueError(f"{rate_bps} basis points are no rate of commission")
    base = max(amount_minor, 0) - vendor_discount_minor
    if base < 0:
        raise ValueError("a discount is never more than its line")
    return Decision(rate_bps=rate_bps, base_minor=base, amount_minor=basis_points(base, rate_bps))


def reversed_commission(worth: Worth, back: Back, *, commission_minor: int) -> int:
    """How much of a line's commission is given back once so much of the line is.

    In proportion to the money, and to the units where the buyer paid nothing.
    """
    part, whole = (back.paid, worth.paid) if worth.paid else (back.units, worth.units)
    return reversed_so_far(commission_minor, part=part, whole=whole)
