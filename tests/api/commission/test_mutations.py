"""Rules of commission made, changed and put away by the platform's finance people."""

from typing import Any, Final

import pytest

from marketplace.api.scalars import encode_id
from marketplace.staff import FINANCE, SUPPORT
from payouts.models import CommissionRule
from tests.factories.checkout import buyable
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from tests.support.staff import with_role

pytestmark = pytest.mark.django_db

SAVED: Final = """... on CommissionRuleSuccess { rule { id name rate taxRate isForEverything scopes archivedAt
  belowPrice { amount currency } amounts { fixed { amount currency } floor { amount } cap { amount } }
  products { id } } warnings { code rules } }"""
ALL: Final = {"name": "All", "rate": "12.50", "isForEverything": True}


def save(client: GraphQL, terms: dict[str, Any], **input: Any) -> Any:
    return mutate(client, "saveCommissionRule", SAVED, terms=terms, **input)


def test_finance_makes_changes_and_puts_away_a_rule() -> None:
    client, product = GraphQL(with_role(FINANCE)), encode_id("Product", buyable().product_id)
    made = save(client, ALL, idempotencyKey="one")
    assert save(client, ALL, idempotencyKey="one") == made
    assert (made["rule"]["rate"], made["rule"]["isForEverything"]) == ("12.50", True)
    assert made["warnings"] == [{"code": "FOR_EVERYTHING", "rules": []}]
    terms = {
        "name": "Pots",
        "rate": "5",
        "taxRate": "19",
        "products": [product],
        "prices": {"currency": "eur", "belowPrice": "50.00"},
        "amounts": [{"currency": "KWD", "fixed": "0.005", "floor": "0.010", "cap": "1.000"}],
    }
    changed = save(client, terms, rule=made["rule"]["id"])
    assert changed["rule"] == {
        "id": made["rule"]["id"],
        "name": "Pots",
        "rate": "5.00",
        "taxRate": "19.00",
        "isForEverything": False,
        "scopes": ["PRODUCTS", "PRICES"],
        "archivedAt": None,
        "belowPrice": {"amount": "50.00", "currency": "EUR"},
        "amounts": [
            {
                "fixed": {"amount": "0.005", "currency": "KWD"},
                "floor": {"amount": "0.010"},
                "cap": {"amount": "1.000"},
            }
        ],
        "products": [{"id": product}],
    }
    assert changed["warnings"] == [{"code": "NO_AMOUNTS", "rules": []}]
    gone = mutate(client, "deleteCommissionRule", SAVED, rule=made["rule"]["id"])
    assert gone["rule"]["archivedAt"] is not None
    again = mutate(client, "deleteCommissionRule", SAVED, rule=made["rule"]["id"])
    assert again["code"] == "TRANSITION_NOT_ALLOWED"
    assert CommissionRule.objects.count() == 1


def test_what_cannot_be_is_refused_and_nothing_is_made() -> None:
    client = GraphQL(with_role(FINANCE))
    prices = {"currency": "EUR", "fromPrice": "5.00", "belowPrice": "5.00"}
    for terms, code, field in (
        ({"name": "A"}, "INVALID_INPUT", "isForEverything"),
        (ALL | {"rate": "100.01"}, "INVALID_INPUT", "rate"),
        (ALL | {"amounts": [{"currency": "EURO"}]}, "INVALID_INPUT", "amounts"),
        (ALL | {"amounts": [{"currency": "JPY", "fixed": "0.50"}]}, "INVALID_INPUT", "amounts"),
        ({"name": "A", "prices": prices}, "INVALID_INPUT", "prices"),
        ({"name": "A", "vendors": [encode_id("Product", 1)]}, "INVALID_INPUT", "vendors"),
        ({"name": "A", "categories": [encode_id("Category", 0)]}, "NOT_FOUND", "categories"),
    ):
        said = save(client, terms)
        assert (said["code"], said["field"]) == (code, field)
    assert save(client, ALL, rule=encode_id("CommissionRule", 0))["code"] == "NOT_FOUND"
    assert save(GraphQL(with_role(SUPPORT)), ALL)["code"] == "NOT_PERMITTED"
    assert CommissionRule.objects.count() == 0
