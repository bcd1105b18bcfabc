"""Why this fee: read by the vendor and the platform, never by a buyer; and rules tried by staff."""

from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from marketplace.api.scalars import encode_id
from marketplace.staff import FINANCE, SUPPORT
from payouts.models import CommissionRule
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.rules import rule_of
from tests.factories.sold import sold
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

WHY: Final = """amount { amount currency } tax { amount } base { amount } net { amount } rate taxRate
  fixed { amount } floor { amount } cap { amount } rule { name } why"""
SOLD: Final = f"""query($slug: String!) {{ viewer {{ vendor(slug: $slug) {{ orders {{ edges {{ node {{
  commission {{ amount }} commissionTax {{ amount }} net {{ amount }}
  lines {{ edges {{ node {{ sku commission {{ {WHY} }} }} }} }} }} }} }} }} }} }}"""
BOUGHT: Final = """{ viewer { orders { edges { node { vendorOrders { edges { node {
  commissionTax { amount } lines { edges { node { sku commission { why } } } } } } } } } } } }"""
BOOKED: Final = """{ platform { ledger { edges { node { entries { edges { node {
  account vendorOrder { lines { edges { node { commission { why } } } } } } } } } } } } }"""
ON: Final = f"""query($slug: String!, $product: ID!, $price: Decimal, $quantity: Int! = 1) {{
  viewer {{ vendor(slug: $slug) {{
    commissionFor(product: $product, price: $price, quantity: $quantity) {{ {WHY} }} }} }} }}"""
RULES: Final = """{ platform { commissionRules { totalCount edges { node { name scopes isForEverything
  rate taxRate fromPrice { amount } belowPrice { amount } amounts { fixed { amount currency } cap { amount } }
  products { title } categories { edges { node { slug } } } vendors { edges { node { slug } } } } } } } }"""
TRY: Final = """query($input: CommissionSimulationInput!) { platform { commissionSimulation(input: $input) {
  affectedCount isCapped affected { sku vendor price { amount } kept { amount } wouldKeep { amount }
    rule wouldBeRule }
  sold { lines kept { amount currency } wouldKeepNow { amount } wouldKeep { amount } }
  warnings { code message rules } } } }"""


def pot(price_minor: int = 2000) -> Variant:
    """A variant of Clay's under a deal with the vendor."""
    variant = buyable(vendor=VendorFactory.create(slug="clay", name="Clay"), price_minor=price_minor)
    rule_of(variant.vendor, name="Deal", rate_bps=1000, tax_bps=1900, amounts={"EUR": (30, 0, None)})
    return variant


def finance() -> GraphQL:
    """A client of the platform's own finance people."""
    return GraphQL(with_role(FINANCE))


EXPLAINED: Final = {
    "amount": {"amount": "4.60", "currency": "EUR"},
    "tax": {"amount": "0.87"},
    "base": {"amount": "40.00"},
    "net": {"amount": "34.53"},
    "rate": "10.00",
    "taxRate": "19.00",
    "fixed": {"amount": "0.30"},
    "floor": {"amount": "0.00"},
    "cap": None,
    "rule": {"name": "Deal"},
    "why": "The rule “Deal” decides: it is sold by Clay. 10 % of 40.00 EUR is 4.00 EUR. "
    "0.30 EUR for each of 2 units on top makes 4.60 EUR. 19 % of tax on it is 0.87 EUR. "
    "34.53 EUR is left to the vendor.",
}


def test_a_vendor_is_told_why_as_it_was_decided() -> None:
    variant = pot()
    sold(variant, quantity=2)
    CommissionRule.objects.update(name="Other", rate_bps=9000)
    client = GraphQL(member_of(variant.vendor, VendorRole.FINANCE))
    (edge,) = client.ask(SOLD, slug="clay")["viewer"]["vendor"]["orders"]["edges"]
    part = edge["node"]
    assert part["lines"]["edges"] == [{"node": {"sku": variant.sku, "commission": EXPLAINED}}]
    assert (part["commission"], part["commissionTax"], part["net"]) == (
        {"amount": "4.60"},
        {"amount": "0.87"},
        {"amount": "34.53"},
    )


def test_no_buyer_and_no_other_role_is_told() -> None:
    variant, buyer = pot(), UserFactory.create()
    sold(variant, user=buyer)
    body = GraphQL(buyer).send(BOUGHT).json()
    (order,) = body["data"]["viewer"]["orders"]["edges"]
    (part,) = order["node"]["vendorOrders"]["edges"]
    assert part["node"]["lines"]["edges"] == [{"node": {"sku": variant.sku, "commission": None}}]
    assert {error["extensions"]["code"] for error in body["errors"]} == {"NOT_PERMITTED"}
    support = GraphQL(member_of(variant.vendor, VendorRole.SUPPORT)).send(SOLD, slug="clay").json()
    (edge,) = support["data"]["viewer"]["vendor"]["orders"]["edges"]
    assert edge["node"]["lines"]["edges"][0]["node"]["commission"] is None
    product = encode_id("Product", variant.product_id)
    asked = GraphQL(member_of(variant.vendor, VendorRole.SUPPORT)).send(ON, slug="clay", product=product)
    assert asked.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


def test_finance_is_told_why_and_support_is_not() -> None:
    sold(pot(), quantity=2)
    (edge,) = finance().ask(BOOKED)["platform"]["ledger"]["edges"]
    (part,) = (
        entry["node"]["vendorOrder"]
        for entry in edge["node"]["entries"]["edges"]
        if entry["node"]["account"] == "VENDOR_PAYABLE"
    )
    assert part["lines"]["edges"] == [{"node": {"commission": {"why": EXPLAINED["why"]}}}]
    assert GraphQL(with_role(SUPPORT)).send(BOOKED).json()["data"]["platform"]["ledger"] is None


