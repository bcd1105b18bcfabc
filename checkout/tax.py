"""Which tax is due where: a protocol, and the table it begins with. No database.

Tax is on top of prices or contained in them, as its rule says, and rounded per line, half to even on the
minor unit; shipping is a line of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

from checkout.models import Remitter
from checkout.shipping import Place
from marketplace.kernel.money import BASIS_POINTS, allocate, basis_points, half_even

ANY: Final = ""


@dataclass(frozen=True, kw_only=True)
class Taxable:
    """An amount on which tax may be due: a line less all discounts, or shipping, which has no category."""

    vendor: int
    amount_minor: int
    category: str | None
    to: Place | None


@dataclass(frozen=True, kw_only=True)
class TaxCharge:
    """One tax on one line. `base_minor` is what it is reckoned on, without it."""

    name: str
    jurisdiction: str
    rate_bps: int
    is_included: bool
    remitter: Remitter
    base_minor: int
    amount_minor: int


class Taxes(Protocol):
    """Whatever knows the tax on a cart: asked once for each costing, answering one list for each amount."""

    def assess(self, amounts: Sequence[Taxable]) -> Sequence[Sequence[TaxCharge]]:
        """The taxes on each amount."""
        ...


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A tax of a place: on goods of a category, or of any; contained in prices, or on top of them."""

    name: str
    rate_bps: int
    country: str
    region: str = ""
    postal_prefix: str = ""
    category: str = ANY
    is_included: bool = False
    is_on_shipping: bool = True
    remitter: Remitter = Remitter.VENDOR

    @property
    def jurisdiction(self) -> str:
        """Whose tax it is, for people: DE, US-NY, ES-35."""
        return "-".join(filter(None, (self.country, self.region, self.postal_prefix)))

    def closeness(self, to: Place, category: str | None) -> tuple[int, int] | None:
        """How closely it fits; None where it does not."""
        listed = [[code] if code else [] for code in (self.country, self.region, self.postal_prefix)]
        rank = to.rank(*listed)
        if rank is None or self.category not in {ANY, category}:
            return None
        return rank, self.category != ANY


@dataclass(frozen=True, kw_only=True)
class TaxTable:
    """Rules as rows. Of one name the one that fits most closely counts; taxes of different names add up."""

    rules: tuple[Rule, ...] = ()

    def assess(self, amounts: Sequence[Taxable]) -> Sequence[Sequence[TaxCharge]]:
        """The taxes on each amount."""
        return [charges(each.amount_minor, self.applying(each)) for each in amounts]

    def applying(self, amount: Taxable) -> list[Rule]:
        """The rules by which an amount is taxed, in the order of their names."""
        if amount.to is None:
            return []
        fitting = [
            (rule.name, closeness, rule)
            for rule in self.rules
            if (closeness := rule.closeness(amount.to, amount.category)) is not None
        ]
        fitting.sort(key=lambda each: each[:2])
        found = [list(group)[-1][2] for _, group in groupby(fitting, key=lambda each: each[0])]
        return [
            rule for rule in found if rule.rate_bps and (rule.is_on_shipping or amount.category is not None)
        ]


NO_TAX: Final = TaxTable()


def simple(rate_bps: int) -> TaxTable:
    """One rate on top of everything, wherever it goes."""
    return TaxTable(rules=(Rule(name="Tax", rate_bps=rate_bps, country=""),))


def charges(amount_minor: int, rules: Iterable[Rule]) -> list[TaxCharge]:
    """What each rule charges on an amount.

    Taxes that the amount contains are taken out of it together, rounded once, and shared out by their rates;
    those on top are reckoned on what is left, each rounded on its own.
    """
    rules = list(rules)
    inside = [rule for rule in rules if rule.is_included]
    rate = sum(rule.rate_bps for rule in inside)
    contained = half_even(amount_minor * rate, BASIS_POINTS + rate)
    base = amount_minor - contained
    shares = iter(allocate(contained, [rule.rate_bps for rule in inside]) if inside else ())
    return [
        TaxCharge(
            name=rule.name,
            jurisdiction=rule.jurisdiction,
            rate_bps=rule.rate_bps,
            is_included=rule.is_included,
            remitter=rule.remitter,
            base_minor=base,
            amount_minor=next(shares) if rule.is_included else basis_points(base, rule.rate_bps),
        )
        for rule in rules
    ]
