"""The quality of listings, as the vendor's people read it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.answering import Answer
from catalog.models import AttributeKind
from catalog.operations.products import update_product
from tests.factories.attributes import asks, attribute
from tests.factories.catalog import CategoryFactory, ProductFactory, illustrated, listed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

QUALITY = """query($slug: String!) { viewer { vendor(slug: $slug) { listings(first: 24) { edges { node {
  title %s } } } } } }"""


def test_a_listing_is_judged_by_all_that_is_known_of_it() -> None:
    category = CategoryFactory.create()
    asks(category, *(attribute(name, AttributeKind.TEXT) for name in ("A", "B")))
    for price in range(100, 108):
        listed(category=category, price_minor=price)
    product = listed(category=category, price_minor=9000, title="A mug of blue stoneware", on_hand=0)
    ProductFactory.create(vendor=product.vendor, title="Bare", category=CategoryFactory.create())
    update_product(product=product, answers=[Answer(attribute="a", text="so")], description="x" * 300)
    illustrated(product, 3)
    product.images.update(alt="A mug")
    seller = GraphQL(member_of(product.vendor))
    answer = seller.ask(QUALITY % "quality { score fixes { code weight } }", slug=product.vendor.slug)
    bare, mug = (edge["node"]["quality"] for edge in answer["viewer"]["vendor"]["listings"]["edges"])
    assert mug == {
        "score": 70,
        "fixes": [
            {"code": "ATTRIBUTES", "weight": 10},
            {"code": "PRICE", "weight": 10},
            {"code": "STOCK", "weight": 10},
        ],
    }
    assert bare["score"] == 40
    assert {each["code"] for each in bare["fixes"]} == {
        "PICTURES",
        "ALT_TEXTS",
        "TITLE",
        "DESCRIPTION",
        "STOCK",
    }


@pytest.mark.parametrize("count", [1, 24])
def test_any_number_of_listings_is_judged_in_four_statements(count: int) -> None:
    vendor, costs = VendorFactory.create(), []
    for _ in range(count):
        illustrated(listed(vendor=vendor), 2)
    seller = GraphQL(member_of(vendor))
    for more in ("", "quality { score fixes { code text weight } }"):
        with CaptureQueriesContext(connection) as captured:
            seller.ask(QUALITY % more, slug=vendor.slug)
        costs.append(len(captured))
    assert costs[1] - costs[0] == 4
