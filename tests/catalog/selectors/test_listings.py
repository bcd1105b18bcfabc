from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category, Product, ProductStatus
from catalog.selectors.facets import facet_counts
from catalog.selectors.listings import ProductFilter, ProductSort, buyable_products, product_by_slug
from marketplace.kernel.errors import InvalidInput
from tests.factories.catalog import CategoryFactory, ProductFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db


def _titles(sort: ProductSort | None = None, **wanted: Any) -> list[str]:
    found = buyable_products(ProductFilter(**wanted), sort)
    return [product.title for product in found]


def test_buyers_see_published_priced_listings_of_vendors_that_sell() -> None:
    seen = listed()
    for status in set(ProductStatus) - {ProductStatus.PUBLISHED}:
        listed(status=status)
    for standing in set(VendorStatus) - {VendorStatus.APPROVED}:
        listed(vendor=VendorFactory.create(status=standing))
    ProductFactory.create()
    assert list(buyable_products()) == [seen]


def test_a_listing_no_buyer_may_see_has_no_page() -> None:
    listed(slug="seen")
    listed(slug="unseen", vendor=VendorFactory.create(status=VendorStatus.SUSPENDED))
    assert [product_by_slug(slug).count() for slug in ("seen", "unseen", "nowhere", "a\x00")] == [1, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 3, 24])
def test_a_list_with_all_a_card_shows_takes_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        listed(title=f"Kettle {number}")
    with django_assert_num_queries(1):
        cards = buyable_products(ProductFilter(text="kettle")).select_related(
            "vendor", "category", "default_variant"
        )
        shown = [(card.vendor.name, card.category.name, card.price, card.stock_level) for card in cards]
    assert len(shown) == count


def test_a_category_holds_what_stands_below_it_at_any_depth_and_no_namesake() -> None:
    home = CategoryFactory.create(slug="home")
    tools = CategoryFactory.create(slug="tools", parent=home)
    for category in (home, tools, CategoryFactory.create(slug="saws", parent=tools)):
        listed(title=category.slug, category=category)
    listed(title="elsewhere", category=CategoryFactory.create(slug="home-office"))
    assert sorted(_titles(categories=("home",))) == ["home", "saws", "tools"]
    assert sorted(_titles(categories=("tools", "home-office"))) == ["elsewhere", "saws", "tools"]
    assert _titles(categories=("no-such", "a\x00b")) == []


@pytest.mark.parametrize(
    "wanted", [{"vendors": ("no-such", "a\x00")}, {"currency": "XXX"}, {"currency": "\x00"}]
)
def test_what_nothing_can_match_matches_nothing(wanted: dict[str, Any]) -> None:
    listed()
    assert _titles(**wanted) == []
    assert facet_counts(ProductFilter(**wanted)).total == 0


def test_a_filter_asks_once_for_what_its_slugs_mean(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    product = listed()
    wanted = ProductFilter(categories=(product.category.slug,), vendors=(product.vendor.slug,))
    with django_assert_num_queries(4):
        assert list(buyable_products(wanted)) == [product]
        assert facet_counts(wanted).total == 1


def test_filters_narrow_together() -> None:
    vendor = VendorFactory.create(slug="v")
    listed(title="fits", vendor=vendor, price_minor=500)
    listed(title="dear", vendor=vendor, price_minor=501)
    listed(title="gone", vendor=vendor, price_minor=500, on_hand=0)
    listed(title="foreign", price_minor=500)
    listed(title="dollars", vendor=VendorFactory.create(slug="w", currency="USD"), price_minor=500)
    wanted: dict[str, Any] = {
        "vendors": ("v", "w"),
        "currency": "EUR",
        "lowest_minor": 500,
        "highest_minor": 500,
        "in_stock": True,
    }
    assert _titles(**wanted) == ["fits"]


def test_each_order_is_total_and_ends_in_the_key() -> None:
    first, second = (listed(title="Kettle", published_at="2026-01-01T00:00:00Z") for _ in range(2))
    forwards = [ProductSort.RELEVANCE, ProductSort.PRICE_ASC, ProductSort.TITLE]
    for sort in ProductSort:
        expected = [first, second] if sort in forwards else [second, first]
        assert list(buyable_products(ProductFilter(text="kettle"), sort)) == expected


def test_the_orders() -> None:
    listed(title="banana", price_minor=100, published_at="2026-01-02T00:00:00Z")
    listed(title="Apple", price_minor=300, published_at="2026-01-03T00:00:00Z")
    listed(title="cherry", price_minor=200, published_at="2026-01-01T00:00:00Z")
    assert _titles() == _titles(ProductSort.NEWEST) == ["Apple", "banana", "cherry"]
    assert _titles(ProductSort.TITLE) == ["Apple", "banana", "cherry"]
    assert _titles(ProductSort.PRICE_ASC) == ["banana", "cherry", "Apple"]
    assert _titles(ProductSort.PRICE_DESC) == ["Apple", "cherry", "banana"]
    assert _titles(ProductSort.RELEVANCE) == _titles(ProductSort.NEWEST)


def test_words_in_the_title_weigh_more_than_in_the_shelf_and_these_more_than_in_the_text() -> None:
    listed(title="C", description="A kettle for two.")
    listed(title="B", category=CategoryFactory.create(name="Kettle"))
    listed(title="A kettle")
    assert _titles(text="kettles") == ["A kettle", "B", "C"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("knife", {"Chef's knife"}),
        ("SPOONS", {"Wooden spoon"}),
        ("knife spoon", set()),
        ("knife or spoon", {"Chef's knife", "Wooden spoon"}),
        ("kitchen -wooden", {"Chef's knife"}),
        ('"chef\'s knife"', {"Chef's knife"}),
        ("KN-2041-A", {"Chef's knife"}),
        ("nordlicht", {"Chef's knife", "Wooden spoon"}),
        ("& | ! ( ) : *", set()),
        ("the", set()),
    ],
)
def test_words_are_read_as_buyers_mean_them(text: str, expected: set[str]) -> None:
    vendor = VendorFactory.create(name="Nordlicht")
    kitchen = CategoryFactory.create(slug="kitchen", name="Kitchen")
    cutlery = CategoryFactory.create(slug="cutlery", parent=kitchen)
    listed(title="Chef's knife", vendor=vendor, category=cutlery, sku="KN-2041-A")
    listed(title="Wooden spoon", vendor=vendor, category=kitchen)
    assert set(_titles(text=text)) == expected


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b"])
def test_a_text_no_one_can_search_for_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        buyable_products(ProductFilter(text=text))
    assert caught.value.field == "text"


def test_a_filter_of_nothing_is_no_filter() -> None:
    product = listed()
    assert list(buyable_products(ProductFilter(text="  "))) == [product]
    assert Category.objects.count() == Product.objects.count() == 1
