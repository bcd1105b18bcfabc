"""Which rules can never decide, because another always does. No database, no clock.

A rule is shadowed where another is met by every line that meets it, and stands before it in the order of
payouts/rules.py each time. Only what is sure is said: a rule that several others shadow together, or that is
shadowed by what happens to be for sale, is not found here.
"""

from collections.abc import Iterable, Mapping

from payouts.models import RuleScope
from payouts.rules import Rule, among_alike

# Of a product, its vendor and the slugs of its category and of all above it.
Homes = Mapping[int, tuple[int, tuple[str, ...]]]


def never_met(rule: Rule) -> list[RuleScope]:
    """The kinds of condition of a rule that name nothing: with one of them no line meets it."""
    named = {
        RuleScope.PRODUCTS: rule.products,
        RuleScope.CATEGORIES: rule.categories,
        RuleScope.VENDORS: rule.vendors,
    }
    return [scope for scope, each in named.items() if scope in rule.scopes and not each]


def shadowing(rule: Rule, others: Iterable[Rule], homes: Homes) -> list[Rule]:
    """The rules that always decide where this one could."""
    return [other for other in others if other.key != rule.key and always_before(other, rule, homes)]


def shadowed(rule: Rule, others: Iterable[Rule], homes: Homes) -> list[Rule]:
    """The rules in whose place this one always decides."""
    return [other for other in others if other.key != rule.key and always_before(rule, other, homes)]


def always_before(first: Rule, second: Rule, homes: Homes) -> bool:
    """Whether the first decides wherever the second could.

    Args:
        first: a rule.
        second: another one.
        homes: of the products that either of them names; one that is missing is taken to be anywhere.
    """
    if never_met(second) or not _lasts_as_long(first, second):
        return False
    return _is_met_with(first, second, homes) and _stands_before(first, second)


def _is_met_with(first: Rule, second: Rule, homes: Homes) -> bool:
    """Whether every line that meets the second meets each kind of condition of the first."""
    return all(_implies(scope, first, second, homes) for scope in first.scopes)


def _implies(scope: RuleScope, first: Rule, second: Rule, homes: Homes) -> bool:
    # What a rule names by products is of these vendors and in these categories.
    placed = [homes.get(key, (0, ())) for key in second.products] if _has(second, RuleScope.PRODUCTS) else []
    match scope:
        case RuleScope.PRODUCTS:
            return _has(second, scope) and second.products <= first.products
        case RuleScope.CATEGORIES:
            is_in = _has(second, scope) and second.categories.keys() <= first.categories.keys()
            return is_in or (
                bool(placed) and all(first.categories.keys() & set(steps) for _, steps in placed)
            )
        case RuleScope.VENDORS:
            is_of = _has(second, scope) and second.vendors <= first.vendors
            return is_of or (bool(placed) and all(vendor in first.vendors for vendor, _ in placed))
        case RuleScope.PRICES:
            return _has(second, scope) and _holds_prices(first, second)


def _stands_before(first: Rule, second: Rule) -> bool:
    """Whether the first stands before the second for every line that meets both."""
    if first.kind != second.kind:
        # One of a more specific kind is not met by all that meets one of a less specific.
        return False
    if first.kind == RuleScope.CATEGORIES and not second.categories.keys() <= first.categories.keys():
        return False
    return among_alike(first) < among_alike(second)


def _holds_prices(first: Rule, second: Rule) -> bool:
    return (
        first.price_currency == second.price_currency
        and (first.price_from_minor or 0) <= (second.price_from_minor or 0)
        and (
            first.price_to_minor is None
            or (second.price_to_minor is not None and second.price_to_minor <= first.price_to_minor)
        )
    )


def _lasts_as_long(first: Rule, second: Rule) -> bool:
    return (
        first.starts_at is None or (second.starts_at is not None and first.starts_at <= second.starts_at)
    ) and (first.ends_at is None or (second.ends_at is not None and second.ends_at <= first.ends_at))


def _has(rule: Rule, scope: RuleScope) -> bool:
    return scope in rule.scopes
