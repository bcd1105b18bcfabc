import pytest
from django.db import IntegrityError, models, transaction

from catalog.models import PRODUCT_MOVES, Category, Product, ProductStatus, StockLevel, StockMovement, Variant
from marketplace.kernel.money import Money
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory, listed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("on_hand", "reserved", "is_active", "level"),
    [
        (0, 0, True, StockLevel.OUT_OF_STOCK),
        (5, 5, True, StockLevel.OUT_OF_STOCK),
        (6, 5, True, StockLevel.LOW_STOCK),
        (5, 0, True, StockLevel.LOW_STOCK),
        (6, 0, True, StockLevel.IN_STOCK),
        (6, 0, False, StockLevel.OUT_OF_STOCK),
    ],
)
def test_stock_in_words(*, on_hand: int, reserved: int, is_active: bool, level: StockLevel) -> None:
    assert Variant(on_hand=on_hand, reserved=reserved, is_active=is_active).stock_level == level


def test_a_product_speaks_of_the_variant_it_offers() -> None:
    product = listed(price_minor=1990, on_hand=5)
    assert (product.price, product.stock_level) == (Money(1990, "EUR"), StockLevel.LOW_STOCK)
    bare = ProductFactory.create()
    assert (bare.price, bare.stock_level) == (None, StockLevel.OUT_OF_STOCK)


def test_a_variant_knows_its_prices() -> None:
    variant = Variant(price_minor=100, compare_at_minor=150, currency="EUR")
    assert (variant.price, variant.compare_at_price) == (Money(100, "EUR"), Money(150, "EUR"))
    assert Variant(price_minor=100, currency="EUR").compare_at_price is None


def test_only_a_reviewed_listing_is_published() -> None:
    before = {status for status in ProductStatus if PRODUCT_MOVES.allows(status, ProductStatus.PUBLISHED)}
    assert before == {ProductStatus.PROPOSED, ProductStatus.SCHEDULED}


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (Product, {"status": "asleep"}, "a_product_status_is_known"),
        (Product, {"price_minor": -1}, "a_product_price_is_not_negative"),
        (Product, {"currency": "eur"}, "a_product_has_a_currency_code"),
        (Product, {"option_names": ["a", "b", "c", "d"]}, "a_product_has_three_options_at_most"),
        (Variant, {"price_minor": -1}, "a_variant_price_is_not_negative"),
        (Variant, {"currency": "?"}, "a_variant_has_a_currency_code"),
        (Variant, {"compare_at_minor": 1000}, "a_compare_at_price_is_above_the_price"),
        (Variant, {"reserved": 6}, "stock_is_never_promised_twice"),
        (Variant, {"on_hand": -1, "reserved": -1}, "stock_is_never_promised_twice"),
        (Category, {"path": "elsewhere"}, "a_category_path_ends_in_its_slug"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    model: type[models.Model], change: dict[str, object], constraint: str
) -> None:
    VariantFactory.create()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model._default_manager.update(**change)


@pytest.mark.parametrize(
    ("movement", "constraint"),
    [
        ({"delta": 0, "reason": "sold"}, "a_stock_movement_moves_something"),
        ({"delta": 1, "reason": "wind"}, "a_stock_reason_is_known"),
    ],
)
def test_the_database_refuses_a_movement_of_nothing_and_for_nothing(
    movement: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StockMovement.objects.create(variant=VariantFactory.create(), **movement)


def test_the_same_options_and_skus_may_return_once_a_variant_is_off_sale() -> None:
    product = ProductFactory.create()
    old = VariantFactory.create(product=product, sku="a", is_active=False)
    assert VariantFactory.create(product=product, sku="a", options=old.options).pk != old.pk
    with pytest.raises(IntegrityError, match="a_live_sku_is_unique_in_its_vendor"), transaction.atomic():
        VariantFactory.create(product=product, sku="a", options={"other": "1"})


def test_categories_within_are_those_named_and_all_below() -> None:
    above = CategoryFactory.create(slug="a")
    below = CategoryFactory.create(slug="b", parent=above)
    CategoryFactory.create(slug="a-b")
    assert set(Category.objects.within(["a"])) == {above, below}
    assert set(Category.objects.within(["b"])) == {below}
    assert set(Category.objects.within([])) == set()
