"""Rules are saved as they were wished, on record, and put away; nothing that was sold changes."""

from dataclasses import replace
from typing import Any

import pytest

from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.models import AuditEntry
from payouts.drafting import Draft, Prices
from payouts.models import CommissionRule
from payouts.operations.rules import DELETED, SAVED, delete_commission_rule, save_commission_rule
from payouts.rulebook import told
from payouts.rules import Amounts
from payouts.simulating import RuleWarning
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.rules import rule_of

pytestmark = pytest.mark.django_db


def test_a_rule_is_saved_as_it_was_wished_and_on_record() -> None:
    product, actor = ProductFactory.create(), UserFactory.create()
    draft = Draft(
        name="  Comics of  Clay ",
        rate_bps=1250,
        tax_bps=1900,
        categories=(product.category_id,),
        vendors=(product.vendor_id,),
        prices=Prices(currency="EUR", to_minor=5000),
        amounts=(("EUR", Amounts(fixed_minor=30, cap_minor=90)),),
    )
    rule, _ = save_commission_rule(draft=draft, actor=actor)
    (kept,) = told(CommissionRule.objects.all())
    assert (kept.key, kept.name, kept.rate_bps, kept.tax_bps) == (rule.pk, "Comics of Clay", 1250, 1900)
    assert kept.categories == {product.category.slug: product.category.name}
    assert kept.vendors == {product.vendor_id}
    assert (kept.amounts, kept.price_to_minor) == ({"EUR": Amounts(fixed_minor=30, cap_minor=90)}, 5000)
    changed, _ = save_commission_rule(draft=replace(draft, rate_bps=900), actor=actor, rule_id=rule.pk)
    entry = AuditEntry.objects.filter(action=SAVED).order_by("-pk")[0]
    assert (changed, entry.before, entry.after) == (rule, {"rate_bps": 1250}, {"rate_bps": 900})
    assert entry.actor_id == actor.pk


def test_h30_a_rule_whose_last_condition_is_taken_away_is_refused_or_about_nothing() -> None:
    product, actor = ProductFactory.create(), UserFactory.create()
    rule = rule_of(product, rate_bps=900)
    with pytest.raises(InvalidInput) as refused:
        save_commission_rule(draft=Draft(name="All?"), actor=actor, rule_id=rule.pk)
    assert refused.value.field == "isForEverything"
    _, warnings = save_commission_rule(draft=Draft(name="None", products=()), actor=actor, rule_id=rule.pk)
    assert RuleWarning.EMPTY_CONDITION in [each.warning for each in warnings]
    rule.refresh_from_db()
    assert (rule.scopes, rule.is_for_everything, rule.products.count()) == (["products"], False, 0)


WRONG: dict[str, dict[str, Any]] = {
    "isForEverything": {"is_for_everything": True, "products": ()},
    "rate": {"rate_bps": 10_001},
    "taxRate": {"tax_bps": -1},
    "position": {"position": -1},
    "prices": {"prices": Prices(currency="EUR", from_minor=5, to_minor=5)},
    "amounts": {"amounts": (("EUR", Amounts(floor_minor=2, cap_minor=1)),)},
    "name": {"name": " "},
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_kept_is_refused(field: str) -> None:
    wanted = {"name": "Any", "products": () if field == "prices" else None, "is_for_everything": True}
    wanted |= {"is_for_everything": False} if field == "prices" else {}
    with pytest.raises(InvalidInput) as refused:
        save_commission_rule(draft=Draft(**(wanted | WRONG[field])), actor=UserFactory.create())
    assert (refused.value.field, CommissionRule.objects.count()) == (field, 0)


@pytest.mark.parametrize("kind", ["products", "categories", "vendors"])
def test_what_is_not_there_cannot_be_named(kind: str) -> None:
    named: dict[str, Any] = {kind: (0,)}
    with pytest.raises(NotFound) as refused:
        save_commission_rule(draft=Draft(name="Any", **named), actor=UserFactory.create())
    assert refused.value.field == kind


def test_a_key_saves_once() -> None:
    actor, draft = UserFactory.create(), Draft(name="All", is_for_everything=True)
    first, _ = save_commission_rule(draft=draft, actor=actor, idempotency_key="k")
    again, warnings = save_commission_rule(draft=draft, actor=actor, idempotency_key="k")
    assert (first, [each.warning for each in warnings][:1]) == (again, [RuleWarning.FOR_EVERYTHING])
    with pytest.raises(IdempotencyKeyReused):
        save_commission_rule(draft=replace(draft, rate_bps=1), actor=actor, idempotency_key="k")
    assert AuditEntry.objects.filter(action=SAVED).count() == 1


def test_a_rule_is_put_away_once_and_for_good() -> None:
    actor, rule = UserFactory.create(), rule_of()
    delete_commission_rule(rule_id=rule.pk, actor=actor, idempotency_key="k")
    assert delete_commission_rule(rule_id=rule.pk, actor=actor, idempotency_key="k").archived_at is not None
    for act in (
        lambda: delete_commission_rule(rule_id=rule.pk, actor=actor),
        lambda: save_commission_rule(
            draft=Draft(name="All", is_for_everything=True), actor=actor, rule_id=rule.pk
        ),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()
    with pytest.raises(NotFound):
        delete_commission_rule(rule_id=0, actor=actor)
    assert list(AuditEntry.objects.filter(action=DELETED).values_list("subject_id", flat=True)) == [rule.pk]
