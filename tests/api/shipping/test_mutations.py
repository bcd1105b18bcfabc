"""A vendor's people set how it ships, and buyers pay by it."""

from typing import Any, Final

import pytest

from checkout.models import ShippingProfile, VendorOrder
from marketplace.api.scalars import encode_id
from marketplace.kernel import audit
from tests.factories.checkout import ShippingMethodFactory, buyable, zone_of
from tests.factories.orders import placed
from tests.factories.vendors import member_of
from tests.support.checkout import fill, mutate
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

METHOD: Final = "... on ShippingMethodSuccess { method { id price { amount } estimate { minDays } } }"
PROFILE: Final = (
    "... on ShippingProfileSuccess { profile { id isDefault zones { edges { node { name } } } } }"
)
ZONE: Final = """... on ShippingZoneSuccess { zone { id countries rates { kind price { amount }
  freeFrom { amount } tiers { fromWeightG fromTotal { amount } price { amount } } } } }"""
CART: Final = "{ cart { groups { shippingOptions { name price { amount } } } } }"


def _offered(client: GraphQL) -> list[Any]:
    (group,) = client.ask(CART)["cart"]["groups"]
    return [(each["name"], each["price"]["amount"]) for each in group["shippingOptions"]]


def test_a_manager_sets_what_buyers_pay_and_old_orders_keep_their_quote() -> None:
    tea = buyable(price_minor=2500)
    before = placed(tea).vendor_orders.get()
    client, buyer = GraphQL(member_of(tea.vendor, VendorRole.MANAGER)), GraphQL()
    account = encode_id("VendorAccount", tea.vendor_id)
    old = encode_id("ShippingMethod", before.shipping_method_id or 0)
    ended = {"vendor": account, "method": old, "name": "Old", "isActive": False}
    assert mutate(client, "saveShippingMethod", METHOD, **ended)["field"] == "isActive"
    for _ in range(2):
        asked = {"vendor": account, "name": "Post", "minDays": 1, "maxDays": 3, "idempotencyKey": "one"}
        method = mutate(client, "saveShippingMethod", METHOD, **asked)["method"]
    assert (method["price"], method["estimate"]) == (None, {"minDays": 1})
    assert "method" in mutate(client, "saveShippingMethod", METHOD, **ended)
    asked = {"vendor": account, "name": "Tea house", "isDefault": True, "idempotencyKey": "one"}
    profile = mutate(client, "saveShippingProfile", PROFILE, **asked)["profile"]
    zone = mutate(client, "saveShippingZone", ZONE, profile=profile["id"], name="Home", countries=["de"])
    tiers = [{"fromTotal": "20.00", "price": "2.90"}]
    rate = {"zone": zone["zone"]["id"], "method": method["id"], "kind": "BY_TOTAL", "price": "4.90"}
    done = mutate(client, "saveShippingRate", ZONE, tiers=tiers, freeFrom="50.00", **rate)
    assert done["zone"]["countries"] == ["DE"]
    assert done["zone"]["rates"] == [
        {
            "kind": "BY_TOTAL",
            "price": {"amount": "4.90"},
            "freeFrom": {"amount": "50.00"},
            "tiers": [{"fromWeightG": None, "fromTotal": {"amount": "20.00"}, "price": {"amount": "2.90"}}],
        }
    ]
    fill(buyer, tea)
    assert _offered(buyer) == [("Post", "2.90")]
    fill(buyer, tea)
    assert _offered(buyer) == [("Post", "0.00")]
    assert (VendorOrder.objects.get().shipping_minor, VendorOrder.objects.get().shipping_name) == (
        before.shipping_minor,
        before.shipping_name,
    )
    assert audit.log_of(f"vendor:{tea.vendor_id}").filter(action__startswith="checkout.shipping").count() == 5


def test_a_refusal_says_what_is_wrong() -> None:
    tea = buyable()
    zone, foreign = zone_of(tea.vendor, "DE"), zone_of(buyable().vendor)
    client = GraphQL(member_of(tea.vendor))
    profile = encode_id("ShippingProfile", zone.profile_id)
    theirs = encode_id("ShippingProfile", foreign.profile_id)
    method = encode_id("ShippingMethod", ShippingMethodFactory.create(vendor=tea.vendor).pk)
    place = {"profile": profile, "name": "Home", "countries": ["DE"]}
    rate = {"zone": encode_id("ShippingZone", zone.pk), "method": method, "price": "1.00"}
    weighed = {**rate, "kind": "BY_WEIGHT", "tiers": [{"fromTotal": "1.00", "price": "1.00"}]}
    refusals = [
        mutate(client, "saveShippingZone", ZONE, **place),
        mutate(client, "saveShippingZone", ZONE, **place | {"profile": theirs}),
        mutate(client, "saveShippingRate", ZONE, **rate, currency="USD"),
        mutate(client, "saveShippingRate", ZONE, **rate | {"price": "1.001"}),
        mutate(client, "saveShippingRate", ZONE, **weighed),
        mutate(client, "deleteShippingRate", ZONE, zone=rate["zone"], method=method),
        mutate(client, "deleteShippingProfile", "... on VendorSuccess { vendor { slug } }", profile=profile),
    ]
    assert [(each["code"], each["field"]) for each in refusals] == [
        ("SHIPPING_ZONES_OVERLAP", "countries"),
        ("NOT_FOUND", "profile"),
        ("CURRENCY_MISMATCH", "currency"),
        ("INVALID_INPUT", "price"),
        ("INVALID_INPUT", "tiers"),
        ("NOT_FOUND", "method"),
        ("SHIPPING_PROFILE_IN_USE", "profile"),
    ]


def test_what_is_deleted_is_gone() -> None:
    zone = zone_of(ShippingMethodFactory.create().vendor, "DE")
    vendor, profile = zone.profile.vendor, encode_id("ShippingProfile", zone.profile_id)
    method = encode_id("ShippingMethod", vendor.shipping_methods.get().pk)
    client, here = GraphQL(member_of(vendor)), encode_id("ShippingZone", zone.pk)
    mutate(client, "saveShippingRate", ZONE, zone=here, method=method, price="1.00")
    left = mutate(client, "deleteShippingRate", ZONE, zone=here, method=method)
    assert left["zone"]["rates"] == []
    left = mutate(client, "deleteShippingZone", PROFILE, zone=here)
    assert left["profile"] == {"id": profile, "isDefault": True, "zones": {"edges": []}}
    gone = "... on VendorSuccess { vendor { shippingProfiles { edges { node { id } } } } }"
    left = mutate(client, "deleteShippingProfile", gone, profile=profile)
    assert left == {"vendor": {"shippingProfiles": {"edges": []}}}
    assert mutate(client, "deleteShippingProfile", gone, profile=profile)["code"] == "NOT_FOUND"
    assert ShippingProfile.objects.count() == 0
