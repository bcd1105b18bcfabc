"""Which rule decides what the platform keeps of a line. No database, no clock.

A rule is met by a line that meets all its kinds of condition, each by one of what that kind names. Of the
rules that are met the most specific decides: one about products before one about categories, the deepest
before those above it, before one about vendors, before one about prices, before one about everything; of two
alike the one with more kinds of condition, then the one whose position is lower, then the older one.
`precedence` is that order, in which no two rules are equal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from payouts.commission import Terms
from payouts.models import RuleScope

# The most specific kind first: a rule stands where its most specific one does.
SPECIFIC: Final = (RuleScope.PRODUCTS, RuleScope.CATEGORIES, RuleScope.VENDORS, RuleScope.PRICES)
# The key of a rule that is not saved yet: the youngest of all.
UNSAVED: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a rule takes in one currency, in minor units for each unit; see `Terms`."""

    fixed_minor: int = 0
    floor_minor: int = 0
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as plain values; see models.CommissionRule. Categories are names by slug.

    What it names need not be all of it: what can be met by no line that is asked for may be left out.
    """

    key: int
    name: str
    position: int = 0
    scopes: frozenset[RuleScope] = frozenset()
    products: frozenset[int] = frozenset()
    categories: Mapping[str, str] = field(default_factory=dict)
    vendors: frozenset[int] = frozenset()
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    price_currency: str = ""
    rate_bps: int = 0
    tax_bps: int = 0
    amounts: Mapping[str, Amounts] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def kind(self) -> RuleScope | None:
        """The most specific of its kinds; None for one about everything."""
        return next((scope for scope in SPECIFIC if scope in self.scopes), None)

    def terms(self, currency: str) -> Terms:
        """What it takes of a line of this currency."""
        amounts = self.amounts.get(currency, Amounts())
        return Terms(
            rate_bps=self.rate_bps,
            fixed_minor=amounts.fixed_minor,
            floor_minor=amounts.floor_minor,
            cap_minor=amounts.cap_minor,
            tax_bps=self.tax_bps,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What rules look at of a line: `steps` are the slugs of its category and of all above, from the root.

    The names of its product and its vendor are for people, and decide nothing.
    """

    product: int
    vendor: int
    steps: tuple[str, ...]
    unit_minor: int
    currency: str
    title: str = ""
    seller: str = ""


def is_met(rule: Rule, line: Sold) -> bool:
    """Whether a line meets each kind of condition of a rule."""
    return all(_MEETS[scope](rule, line) for scope in rule.scopes)


def precedence(rule: Rule, line: Sold) -> tuple[int, int, int, int, int]:
    """Where a rule that a line meets stands among all that it meets: the least decides."""
    kind = rule.kind
    place = len(SPECIFIC) if kind is None else SPECIFIC.index(kind)
    depth = _depth(rule, line) if kind == RuleScope.CATEGORIES else 0
    return place, -depth, *among_alike(rule)


def among_alike(rule: Rule) -> tuple[int, int, int]:
    """Where a rule stands among those of its most specific kind, of one depth: the least decides."""
    return -len(rule.scopes), rule.position, rule.key


def strongest(rules: Iterable[Rule], line: Sold) -> Rule | None:
    """The rule that decides about a line, if any does, whatever order they come in."""
    met = (rule for rule in rules if is_met(rule, line))
    return min(met, key=lambda rule: precedence(rule, line), default=None)


def matched(rule: Rule, line: Sold) -> dict[str, object]:
    """What of a line meets each kind of condition of a rule, for people, as JSON holds it.

    The product's title, the name of the deepest category and the vendor's, and the bounds of the price.
    """
    found: dict[str, object] = {}
    for scope in (each for each in SPECIFIC if each in rule.scopes):
        match scope:
            case RuleScope.PRODUCTS:
                found[scope] = line.title
            case RuleScope.CATEGORIES:
                found[scope] = rule.categories[line.steps[_depth(rule, line) - 1]]
            case RuleScope.VENDORS:
                found[scope] = line.seller
            case RuleScope.PRICES:
                found[scope] = [rule.price_from_minor, rule.price_to_minor]
    return found


def terms_for(rule: Rule | None, line: Sold, *, rate_bps: int) -> Terms:
    """The terms of a line about which a rule decides, or without one the marketplace's rate."""
    return rule.terms(line.currency) if rule else Terms(rate_bps=rate_bps)


class Book:
    """Rules on shelves by what they are about, so that a line is asked about those it may meet only.

    On each shelf all stand at one place but for `among_alike`, and so they are sorted by it.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_product: dict[int, list[Rule]] = defaultdict(list)
        self._by_category: dict[str, list[Rule]] = defaultdict(list)
        self._by_vendor: dict[int, list[Rule]] = defaultdict(list)
        self._by_price: dict[str, list[Rule]] = defaultdict(list)
        self._of_all: list[Rule] = []
        for rule in sorted(rules, key=among_alike):
            for shelf in self._shelves(rule):
                shelf.append(rule)

    def strongest(self, line: Sold) -> Rule | None:
        """As the function of this name says: the first that is met, of the shelves in their order.

        One that is met by a deeper category has been found on that one's shelf.
        """
        return next((rule for shelf in self._asked(line) for rule in shelf if is_met(rule, line)), None)

    def _shelves(self, rule: Rule) -> Iterator[list[Rule]]:
        match rule.kind:
            case RuleScope.PRODUCTS:
                yield from (self._by_product[key] for key in rule.products)
            case RuleScope.CATEGORIES:
                yield from (self._by_category[slug] for slug in rule.categories)
            case RuleScope.VENDORS:
                yield from (self._by_vendor[key] for key in rule.vendors)
            case RuleScope.PRICES:
                yield self._by_price[rule.price_currency]
            case None:
                yield self._of_all

    def _asked(self, line: Sold) -> Iterator[list[Rule]]:
        yield self._by_product.get(line.product, [])
        yield from (self._by_category.get(step, []) for step in reversed(line.steps))
        yield self._by_vendor.get(line.vendor, [])
        yield self._by_price.get(line.currency, [])
        yield self._of_all


def _depth(rule: Rule, line: Sold) -> int:
    """How deep the deepest category of the rule is that the line is in; above zero if there is one."""
    return max((place for place, step in enumerate(line.steps, 1) if step in rule.categories), default=0)


def _is_priced(rule: Rule, line: Sold) -> bool:
    return (
        line.currency == rule.price_currency
        and (rule.price_from_minor is None or rule.price_from_minor <= line.unit_minor)
        and (rule.price_to_minor is None or line.unit_minor < rule.price_to_minor)
    )


_MEETS: Final = {
    RuleScope.PRODUCTS: lambda rule, line: line.product in rule.products,
    RuleScope.CATEGORIES: lambda rule, line: _depth(rule, line) > 0,
    RuleScope.VENDORS: lambda rule, line: line.vendor in rule.vendors,
    RuleScope.PRICES: _is_priced,
}
