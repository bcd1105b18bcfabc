"""The catalogue read by buyers, by the vendor's people, and by the platform."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Product, ProductStatus
from catalog.operations.index import reindex
from catalog.selectors.listings import ProductSort
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory, illustrated, listed
from tests.factories.vendors import VendorFactory, member_of
from tests.support.graphql import GraphQL
from vendors.models import Vendor, VendorStatus
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

TITLES = """query($filter: ProductFilter, $sortBy: ProductSort) {
  products(filter: $filter, sortBy: $sortBy) { totalCount edges { node { title } } }
}"""
SLUGS = """query($sortBy: ProductSort, $after: String) {
  products(filter: {text: "mug"}, sortBy: $sortBy, first: 100, after: $after) {
    edges { node { slug } } pageInfo { endCursor hasNextPage } } }"""
LISTINGS = """query($slug: String!) { viewer { vendor(slug: $slug) {
  listings { edges { node { title status variants { edges { node { sku onHand isActive } } } } } }
} } }"""


def document(name: str) -> str:
    return Path(settings.BASE_DIR, "bench", "documents", f"{name}.graphql").read_text(encoding="utf-8")


def titles(client: GraphQL, **variables: object) -> list[str]:
    answer = client.ask(TITLES, **variables)
    found = [edge["node"]["title"] for edge in answer["products"]["edges"]]
    assert answer["products"]["totalCount"] == len(found)
    return found


def statements(document: str, **variables: object) -> tuple[int, Any]:
    client = GraphQL()
    with CaptureQueriesContext(connection) as captured:
        answer = client.ask(document, **variables)
    return len(captured), answer


def shop(count: int) -> list[Product]:
    """Products of as many vendors and categories, each with three variants and two pictures."""
    products = [
        listed(
            title=f"Blue mug {number}", price_minor=1000 + number, category__parent=CategoryFactory.create()
        )
        for number in range(count)
    ]
    for product in products:
        VariantFactory.create_batch(2, product=product, options={}, is_active=False)
        illustrated(product, 2)
    return products


@pytest.mark.parametrize("count", [1, 3, 24])
def test_a_list_takes_the_same_statements_for_any_number_of_products(count: int) -> None:
    shop(count)
    asked, answer = statements(document("product_list"))
    assert len(answer["products"]["edges"]) == count
    assert asked == 2  # products with vendor, category and variant; pictures


@pytest.mark.parametrize("count", [1, 3, 24])
def test_a_detail_takes_the_same_statements_for_any_number_of_variants(count: int) -> None:
    product = listed(option_names=["Size"], title="Mug")
    VariantFactory.create_batch(count, product=product)
    illustrated(product, min(count, 10))
    asked, answer = statements(document("product_detail"), slug=product.slug)
    assert len(answer["product"]["variants"]["edges"]) == count + 1
    assert asked == 3  # product with vendor, category and its parent; variants; pictures


def test_a_connection_may_be_asked_for_under_two_names() -> None:
    product = listed(sku="A", option_names=["Size"])
    VariantFactory.create(product=product, sku="B")
    answer = GraphQL().ask(
        """query($slug: String!) { product(slug: $slug) {
          all: variants { totalCount } one: variants(first: 1) { edges { node { sku } } } } }""",
        slug=product.slug,
    )
    assert answer["product"] == {"all": {"totalCount": 2}, "one": {"edges": [{"node": {"sku": "A"}}]}}


@pytest.mark.parametrize("count", [1, 3, 24])
def test_a_search_with_facets_takes_the_same_statements_for_any_number_of_products(count: int) -> None:
    shop(count)
    asked, answer = statements(document("product_search"), filter={"text": "blue mug"})
    assert answer["products"]["totalCount"] == count
    assert len(answer["products"]["facets"]["vendors"]) == count
    assert asked == 4  # products, their pictures, the count, the facets


def test_what_is_not_for_sale_is_not_there() -> None:
    draft = ProductFactory.create(status=ProductStatus.DRAFT)
    closed = listed(vendor=VendorFactory.create(status=VendorStatus.SUSPENDED))
    priceless = ProductFactory.create()
    client = GraphQL()
    assert titles(client) == []
    for product in (draft, closed, priceless):
        answer = client.ask(
            "query($slug: String!, $id: ID!) { product(slug: $slug) { title } node(id: $id) { id } }",
            slug=product.slug,
            id=encode_id("Product", product.pk),
        )
        assert answer == {"product": None, "node": None}


def test_filters_narrow_the_list() -> None:
    kitchen = CategoryFactory.create(slug="kitchen")
    cups = CategoryFactory.create(slug="cups", parent=kitchen)
    clay = VendorFactory.create(slug="clay", currency="EUR")
    listed(title="Blue mug", category=cups, vendor=clay, price_minor=1250)
    listed(title="Red mug", category=kitchen, price_minor=900, on_hand=0)
    listed(title="Lamp", price_minor=5000)
    client = GraphQL()

    def found(**filter: object) -> list[str]:
        return titles(client, filter=filter, sortBy="TITLE")

    assert found() == ["Blue mug", "Lamp", "Red mug"]
    assert found(text="mugs") == ["Blue mug", "Red mug"]
    assert found(categories=["kitchen"]) == ["Blue mug", "Red mug"]
    assert found(categories=["cups"]) == ["Blue mug"]
    assert found(vendors=["clay"]) == ["Blue mug"]
    assert found(inStock=True) == ["Blue mug", "Lamp"]
    assert found(price={"currency": "EUR", "lowest": "9.00", "highest": "12.50"}) == ["Blue mug", "Red mug"]
    assert found(price={"currency": "USD"}) == []
    assert found(rating=1) == found(tags=["x"]) == found(collections=["x"]) == []
    assert found(attributes=[{"attribute": "x", "lowest": "0.5", "choices": ["y"]}]) == []
    assert found(text="mug", price={"currency": "EUR", "highest": "10"}) == ["Red mug"]


def mugs(numbers: range) -> None:
    """Rows with ties in all that orders them, in one statement and another one for their words."""
    chance = Random(numbers.start)  # noqa: S311  # a fixed seed, no secret
    vendor, category = Vendor.objects.get(), Category.objects.get()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    Product.objects.bulk_create(
        Product(
            vendor=vendor,
            category=category,
            title=" ".join(["mug"] * chance.randrange(1, 5) + ["cup"] * chance.randrange(3)),
            slug=f"mug-{number}",
            status=ProductStatus.PUBLISHED,
            currency="EUR",
            price_minor=chance.randrange(20),
            published_at=start + timedelta(days=chance.randrange(20)),
            rating_score=chance.randrange(5),
            sold_lately=chance.randrange(5),
        )
        for number in numbers
    )
    reindex(Product.objects.filter(slug__in=[f"mug-{number}" for number in numbers]))


def test_a_thousand_rows_come_once_each_in_every_order_beside_ties_and_inserts() -> None:
    VendorFactory.create()
    CategoryFactory.create()
    mugs(range(1000))
    first, client, born = {f"mug-{number}" for number in range(1000)}, GraphQL(), 1000
    for sort in ProductSort:
        seen: list[str] = []
        cursor, more = None, True
        while more:
            answer = client.ask(SLUGS, sortBy=sort.name, after=cursor)["products"]
            seen += [edge["node"]["slug"] for edge in answer["edges"]]
            cursor, more = answer["pageInfo"]["endCursor"], answer["pageInfo"]["hasNextPage"]
            if len(seen) % 300 == 0:
                born += 20
                mugs(range(born - 20, born))
        assert len(seen) == len(set(seen)), sort
        assert first <= set(seen), sort


def test_orders_sort_the_list() -> None:
    for title, price in (("B", 200), ("A", 300), ("C", 100)):
        listed(title=title, price_minor=price)
    client = GraphQL()
    assert titles(client, sortBy="PRICE_ASC") == ["C", "B", "A"]
    assert titles(client, sortBy="PRICE_DESC") == ["A", "B", "C"]
    assert titles(client, sortBy="TITLE") == ["A", "B", "C"]
    assert titles(client, sortBy="NEWEST") == titles(client) == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        ({"text": "x" * 201}, "text"),
        ({"price": {"currency": "EUR", "lowest": "1.234"}}, "filter.price"),
        ({"price": {"currency": "EUR", "lowest": "1e30"}}, "filter.price"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_by_name(filter: dict[str, object], field: str) -> None:
    body = GraphQL().send(TITLES, filter=filter).json()
    assert [error["extensions"] for error in body["errors"]] == [{"code": "INVALID_INPUT", "field": field}]


def test_buyers_see_live_variants_with_stock_in_words() -> None:
    product = listed(option_names=["Size"], on_hand=100)
    VariantFactory.create(product=product, sku="few", options={"Size": "L"}, on_hand=3, reserved=1)
    VariantFactory.create(product=product, sku="gone", options={"Size": "S"}, is_active=False)
    answer = GraphQL().ask(
        """query($slug: String!) { product(slug: $slug) { stockLevel options { name values }
             variants { totalCount edges { node { sku stockLevel options { name value } } } } } }""",
        slug=product.slug,
    )["product"]
    first = product.default_variant
    assert first is not None
    assert answer == {
        "stockLevel": "IN_STOCK",
        "options": [{"name": "Size", "values": [first.sku, "L"]}],
        "variants": {
            "totalCount": 2,
            "edges": [
                {
                    "node": {
                        "sku": first.sku,
                        "stockLevel": "IN_STOCK",
                        "options": [{"name": "Size", "value": first.sku}],
                    }
                },
                {
                    "node": {
                        "sku": "few",
                        "stockLevel": "LOW_STOCK",
                        "options": [{"name": "Size", "value": "L"}],
                    }
                },
            ],
        },
    }


def test_the_vendors_people_see_all_listings_and_the_numbers() -> None:
    vendor = VendorFactory.create(slug="clay")
    draft = ProductFactory.create(vendor=vendor, title="Draft", status=ProductStatus.DRAFT)
    VariantFactory.create(product=draft, sku="S", on_hand=7, is_active=False)
    ProductFactory.create(title="Somebody else's")
    answer = GraphQL(member_of(vendor, VendorRole.CATALOGUE)).ask(LISTINGS, slug="clay")
    variant = {"node": {"sku": "S", "onHand": 7, "isActive": False}}
    assert answer["viewer"]["vendor"]["listings"]["edges"] == [
        {"node": {"title": "Draft", "status": "DRAFT", "variants": {"edges": [variant]}}}
    ]


def test_a_role_without_listings_gets_null_and_a_code() -> None:
    vendor = VendorFactory.create(slug="clay")
    body = GraphQL(member_of(vendor, VendorRole.FINANCE)).send(LISTINGS, slug="clay").json()
    assert body["data"] == {"viewer": {"vendor": {"listings": None}}}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["viewer", "vendor", "listings"], "NOT_PERMITTED")
    ]


def test_a_listing_by_id_is_for_the_vendors_people() -> None:
    product = listed()
    ids = [encode_id("Listing", product.pk), encode_id("ListingVariant", product.variants.get().pk)]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    member = GraphQL(member_of(product.vendor)).ask(document, ids=ids)
    assert member == {"nodes": [{"__typename": "Listing"}, {"__typename": "ListingVariant"}]}
    for other in (GraphQL(), GraphQL(member_of(VendorFactory.create()))):
        assert other.ask(document, ids=ids) == {"nodes": [None, None]}


def test_one_row_answers_as_the_type_its_id_names() -> None:
    product = listed()
    ids = [encode_id("Product", product.pk), encode_id("Listing", product.pk)]
    answer = GraphQL(member_of(product.vendor)).ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids
    )
    assert answer == {
        "nodes": [{"__typename": "Product", "id": ids[0]}, {"__typename": "Listing", "id": ids[1]}]
    }


def test_staff_see_what_awaits_review() -> None:
    ProductFactory.create(title="Proposed", status=ProductStatus.PROPOSED)
    ProductFactory.create(title="Draft", status=ProductStatus.DRAFT)
    answer = GraphQL(UserFactory.create(is_staff=True, is_superuser=True)).ask(
        "{ platform { productsAwaitingReview { edges { node { title } } } } }"
    )
    assert answer["platform"]["productsAwaitingReview"]["edges"] == [{"node": {"title": "Proposed"}}]


def test_the_category_tree_is_public() -> None:
    root = CategoryFactory.create(slug="kitchen", name="Kitchen")
    CategoryFactory.create(slug="cups", parent=root)
    answer = GraphQL().ask('{ category(slug: "cups") { path parent { name } } categories { totalCount } }')
    assert answer == {
        "category": {"path": "kitchen/cups", "parent": {"name": "Kitchen"}},
        "categories": {"totalCount": 2},
    }


@pytest.mark.parametrize("count", [1, 3])
def test_categories_count_what_stands_in_them_and_below_in_one_more_statement(count: int) -> None:
    home = CategoryFactory.create(slug="home", name="Home")
    for number in range(count):
        listed(category=CategoryFactory.create(slug=f"tools-{number}", parent=home))
    listed(category=home, status=ProductStatus.DRAFT)
    asked, answer = statements(
        "{ categories { edges { node { slug productCount seo { title } parent { slug } } } } }"
    )
    nodes = [edge["node"] for edge in answer["categories"]["edges"]]
    assert [node["productCount"] for node in nodes] == [count] + [1] * count
    assert nodes[0] == {"slug": "home", "productCount": count, "seo": {"title": "Home"}, "parent": None}
    assert asked == 2
