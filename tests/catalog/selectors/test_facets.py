from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import (
    Attribute,
    AttributeChoice,
    AttributeKind,
    Category,
    CategoryAttribute,
    Collection,
    CollectionProduct,
    Product,
    ProductAttribute,
)
from catalog.selectors import facets
from catalog.selectors.facets import Facets, FacetValue, PriceFacet, facet_counts
from catalog.selectors.listings import AttributeFilter, ProductFilter, ProductSort, buyable_products
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from tests.factories.catalog import CategoryFactory, listed
from tests.factories.vendors import VendorFactory
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    """Tools with saws below, and toys; two vendors that sell and one that does not; one saw is sold out."""
    north, south = (
        VendorFactory.create(slug="north", name="North"),
        VendorFactory.create(slug="south", name="South"),
    )
    tools = CategoryFactory.create(slug="tools", name="Tools")
    saws = CategoryFactory.create(slug="saws", name="Saws", parent=tools)
    toys = CategoryFactory.create(slug="toys", name="Toys")
    listed(title="Red hammer", vendor=north, category=tools, price_minor=1000)
    listed(title="Red saw", vendor=north, category=saws, price_minor=3000)
    listed(title="Blue saw", vendor=south, category=saws, price_minor=2000, on_hand=0)
    listed(title="Red ball", vendor=south, category=toys, price_minor=500)
    listed(title="Red mask", vendor=VendorFactory.create(status=VendorStatus.SUSPENDED), category=toys)


def _counts(values: tuple[FacetValue, ...]) -> dict[str, int]:
    return {value.slug: value.count for value in values}


def _range(lowest: int, highest: int, count: int) -> PriceFacet:
    return PriceFacet(lowest=Money(lowest, "EUR"), highest=Money(highest, "EUR"), count=count)


@pytest.mark.usefixtures("shop")
def test_everything_is_counted_with_what_stands_below() -> None:
    assert facet_counts() == Facets(
        total=4,
        in_stock=3,
        categories=(
            FacetValue(slug="tools", name="Tools", count=3),
            FacetValue(slug="saws", name="Saws", count=2),
            FacetValue(slug="toys", name="Toys", count=1),
        ),
        vendors=(
            FacetValue(slug="north", name="North", count=2),
            FacetValue(slug="south", name="South", count=2),
        ),
        prices=(_range(500, 3000, 4),),
    )


@pytest.mark.usefixtures("shop")
def test_words_narrow_every_count() -> None:
    counted = facet_counts(ProductFilter(text="red"))
    assert (counted.total, _counts(counted.vendors)) == (3, {"north": 2, "south": 1})
    assert _counts(counted.categories) == {"tools": 2, "saws": 1, "toys": 1}


@pytest.mark.usefixtures("shop")
def test_a_choice_narrows_the_other_kinds_and_not_its_own() -> None:
    by_category = facet_counts(ProductFilter(categories=("saws",)))
    assert _counts(by_category.categories) == {"tools": 3, "saws": 2, "toys": 1}
    assert _counts(by_category.vendors) == {"north": 1, "south": 1}
    assert (by_category.total, by_category.in_stock, by_category.prices) == (2, 1, (_range(2000, 3000, 2),))
    by_vendor = facet_counts(ProductFilter(vendors=("south",)))
    assert _counts(by_vendor.vendors) == {"north": 2, "south": 2}
    assert _counts(by_vendor.categories) == {"tools": 1, "saws": 1, "toys": 1}
    by_price = facet_counts(ProductFilter(currency="EUR", highest_minor=1000))
    assert by_price.prices == (_range(500, 3000, 4),)
    assert (by_price.total, _counts(by_price.categories)) == (2, {"tools": 1, "toys": 1})
    by_stock = facet_counts(ProductFilter(categories=("tools",), in_stock=True))
    assert (by_stock.total, by_stock.in_stock, _counts(by_stock.vendors)) == (2, 2, {"north": 2})


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "wanted",
    [
        ProductFilter(),
        ProductFilter(text="red or blue", categories=("tools",), in_stock=True),
        ProductFilter(vendors=("south",), currency="EUR", lowest_minor=600),
        ProductFilter(categories=("no-such",)),
        ProductFilter(currency="USD"),
    ],
)
def test_the_total_is_the_length_of_the_list(wanted: ProductFilter) -> None:
    assert facet_counts(wanted).total == buyable_products(wanted).count()


