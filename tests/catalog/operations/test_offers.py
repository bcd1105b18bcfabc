import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.events import PriceChanged
from catalog.models import Product, Variant
from catalog.operations.offers import refresh_offers
from tests.factories.catalog import ProductFactory, VariantFactory, listed
from tests.support.published import published

pytestmark = pytest.mark.django_db


def _offer(product: Product) -> tuple[int | None, int | None, bool]:
    kept = Product.objects.get(pk=product.pk)
    return kept.default_variant_id, kept.price_minor, kept.is_in_stock


def _variant(product: Product, price: int, on_hand: int, **fields: object) -> Variant:
    variant: Variant = VariantFactory.create(
        product=product, price_minor=price, on_hand=on_hand, options={"at": str(price)}, **fields
    )
    return variant


def test_a_product_without_live_variants_offers_nothing() -> None:
    product = ProductFactory.create()
    _variant(product, 100, 1, is_active=False)
    refresh_offers([product])
    assert _offer(product) == (None, None, False)
    assert product.price is None


def test_the_cheapest_in_stock_is_offered_before_a_cheaper_one_that_is_sold_out() -> None:
    product = ProductFactory.create()
    _variant(product, 100, 2, reserved=2)
    cheapest_left, _ = _variant(product, 200, 1), _variant(product, 300, 9)
    refresh_offers([product])
    assert _offer(product) == (cheapest_left.pk, 200, True)


def test_of_what_is_sold_out_the_cheapest_is_shown() -> None:
    product = ProductFactory.create()
    _variant(product, 300, 0)
    cheapest = _variant(product, 200, 0)
    refresh_offers([product])
    assert _offer(product) == (cheapest.pk, 200, False)


def test_an_offer_that_is_no_other_is_not_written(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    product = listed()
    with django_assert_num_queries(1):
        refresh_offers([product])


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_offers_takes_two_statements(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    products = [listed() for _ in range(count)]
    Variant.objects.update(on_hand=0)
    with django_assert_num_queries(2):
        refresh_offers(products)
    assert Product.objects.filter(is_in_stock=True).count() == 0


def test_a_price_that_became_another_is_told_and_no_first_or_lost_one() -> None:
    product, other = listed(price_minor=300), listed()
    with published(PriceChanged) as told:
        Variant.objects.filter(product=product).update(price_minor=200)
        refresh_offers([product, other])
        refresh_offers([product, other])
        Variant.objects.filter(product=product).update(is_active=False)
        refresh_offers([product])
        Variant.objects.filter(product=product).update(is_active=True, price_minor=100)
        refresh_offers([product])
    assert told == [PriceChanged(product_id=product.pk, was_minor=300, now_minor=200)]
