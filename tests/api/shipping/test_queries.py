"""How a vendor ships, read by its people."""

from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from checkout.models import ShippingProfile, ShippingRate
from tests.factories.checkout import ShippingMethodFactory, TaxRuleFactory, zone_of
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

SHIPPING: Final = """query($slug: String!) { viewer { vendor(slug: $slug) {
  taxCategories shippingMethods { edges { node { name price { amount } } } }
  shippingProfiles { edges { node { name isDefault zones { edges { node { name countries
    rates { method { name } kind price { amount } extraPrice { amount } } } } } } } } } } }"""


@pytest.mark.parametrize("count", [1, 3])
def test_profiles_zones_and_rates_take_a_constant_number_of_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vendor = VendorFactory.create()
    TaxRuleFactory.create(category="books")
    TaxRuleFactory.create(category="books", country="FR")
    methods = ShippingMethodFactory.create_batch(count, vendor=vendor)
    for number in range(count):
        profile = ShippingProfile.objects.create(vendor=vendor, name=f"P{number}")
        zones = [zone_of(vendor, code, profile=profile) for code in ("DE", "FR", "AT")[:count]]
        ShippingRate.objects.bulk_create(
            ShippingRate(zone=zone, method=method, price_minor=1) for zone in zones for method in methods
        )
    client = GraphQL(member_of(vendor))
    with django_assert_num_queries(9):
        seen = client.ask(SHIPPING, slug=vendor.slug)["viewer"]["vendor"]
    assert (seen["taxCategories"], len(seen["shippingMethods"]["edges"])) == (["standard", "books"], count)
    zones_seen = [
        zone["node"]
        for profile in seen["shippingProfiles"]["edges"]
        for zone in profile["node"]["zones"]["edges"]
    ]
    assert [len(zone["rates"]) for zone in zones_seen] == [count] * count**2
