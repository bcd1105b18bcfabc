"""What the demo's goods cost to send, to whom which tax is due, and what goes off."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from checkout.models import TaxRule
from marketplace.demo import catalogue, loading
from marketplace.demo.painting import Gallery
from tests.factories.checkout import buyable
from tests.support.checkout import ADA, fill, mutate
from tests.support.graphql import GraphQL
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

OPTIONS = "... on CartSuccess { cart { groups { shippingOptions { name price { amount } } } } }"
CODE = "... on CartSuccess { cart { discounts { code amount { amount } } } }"


def _prices(client: GraphQL, **place: str) -> Any:
    cart = mutate(client, "setCheckoutAddresses", OPTIONS, shippingAddress={"details": ADA | place})["cart"]
    (group,) = cart["groups"]
    return {each["name"]: each["price"]["amount"] for each in group["shippingOptions"]}


def test_shipping_depends_on_where_to_how_heavy_and_how_much() -> None:
    goods = catalogue.read()
    sold_here = tuple(one for one in goods.vendors if one.slug == "quiet-leaf")
    with ThreadPoolExecutor(1) as pool:
        loading.load(dataclasses.replace(goods, vendors=sold_here, products=()), Gallery(pool))
    coffee = buyable(vendor=Vendor.objects.get(slug="quiet-leaf"), price_minor=1500, on_hand=9)
    type(coffee).objects.update(weight_g=600)
    client = GraphQL()
    fill(client, coffee)
    at_home = {"By bicycle, within Berlin": "0.00", "Letter post": "2.90", "Fetch it at the roastery": "0.00"}
    assert _prices(client, postalCode="10115") == at_home
    assert _prices(client, postalCode="80331") == {
        name: price for name, price in at_home.items() if "Berlin" not in name
    }
    assert _prices(client, country="PL")["Letter post"] == "4.90"
    fill(client, coffee, quantity=2)
    assert _prices(client, country="PL")["Letter post"] == "7.90"
    # Three for two, less ten percent of what is left.
    taken = mutate(client, "applyCoupon", CODE, code="welcome10")["cart"]["discounts"]
    assert [(each["code"], Decimal(each["amount"]["amount"])) for each in taken] == [
        (None, Decimal("15.00")),
        ("WELCOME10", Decimal("3.00")),
    ]
    assert set(TaxRule.objects.values_list("country", "is_included")) == {("FR", True), ("US", False)}
