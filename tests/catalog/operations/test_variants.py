import pytest

from catalog.errors import OptionsMismatch, OptionsTaken, SkuTaken
from catalog.models import Product, Variant
from catalog.operations.variants import save_variant
from catalog.selectors.listings import ProductFilter, buyable_products
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.money import Money
from tests.factories.catalog import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    made: Product = ProductFactory.create(option_names=["Colour", "Size"])
    return made


def _save(product: Product, **changes: object) -> Variant:
    fields = {"sku": "T-1", "price": Money(1990, "EUR"), "options": {"Size": "M", "Colour": "red"}, **changes}
    return save_variant(product=product, **fields)  # type: ignore[arg-type]  # one case changes any of them


def test_a_variant_makes_the_product_buyable_and_found_by_its_sku(product: Product) -> None:
    variant = _save(product, compare_at=Money(2500, "EUR"), weight_g=300)
    assert list(buyable_products(ProductFilter(text="T-1"))) == [product]
    product.refresh_from_db()
    assert (product.default_variant, product.price, product.is_in_stock) == (
        variant,
        Money(1990, "EUR"),
        False,
    )
    assert (variant.on_hand, variant.vendor_id) == (0, product.vendor_id)
    assert list(variant.options.items()) == [("Colour", "red"), ("Size", "M")]


def test_a_changed_price_is_the_products_price_at_once(product: Product) -> None:
    variant = _save(product)
    _save(product, variant=variant, price=Money(990, "EUR"))
    product.refresh_from_db()
    assert product.price == Money(990, "EUR")
    assert Variant.objects.count() == 1


def test_a_variant_taken_off_sale_takes_its_offer_and_its_words_along(product: Product) -> None:
    variant = _save(product)
    _save(product, variant=variant, is_active=False)
    product.refresh_from_db()
    assert (product.default_variant, product.price) == (None, None)
    assert list(buyable_products()) == []
    assert _save(product).pk != variant.pk


@pytest.mark.parametrize(
    ("refusal", "field", "changes"),
    [
        (InvalidInput, "sku", {"sku": " "}),
        (InvalidInput, "price", {"price": Money(-1, "EUR")}),
        (InvalidInput, "compareAtPrice", {"compare_at": Money(1990, "EUR")}),
        (InvalidInput, "weightG", {"weight_g": 10_000_001}),
        (InvalidInput, "position", {"position": -1}),
        (InvalidInput, "options", {"options": {"Colour": "", "Size": "M"}}),
        (CurrencyMismatch, "price", {"price": Money(1990, "USD")}),
        (CurrencyMismatch, "compareAtPrice", {"compare_at": Money(2500, "USD")}),
        (OptionsMismatch, "options", {"options": {"Colour": "red"}}),
        (OptionsMismatch, "options", {"options": {"Colour": "red", "Size": "M", "Cut": "slim"}}),
    ],
)
def test_what_no_variant_can_be_is_refused(
    product: Product, refusal: type[InvalidInput], field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(refusal) as caught:
        _save(product, **changes)
    assert caught.value.field == field
    assert Variant.objects.count() == 0


def test_the_same_options_are_for_sale_once(product: Product) -> None:
    _save(product)
    with pytest.raises(OptionsTaken):
        _save(product, sku="T-2")
    assert Variant.objects.count() == 1


def test_a_sku_names_one_live_variant_of_a_vendor_and_any_of_another(product: Product) -> None:
    _save(product)
    sibling = ProductFactory.create(vendor=product.vendor)
    with pytest.raises(SkuTaken) as caught:
        _save(sibling, options={})
    assert caught.value.sku == "T-1"
    assert _save(ProductFactory.create(), options={}).sku == "T-1"


def test_another_products_variant_is_not_changed(product: Product) -> None:
    foreign = VariantFactory.create()
    with pytest.raises(NotFound):
        _save(product, variant=foreign)
    assert Variant.objects.get().sku == foreign.sku
