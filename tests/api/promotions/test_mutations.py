"""Promotions made by a vendor's people and by the platform, over the API."""

from typing import Any, Final

import pytest

from checkout.models import Promotion, PromotionConsent
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.promotions import CouponFactory, PromotionFactory
from tests.factories.vendors import VendorFactory, member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

SAVED: Final = """... on PromotionSuccess { promotion { id title rate platformShare amount { amount currency }
  codes { code cap isActive } products { title } archivedAt } }"""
CONSENT: Final = "... on SetPromotionConsentSuccess { isGiven }"
SHARED: Final = """query($slug: String!) { viewer { vendor(slug: $slug) {
  sharedPromotions { title vendorShare isJoined } } } }"""
SALE: Final = {"title": "Sale", "kind": "PERCENTAGE", "rate": "12.50", "isForEverything": True}


def _staff() -> GraphQL:
    return GraphQL(UserFactory.create(is_staff=True, is_superuser=True))


def test_a_manager_makes_changes_and_puts_away_a_promotion_of_the_vendor() -> None:
    tea = buyable()
    client = GraphQL(member_of(tea.vendor, VendorRole.MANAGER))
    vendor = {"vendor": encode_id("VendorAccount", tea.vendor_id)}
    terms = SALE | {"codes": [{"code": "tea-1", "cap": 5}]}
    made = mutate(client, "savePromotion", SAVED, **vendor, terms=terms)["promotion"]
    assert (made["rate"], made["platformShare"]) == ("12.50", "0.00")
    assert made["codes"] == [{"code": "TEA-1", "cap": 5, "isActive": True}]
    product = encode_id("Product", tea.product_id)
    terms = {
        "title": "Two off",
        "kind": "AMOUNT",
        "amount": "2.00",
        "products": [product],
        "isAutomatic": True,
    }
    named = vendor | {"promotion": made["id"]}
    changed = mutate(client, "savePromotion", SAVED, **named, terms=terms)["promotion"]
    assert (changed["id"], changed["amount"]) == (made["id"], {"amount": "2.00", "currency": "EUR"})
    assert changed["products"] == [{"title": tea.product.title}]
    assert changed["codes"] == [{"code": "TEA-1", "cap": 5, "isActive": False}]
    assert mutate(client, "archivePromotion", SAVED, **named)["promotion"]["archivedAt"]
    assert mutate(client, "archivePromotion", SAVED, **named)["code"] == "TRANSITION_NOT_ALLOWED"
    assert Promotion.objects.count() == 1


def test_what_cannot_be_is_refused_and_nothing_is_made() -> None:
    vendor = VendorFactory.create()
    CouponFactory.create(promotion=PromotionFactory.create(is_automatic=False), code="TAKEN")
    client, account = GraphQL(member_of(vendor)), encode_id("VendorAccount", vendor.pk)
    theirs = encode_id("Promotion", PromotionFactory.create(vendor=VendorFactory.create()).pk)
    none = encode_id("Promotion", 2**40)

    def refused(client: GraphQL = client, promotion: str | None = None, **terms: Any) -> tuple[str, str]:
        terms = SALE | {"isAutomatic": True} | terms
        said = mutate(client, "savePromotion", SAVED, vendor=account, promotion=promotion, terms=terms)
        return said["code"], said["field"]

    assert refused(rate="100.01") == ("INVALID_INPUT", "rate")
    assert refused(rate="0") == ("INVALID_INPUT", "rate")
    assert refused(isForEverything=False) == ("INVALID_INPUT", "isForEverything")
    assert refused(minimum="1.00", currency="EURO") == ("INVALID_INPUT", "currency")
    assert refused(isAutomatic=False, codes=[{"code": "taken"}]) == ("COUPON_TAKEN", "codes")
    assert refused(promotion=theirs) == refused(promotion=none) == ("NOT_FOUND", "promotion")
    catalogue = GraphQL(member_of(vendor, VendorRole.CATALOGUE))
    assert refused(catalogue)[0] == "NOT_PERMITTED"
    assert not Promotion.objects.filter(vendor=vendor).exists()


def test_a_vendor_joins_what_it_pays_a_part_of_until_the_terms_change() -> None:
    vendor, staff = VendorFactory.create(), _staff()
    terms = SALE | {"isAutomatic": True}
    made = mutate(staff, "savePlatformPromotion", SAVED, terms=terms, platformShare="60")["promotion"]
    assert made["platformShare"] == "60.00"
    client, account = GraphQL(member_of(vendor)), encode_id("VendorAccount", vendor.pk)
    for is_given in (True, True, False, True):
        asked = {"vendor": account, "promotion": made["id"], "isGiven": is_given}
        assert mutate(client, "setPromotionConsent", CONSENT, **asked) == {"isGiven": is_given}
    (shared,) = client.ask(SHARED, slug=vendor.slug)["viewer"]["vendor"]["sharedPromotions"]
    assert shared == {"title": "Sale", "vendorShare": "40.00", "isJoined": True}
    changed = {"promotion": made["id"], "terms": terms | {"rate": "20"}, "platformShare": "60"}
    mutate(staff, "savePlatformPromotion", SAVED, **changed)
    assert PromotionConsent.objects.count() == 0
    stranger = mutate(client, "savePlatformPromotion", SAVED, **changed)
    assert stranger["code"] == "NOT_PERMITTED"
    mutate(staff, "archivePlatformPromotion", SAVED, promotion=made["id"])
    gone = {"vendor": account, "promotion": made["id"]}
    assert mutate(client, "setPromotionConsent", CONSENT, **gone)["code"] == "NOT_FOUND"