def test_prices_are_apart_by_currency() -> None:
    listed(price_minor=100)
    listed(price_minor=900, vendor=VendorFactory.create(currency="JPY"))
    assert [(each.lowest, each.highest, each.count) for each in facet_counts().prices] == [
        (Money(100, "EUR"), Money(100, "EUR"), 1),
        (Money(900, "JPY"), Money(900, "JPY"), 1),
    ]


def test_only_the_vendors_with_the_most_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MOST_VENDORS", 1)
    large = VendorFactory.create(slug="large")
    for vendor in (VendorFactory.create(slug="a-small-one"), large, large):
        listed(vendor=vendor)
    assert _counts(facet_counts().vendors) == {"large": 2}


@pytest.mark.parametrize("count", [1, 3, 24])
def test_any_number_of_products_is_counted_in_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        listed(title="Kettle")
    with django_assert_num_queries(1):
        assert facet_counts(ProductFilter(text="kettle")).total == count


def test_nothing_is_counted_in_an_empty_shop() -> None:
    assert facet_counts() == Facets(total=0, in_stock=0, categories=(), vendors=(), prices=())


def test_a_text_no_one_can_search_for_is_refused_as_in_the_list() -> None:
    with pytest.raises(InvalidInput):
        facet_counts(ProductFilter(text="a\x00b"))


@pytest.fixture
def knives() -> Category:
    """Steel and ceramic knives of two lengths; one is well reviewed, one badly."""
    kitchen = CategoryFactory.create(slug="kitchen")
    knives = CategoryFactory.create(slug="knives", parent=kitchen)
    stuff = Attribute.objects.create(slug="stuff", name="Made of", kind=AttributeKind.SINGLE)
    blade = Attribute.objects.create(slug="blade", name="Blade", kind=AttributeKind.NUMBER, unit="cm")
    hidden = Attribute.objects.create(slug="hidden", name="Hidden", kind=AttributeKind.SINGLE)
    for place, (category, each) in enumerate(
        [(kitchen, stuff), (knives, blade), (knives, hidden), (CategoryFactory.create(), hidden)]
    ):
        CategoryAttribute.objects.create(
            category=category, attribute=each, position=place, is_filterable=each != hidden
        )
    for title, choice, length, stars in (
        ("Steel A", "steel", 8_500, 9),
        ("Steel B", "steel", 20_000, 6),
        ("Ceramic", "ceramic", 12_000, 0),
    ):
        product = listed(title=title, category=knives, rating_count=2 if stars else 0, rating_sum=stars)
        said, _ = AttributeChoice.objects.get_or_create(attribute=stuff, slug=choice, name=choice.title())
        ProductAttribute.objects.create(product=product, attribute=stuff, choice=said)
        ProductAttribute.objects.create(product=product, attribute=blade, number_milli=length)
        Product.objects.filter(pk=product.pk).update(choice_keys=[said.pk])
    return knives


def _attributes(**wanted: Any) -> dict[str, Any]:
    """Of choices how many each leaves, of numbers their bounds and how many there are."""
    return {
        each.slug: _counts(each.values) or (each.lowest, each.highest, each.count)
        for each in facet_counts(ProductFilter(**wanted)).attributes
    }