def test_a_vendor_asks_before_anything_is_sold() -> None:
    variant = pot()
    client, product = GraphQL(member_of(variant.vendor)), encode_id("Product", variant.product_id)

    def on(**asked: Any) -> Any:
        return client.ask(ON, slug="clay", **asked)["viewer"]["vendor"]["commissionFor"]

    assert on(product=product, quantity=2) == EXPLAINED
    assert on(product=product, price="10.00")["net"] == {"amount": "8.45"}
    assert on(product=encode_id("Product", buyable().product_id)) is None
    for wrong in ({"quantity": 0}, {"price": "-1.00"}, {"price": "0.001"}):
        body = client.send(ON, slug="clay", product=product, **wrong).json()
        assert body["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("count", [1, 3])
def test_reasons_take_a_constant_number_of_statements(count: int) -> None:
    variant = pot()
    others = [buyable(vendor=variant.vendor) for _ in range(count - 1)]
    for _ in range(count):
        sold(variant, *others)
    client = GraphQL(member_of(variant.vendor, VendorRole.FINANCE))
    with CaptureQueriesContext(connection) as statements:
        edges = client.ask(SOLD, slug="clay")["viewer"]["vendor"]["orders"]["edges"]
    lines = [line for edge in edges for line in edge["node"]["lines"]["edges"]]
    assert (len(lines), len(statements)) == (count * count, 7)


def test_finance_reads_the_rules_and_nobody_else_does() -> None:
    variant = pot()
    about = (variant.product, variant.product.category)
    rule_of(*about, name="Few", price_currency="EUR", price_from_minor=1000, position=1)
    edges = finance().ask(RULES)["platform"]["commissionRules"]["edges"]
    first, second = (edge["node"] for edge in edges)
    assert (first["name"], second["name"]) == ("Few", "Deal")
    assert first["scopes"] == ["PRODUCTS", "CATEGORIES", "PRICES"]
    assert (first["fromPrice"], first["belowPrice"]) == ({"amount": "10.00"}, None)
    assert [each["title"] for each in first["products"]] == [variant.product.title]
    assert [each["node"]["slug"] for each in second["vendors"]["edges"]] == ["clay"]
    assert second["amounts"] == [{"fixed": {"amount": "0.30", "currency": "EUR"}, "cap": None}]
    assert (second["rate"], second["taxRate"], second["isForEverything"]) == ("10.00", "19.00", False)
    for document, variables in ((RULES, {}), (TRY, {"input": {"terms": {"name": "A"}}})):
        body = GraphQL(with_role(SUPPORT)).send(document, **variables).json()
        assert {error["extensions"]["code"] for error in body["errors"]} == {"NOT_PERMITTED"}


@pytest.mark.parametrize("count", [1, 3])
def test_rules_take_a_constant_number_of_statements(count: int) -> None:
    variant = pot()
    for _ in range(count):
        rule_of(variant.product, variant.product.category, variant.vendor, amounts={"EUR": (1, 0, None)})
    client = finance()
    with CaptureQueriesContext(connection) as statements:
        found = client.ask(RULES)["platform"]["commissionRules"]
    assert (found["totalCount"], len(statements)) == (count + 1, 10)


def test_h30_a_draft_is_tried_before_it_is_saved() -> None:
    variant = pot(price_minor=100)
    sold(variant, quantity=2)
    product = encode_id("Product", variant.product_id)
    terms = {"name": "Two", "products": [product], "amounts": [{"currency": "EUR", "fixed": "2.00"}]}
    found = finance().ask(TRY, input={"terms": terms})["platform"]["commissionSimulation"]
    assert found == {
        "affectedCount": 1,
        "isCapped": False,
        "affected": [
            {
                "sku": variant.sku,
                "vendor": "Clay",
                "price": {"amount": "1.00"},
                "kept": {"amount": "0.48"},
                "wouldKeep": {"amount": "1.00"},
                "rule": "Deal",
                "wouldBeRule": "Two",
            }
        ],
        "sold": [
            {
                "lines": 1,
                "kept": {"amount": "0.95", "currency": "EUR"},
                "wouldKeepNow": {"amount": "0.95"},
                "wouldKeep": {"amount": "2.00"},
            }
        ],
        "warnings": [
            {
                "code": "FEE_ABOVE_PRICE",
                "message": "It takes all of the price of something: the vendor would get 0.00: "
                f"{variant.sku} at 1.00 EUR.",
                "rules": [],
            }
        ],
    }
    assert CommissionRule.objects.count() == 1


def test_putting_away_is_tried_too_and_what_cannot_be_is_refused() -> None:
    variant = pot()
    rule = encode_id("CommissionRule", CommissionRule.objects.get().pk)
    gone = finance().ask(TRY, input={"rule": rule})["platform"]["commissionSimulation"]
    (affected,) = gone["affected"]
    assert (affected["kept"], affected["wouldKeep"]) == ({"amount": "2.74"}, {"amount": "2.00"})
    assert affected["sku"] == variant.sku
    for wrong, code in (
        ({}, "INVALID_INPUT"),
        ({"rule": encode_id("CommissionRule", 0)}, "NOT_FOUND"),
        ({"terms": {"name": "A", "vendors": [encode_id("Vendor", 0)]}}, "NOT_FOUND"),
        ({"terms": {"name": "A"}}, "INVALID_INPUT"),
    ):
        body = finance().send(TRY, input=wrong).json()
        assert [error["extensions"]["code"] for error in body["errors"]] == [code]
