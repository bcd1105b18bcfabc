"""Rules of commission."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Category, Product
from payouts.models import CommissionAmount, CommissionRule, RuleScope
from vendors.models import Vendor


def rule_of(
    *about: Product | Category | Vendor,
    rate_bps: int = 0,
    amounts: Mapping[str, tuple[int, int, int | None]] | None = None,
    **fields: Any,
) -> CommissionRule:
    """A rule about these, or about everything where none is named and no prices are.

    `amounts` are, by currency, the fee, the least and the most of a unit.
    """
    has_prices = bool(fields.get("price_currency"))
    named = {
        RuleScope.PRODUCTS: [each for each in about if isinstance(each, Product)],
        RuleScope.CATEGORIES: [each for each in about if isinstance(each, Category)],
        RuleScope.VENDORS: [each for each in about if isinstance(each, Vendor)],
    }
    scopes = [scope.value for scope, each in named.items() if each] + (["prices"] if has_prices else [])
    facts = {
        "name": "Rule",
        "scopes": scopes,
        "is_for_everything": not scopes,
        "rate_bps": rate_bps,
        **fields,
    }
    rule: CommissionRule = CommissionRule.objects.create(**facts)
    for scope, each in named.items():
        if each:
            getattr(rule, scope.value).set(each)
    CommissionAmount.objects.bulk_create(
        CommissionAmount(rule=rule, currency=currency, fixed_minor=fixed, floor_minor=floor, cap_minor=cap)
        for currency, (fixed, floor, cap) in (amounts or {}).items()
    )
    return rule