@pytest.mark.usefixtures("knives")
def test_attributes_are_those_of_the_category_most_are_in_each_counted_beside_itself() -> None:
    steel = AttributeFilter(attribute="stuff", choices=("steel",))
    long = AttributeFilter(attribute="blade", lowest_milli=12_000)
    assert _attributes() == {"stuff": {"steel": 2, "ceramic": 1}, "blade": (Decimal("8.5"), 20, 3)}
    assert _attributes(attributes=(steel,)) == {
        "stuff": {"steel": 2, "ceramic": 1},
        "blade": (Decimal("8.5"), 20, 2),
    }
    assert _attributes(attributes=(long,)) == {
        "stuff": {"ceramic": 1, "steel": 1},
        "blade": (Decimal("8.5"), 20, 3),
    }
    assert _attributes(attributes=(steel, long)) == {
        "stuff": {"ceramic": 1, "steel": 1},
        "blade": (Decimal("8.5"), 20, 2),
    }
    assert _attributes(categories=("kitchen",)) == {"stuff": {"steel": 2, "ceramic": 1}}


@pytest.mark.usefixtures("knives")
def test_attributes_and_stars_narrow_the_list_as_they_are_counted(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def found(**wanted: Any) -> list[str]:
        asked = ProductFilter(**wanted)
        titles = [product.title for product in buyable_products(asked, ProductSort.TITLE)]
        assert facet_counts(asked).total == len(titles)
        return titles

    def about(slug: str, **wanted: Any) -> tuple[AttributeFilter, ...]:
        return (AttributeFilter(attribute=slug, **wanted),)

    assert found(attributes=about("stuff", choices=("steel",))) == ["Steel A", "Steel B"]
    assert found(attributes=about("stuff", choices=("steel", "ceramic", "x"))) == [
        "Ceramic",
        "Steel A",
        "Steel B",
    ]
    assert found(attributes=about("blade", lowest_milli=8_500, highest_milli=12_000)) == [
        "Ceramic",
        "Steel A",
    ]
    for unknown in ("stuff", "no-such", "a\x00"):
        assert found(attributes=about(unknown, choices=("x\x00",))) == []
    assert found(least_stars=4) == ["Steel A"]
    assert found(least_stars=3) == ["Steel A", "Steel B"]
    counted = facet_counts(ProductFilter(least_stars=4)).ratings
    assert [(each.stars, each.count) for each in counted] == [(4, 1), (3, 2), (2, 2), (1, 2)]
    both = ProductFilter(attributes=about("stuff", choices=("steel",)) + about("blade", lowest_milli=1))
    with django_assert_num_queries(3):  # what the filter names, the list, the facets
        list(buyable_products(both))
        facet_counts(both)


@pytest.mark.parametrize(
    "wanted",
    [
        {"least_stars": 6},
        {"attributes": (AttributeFilter(attribute="a"),) * 2},
        {"attributes": tuple(AttributeFilter(attribute=f"a{number}") for number in range(21))},
        {"tags": ("x" * 41,)},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        facet_counts(ProductFilter(**wanted))
    with pytest.raises(InvalidInput):
        buyable_products(ProductFilter(**wanted))


def test_tags_and_collections_narrow_before_anything_is_counted() -> None:
    tea, mug = listed(title="Tea", tags=["green tea"]), listed(title="Mug", tags=["gift"])
    shown, hidden = (
        Collection.objects.create(slug=slug, title=slug, is_published=slug == "shown")
        for slug in ("shown", "hidden")
    )
    for collection in (shown, hidden):
        CollectionProduct.objects.create(collection=collection, product=mug, position=0)
    for wanted, expected in (
        ({"tags": (" #Green  TEA", "other")}, [tea]),
        ({"tags": ("green",)}, []),
        ({"collections": ("shown", "a\x00")}, [mug]),
        ({"collections": ("hidden",)}, []),
        ({"collections": ("shown",), "tags": ("green tea",)}, []),
    ):
        asked = ProductFilter(**wanted)
        assert list(buyable_products(asked)) == expected
        assert facet_counts(asked).total == len(expected)
