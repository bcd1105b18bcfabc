"""What a rule would change, before it is saved."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ProductStatus
from marketplace.kernel import clock
from payouts.models import Commission, CommissionRule, RuleScope
from payouts.rulebook import told
from payouts.rules import UNSAVED, Amounts, Rule
from payouts.simulating import RuleWarning, simulate, warnings_of
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.checkout import Bought, buyable
from tests.factories.rules import rule_of
from tests.factories.sold import sold_as
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def draft(*scopes: RuleScope, **facts: object) -> Rule:
    wanted: dict[str, Any] = {"rate_bps": 2000, "scopes": frozenset(scopes), "position": 100, **facts}
    return Rule(key=UNSAVED, name="Draft", **wanted)


def about(*products: int, **facts: object) -> Rule:
    return draft(RuleScope.PRODUCTS, products=frozenset(products), **facts)


def warned(rule: Rule) -> dict[RuleWarning, tuple[object, ...]]:
    return {
        each.warning: tuple(other.name for other in each.rules) or each.examples for each in warnings_of(rule)
    }


def test_h30_the_goods_that_a_draft_is_about_are_told_before_it_is_saved() -> None:
    pot, cup = buyable(price_minor=4000), buyable()
    hidden = buyable()
    hidden.product.status = ProductStatus.ARCHIVED
    hidden.product.save()
    rule_of(rate_bps=500, name="All")
    found = simulate(draft=about(pot.product_id, hidden.product_id, tax_bps=1900))
    (only,) = found.affected
    assert (only.variant, only.now.kept_minor, only.then.kept_minor) == (pot, 200, 800 + 152)
    assert (only.now.rule and only.now.rule.name, only.then.rule and only.then.rule.name) == ("All", "Draft")
    assert (found.is_capped, CommissionRule.objects.count()) == (False, 1)
    # The older of two alike decides, until the position says otherwise.
    assert simulate(draft=draft()).affected == ()
    assert [each.variant for each in simulate(draft=draft(position=99)).affected] == [pot, cup]


def test_what_was_sold_lately_is_told_as_it_was_and_as_it_would_be() -> None:
    pot = buyable(price_minor=4000)
    sold_as(Bought(variant=pot, unit_minor=4000, quantity=2))
    sold_as(Bought(variant=buyable()))
    rule_of(pot.product, rate_bps=500)
    (told_of,) = simulate(draft=about(pot.product_id), replaced=CommissionRule.objects.get().pk).resold
    assert (told_of.currency, told_of.lines) == ("EUR", 1)
    assert (told_of.kept_minor, told_of.now_minor, told_of.then_minor) == (800, 400, 1600)
    assert Commission.objects.count() == 2
    with clock.at(clock.now() + timedelta(days=31)):
        assert simulate(draft=about(pot.product_id)).resold == ()


def test_without_a_draft_a_rule_is_put_away() -> None:
    pot = buyable()
    rule = rule_of(pot.product, rate_bps=500)
    (only,) = simulate(draft=None, replaced=rule.pk).affected
    assert (only.now.kept_minor, only.then.kept_minor, only.then.rule) == (50, 100, None)
    assert CommissionRule.objects.kept().count() == 1


def test_a_draft_in_the_place_of_a_rule_tells_what_it_lets_go() -> None:
    pot, cup = buyable(), buyable()
    rule = rule_of(pot.product, rate_bps=500)
    found = simulate(draft=about(cup.product_id), replaced=rule.pk)
    assert [(each.variant, each.now.kept_minor, each.then.kept_minor) for each in found.affected] == [
        (pot, 50, 100),
        (cup, 100, 200),
    ]


def test_a_shadowed_draft_is_warned_of_and_one_that_shadows() -> None:
    product = buyable().product
    rule_of(product, product.vendor, name="Deal")
    assert warned(about(product.pk)) == {
        RuleWarning.SHADOWED: ("Deal",),
        RuleWarning.DECIDES_NOTHING: (),
    }
    both = {"products": frozenset({product.pk}), "vendors": frozenset({product.vendor_id})}
    stronger = draft(RuleScope.PRODUCTS, RuleScope.VENDORS, position=99, **both)
    assert warned(stronger) == {RuleWarning.SHADOWS: ("Deal",)}


def test_h8_a_fee_above_the_price_is_warned_of() -> None:
    pot = buyable(price_minor=100)
    two = {"EUR": Amounts(fixed_minor=200)}
    assert warned(about(pot.product_id, rate_bps=0, amounts=two)) == {
        RuleWarning.FEE_ABOVE_PRICE: (f"{pot.sku} at 1.00 EUR",)
    }
    assert warned(about(pot.product_id, rate_bps=0, amounts={"EUR": Amounts(fixed_minor=99)})) == {}
    # All of it may be meant.
    assert warned(about(pot.product_id, rate_bps=10_000)) == {}


def test_h30_a_condition_that_names_nothing_is_warned_of() -> None:
    assert warned(about()) == {
        RuleWarning.EMPTY_CONDITION: ("products",),
        RuleWarning.DECIDES_NOTHING: (),
    }
    buyable()
    assert warned(draft(amounts={"USD": Amounts(fixed_minor=1)})) == {
        RuleWarning.FOR_EVERYTHING: (),
        RuleWarning.NO_AMOUNTS: ("EUR",),
    }


def test_a_rule_that_lost_what_it_was_about_is_warned_of_as_it_stands() -> None:
    product = ProductFactory.create()
    rule_of(product, name="Gone")
    product.delete()
    (rule,) = told(CommissionRule.objects.all())
    assert set(warned(rule)) == {RuleWarning.EMPTY_CONDITION, RuleWarning.DECIDES_NOTHING}


@pytest.mark.parametrize("count", [1, 3])
def test_a_simulation_costs_four_statements(count: int) -> None:
    category = CategoryFactory.create()
    goods = [buyable() for _ in range(count)]
    for variant in goods:
        variant.product.category = category
        variant.product.save()
        rule_of(variant.product, VendorFactory.create())
        sold_as(Bought(variant=variant))
    scopes = (RuleScope.PRODUCTS, RuleScope.CATEGORIES, RuleScope.PRICES)
    wanted = draft(
        *scopes,
        products=frozenset(variant.product_id for variant in goods),
        categories={category.slug: category.name},
        price_currency="EUR",
        price_from_minor=1000,
        price_to_minor=1001,
    )
    with CaptureQueriesContext(connection) as statements:
        found = simulate(draft=wanted)
    assert (len(found.affected), found.resold[0].lines, len(statements)) == (count, count, 4)
