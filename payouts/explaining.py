"""Why this commission: the rule, what of the line met it, and the sum, in words. No database, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from checkout.models import OrderLine
from marketplace.kernel.money import Money, basis_points
from payouts.commission import Decision, Terms
from payouts.models import Commission, RuleScope
from payouts.rules import SPECIFIC

NAMES = {
    RuleScope.PRODUCTS: "the product is {}",
    RuleScope.CATEGORIES: "it is in {}",
    RuleScope.VENDORS: "it is sold by {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was decided about a line, and by what; `rule` is None where the marketplace's rate decided.

    `matched` is as payouts/rules.py tells it.
    """

    terms: Terms
    decided: Decision
    units: int
    currency: str
    rule: str | None = None
    matched: Mapping[str, Any] = field(default_factory=dict)
    is_imported: bool = False

    @classmethod
    def of(cls, kept: Commission, line: OrderLine) -> "Explained":
        """What is kept of a line, as it was decided."""
        return cls(
            terms=terms_of(kept),
            decided=Decision(
                base_minor=kept.base_minor, amount_minor=kept.amount_minor, tax_minor=kept.tax_minor
            ),
            units=line.quantity,
            currency=kept.currency,
            rule=kept.rule_name or None,
            matched=kept.matched or {},
            is_imported=bool(line.reference),
        )

    @property
    def why(self) -> str:
        """A sentence about the rule, and one for each step of the sum."""
        return " ".join([self._rule(), *self._sum()])

    def _rule(self) -> str:
        if self.is_imported:
            return "It was sold elsewhere, and this was kept there."
        if self.rule is None:
            return "No rule is about this, so the marketplace's rate decides."
        if not self.matched:
            return f"The rule “{self.rule}” decides, which is about everything."
        met = ", and ".join(self._met())
        return f"The rule “{self.rule}” decides: {met}."

    def _met(self) -> Iterator[str]:
        # What the database holds as JSON keeps no order.
        for scope in (each for each in SPECIFIC if each in self.matched):
            found = self.matched[scope]
            if scope == RuleScope.PRICES:
                least, below = found
                bounds = [
                    *([] if least is None else [f"from {self._shown(least)}"]),
                    *([] if below is None else [f"below {self._shown(below)}"]),
                ]
                yield f"a unit costs {' and '.join(bounds)}"
            else:
                yield NAMES[scope].format(found)

    def _sum(self) -> Iterator[str]:
        terms, base = self.terms, self.decided.base_minor
        if not base:
            yield "Nothing is kept of nothing."
            return
        asked = basis_points(base, terms.rate_bps)
        yield f"{percent(terms.rate_bps)} of {self._shown(base)} is {self._shown(asked)}."
        if terms.fixed_minor:
            asked += terms.fixed_minor * self.units
            yield f"{self._each(terms.fixed_minor)} on top makes {self._shown(asked)}."
        if asked < terms.floor_minor * self.units:
            asked = terms.floor_minor * self.units
            yield f"It is at least {self._each(terms.floor_minor)}: {self._shown(asked)}."
        if terms.cap_minor is not None and asked > terms.cap_minor * self.units:
            asked = terms.cap_minor * self.units
            yield f"It is at most {self._each(terms.cap_minor)}: {self._shown(asked)}."
        kept = self.decided.amount_minor
        if asked > kept:
            yield f"With its tax it is never more than {self._shown(base)}: {self._shown(kept)}."
        if terms.tax_bps:
            yield f"{percent(terms.tax_bps)} of tax on it is {self._shown(self.decided.tax_minor)}."
        yield f"{self._shown(self.decided.left_minor)} is left to the vendor."

    def _each(self, minor: int) -> str:
        if self.units == 1:
            return self._shown(minor)
        return f"{self._shown(minor)} for each of {self.units} units"

    def _shown(self, minor: int) -> str:
        return str(Money(minor, self.currency))


def terms_of(kept: Commission) -> Terms:
    """The terms under which a commission was decided."""
    return Terms(
        rate_bps=kept.rate_bps,
        fixed_minor=kept.fixed_minor,
        floor_minor=kept.floor_minor,
        cap_minor=kept.cap_minor,
        tax_bps=kept.tax_bps,
    )


def percent(bps: int) -> str:
    """A rate for people, such as 12.5 %."""
    return f"{(Decimal(bps).scaleb(-2)).normalize():f} %"
