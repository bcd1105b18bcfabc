"""How much goes back, and what of it is whose. No database, no clock.

What a line of an order, or the shipping of a part, came to is its `Worth`; what has gone back of it so far is
`Back`. Everything is cumulative: what is due after a step less what was given before, so that any steps that
reach the whole come to exactly the whole, however they were rounded on the way.
"""

from dataclasses import dataclass

from marketplace.kernel.money import reversed_so_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the buyer paid for `units`, tax on top included, and how much of that is such tax.

    Besides that, what the platform paid of a discount, and the tax it remits.
    """

    units: int = 0
    paid: int
    tax: int = 0
    platform: int = 0
    remitted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What goes back or went back; `for_units` counts what units were due, a fee that was kept too."""

    units: int = 0
    paid: int = 0
    tax: int = 0
    platform: int = 0
    remitted: int = 0
    for_units: int = 0

    @property
    def fee(self) -> int:
        """What was kept of what these units were due."""
        return self.for_units - self.paid if self.units else 0

    def __add__(self, other: "Back") -> "Back":
        return Back(
            units=self.units + other.units,
            paid=self.paid + other.paid,
            tax=self.tax + other.tax,
            platform=self.platform + other.platform,
            remitted=self.remitted + other.remitted,
            for_units=self.for_units + other.for_units,
        )


def left(worth: Worth, before: Back) -> int:
    """What of it the buyer can still get."""
    return worth.paid - before.paid


def of_units(worth: Worth, before: Back, units: int, *, fee: int = 0) -> Back:
    """Give back so many more units, less a fee: the k-th of n brings k/n of the whole, less what came before.

    Never more than is left: what went back by amount was part of the same money. Raises ValueError for more
    units than there are, or a fee above what they are due.
    """
    if not 0 < units <= worth.units - before.units:
        raise ValueError(f"{units} units of {worth.units - before.units}")
    so_far = reversed_so_far(worth.paid, part=before.units + units, whole=worth.units)
    due = max(0, min(so_far - before.for_units, left(worth, before)))
    if not 0 <= fee <= due:
        raise ValueError(f"a fee of {fee} on {due}")
    return _split(worth, before, paid=due - fee, units=units, due=due)


def of_amount(worth: Worth, before: Back, amount: int) -> Back:
    """Give back an amount of it. Raises ValueError for more than is left."""
    if not 0 <= amount <= left(worth, before):
        raise ValueError(f"{amount} of {left(worth, before)}")
    return _split(worth, before, paid=amount, units=0, due=0)


def rest(worth: Worth, before: Back) -> Back:
    """All that is left of it."""
    return Back(
        paid=left(worth, before),
        tax=max(0, worth.tax - before.tax),
        platform=max(0, worth.platform - before.platform),
        remitted=max(0, worth.remitted - before.remitted),
    )


def _split(worth: Worth, before: Back, *, paid: int, units: int, due: int) -> Back:
    """What of the money is tax, and what moves beside it.

    In proportion to the money, or to the units where the buyer paid nothing.
    """
    part, whole = (before.paid + paid, worth.paid) if worth.paid else (before.units + units, worth.units or 1)
    return Back(
        units=units,
        paid=paid,
        for_units=due,
        tax=min(paid, _more(worth.tax, before.tax, part, whole)),
        platform=_more(worth.platform, before.platform, part, whole),
        remitted=_more(worth.remitted, before.remitted, part, whole),
    )


def _more(total: int, before: int, part: int, whole: int) -> int:
    """What is due of a total by now, less what went before; never less, whatever failed in between."""
    return max(0, reversed_so_far(total, part=part, whole=whole) - before)
