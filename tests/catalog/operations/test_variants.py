import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from catalog.drafting import MOST_VARIANTS, VariantDraft
from catalog.errors import OptionsMismatch, OptionsTaken, SkuTaken, TooManyVariants, VariantsRefused
from catalog.models import Product, ProductStatus, Variant
from catalog.operations.images import remove_product_image
from catalog.operations.variants import generate_variants, save_variant, save_variants
from catalog.selectors.listings import ProductFilter, buyable_products
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.money import Money
from tests.factories.catalog import ProductFactory, VariantFactory, illustrated

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


def _draft(colour: str, size: str, **changes: object) -> VariantDraft:
    fields = {"sku": f"{colour}-{size}", "price": Money(100, "EUR"), **changes}
    return VariantDraft(options={"Colour": colour, "Size": size}, **fields)  # type: ignore[arg-type]  # one case changes any


def _live(product: Product) -> list[tuple[str, int]]:
    live = Variant.objects.filter(product=product, is_active=True).order_by("position", "pk")
    return list(live.values_list("sku", "price_minor"))


def test_a_matrix_is_saved_whole_and_again_without_effect(product: Product) -> None:
    gone = _save(product, sku="GONE", options={"Colour": "grey", "Size": "M"})
    drafts = [_draft("red", "S"), _draft("red", "M", position=1, price=Money(50, "EUR"))]
    for _ in range(2):
        save_variants(product=product, drafts=drafts, is_complete=True)
    assert _live(product) == [("red-S", 100), ("red-M", 50)]
    assert Product.objects.get().price == Money(50, "EUR")
    assert sorted(Variant.objects.values_list("sku", "is_active")) == [
        ("GONE", False),
        ("red-M", True),
        ("red-S", True),
    ]
    revived = [_draft("grey", "M", sku="BACK")]
    save_variants(product=product, drafts=revived)
    gone.refresh_from_db()
    assert (gone.sku, gone.is_active, len(_live(product))) == ("BACK", True, 3)


def test_variants_may_swap_their_numbers_and_options(product: Product) -> None:
    first, second = (_save(product, sku=sku, options={"Colour": sku, "Size": "S"}) for sku in ("A", "B"))
    swapped = [
        _draft("B", "S", sku="B", variant=first.pk),
        _draft("A", "S", sku="A", variant=second.pk),
    ]
    save_variants(product=product, drafts=swapped)
    assert dict(Variant.objects.values_list("pk", "sku")) == {first.pk: "B", second.pk: "A"}


def test_each_row_that_cannot_be_is_told_by_its_place_and_nothing_is_saved(product: Product) -> None:
    VariantFactory.create(product__vendor=product.vendor, sku="TAKEN")
    VariantFactory.create(product__vendor=product.vendor, sku="OFF", is_active=False)
    stranger = illustrated(ProductFactory.create())[0]
    _save(product, sku="LEFT", options={"Colour": "grey", "Size": "M"})
    with pytest.raises(VariantsRefused) as caught:
        save_variants(
            product=product,
            drafts=[
                _draft("red", "S", sku="OFF"),
                _draft("red", "M", sku="TAKEN"),
                _draft("red", "S", sku="NEW"),
                _draft("red", "L", sku="LEFT"),
                _draft("red", "XL", price=Money(-1, "EUR")),
                _draft("blue", "S", compare_at=Money(100, "EUR")),
                _draft("blue", "M", image=stranger.pk),
                _draft("blue", "L", variant=10**9),
                VariantDraft(sku="X", price=Money(1, "EUR"), options={"Colour": "red"}),
            ],
        )
    assert [(each.index, each.code, each.field) for each in caught.value.problems] == [
        (1, "SKU_TAKEN", "sku"),
        (2, "OPTIONS_TAKEN", "options"),
        (3, "SKU_TAKEN", "sku"),
        (4, "INVALID_INPUT", "price"),
        (5, "INVALID_INPUT", "compareAtPrice"),
        (6, "NOT_FOUND", "image"),
        (7, "NOT_FOUND", "variant"),
        (8, "OPTIONS_MISMATCH", "options"),
    ]
    assert _live(product) == [("LEFT", 1990)]


def test_more_than_a_hundred_are_not_on_sale(product: Product) -> None:
    drafts = [_draft("red", str(number)) for number in range(MOST_VARIANTS)]
    save_variants(product=product, drafts=drafts)
    for refused in (
        lambda: save_variants(product=product, drafts=[_draft("blue", "S")]),
        lambda: save_variants(product=product, drafts=[*drafts, _draft("blue", "S")]),
        lambda: _save(product),
    ):
        with pytest.raises(TooManyVariants):
            refused()
    save_variants(product=product, drafts=[_draft("blue", "S", is_active=False)])
    assert Variant.objects.filter(is_active=True).count() == MOST_VARIANTS


def test_other_axes_are_for_all_that_is_on_sale(product: Product) -> None:
    _save(product)
    sized = VariantDraft(sku="S", price=Money(1, "EUR"), options={"Size": "S"})
    with pytest.raises(InvalidInput) as caught:
        save_variants(product=product, drafts=[sized], names=["Size"])
    assert caught.value.field == "optionNames"
    save_variants(product=product, drafts=[sized], names=["Size"], is_complete=True)
    assert (_live(product), Product.objects.get().option_names) == ([("S", 1)], ["Size"])


def test_a_matrix_is_made_of_axes_and_keeps_what_is_on_sale(product: Product) -> None:
    _save(product, sku="KEPT", options={"Colour": "Light Red", "Size": "S"}, position=7)
    _save(product, sku="GONE", options={"Colour": "grey", "Size": "S"})
    axes = [("Colour", ["Light Red", "Blue"]), ("Size", ["S", "M"])]
    for _ in range(2):
        generate_variants(product=product, axes=axes, price=Money(100, "EUR"), prefix="MUG")
    assert _live(product) == [
        ("KEPT", 1990),
        ("MUG-LIGHT-RED-M", 100),
        ("MUG-BLUE-S", 100),
        ("MUG-BLUE-M", 100),
    ]


@pytest.mark.parametrize("count", [1, 3, 100])
def test_a_matrix_takes_the_same_statements_for_any_number(
    count: int, product: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    VariantFactory.create(product=product, options={"Colour": "red", "Size": "0"})
    drafts = [_draft("red", str(number)) for number in range(count + 1)]
    with django_assert_num_queries(15):
        save_variants(product=product, drafts=drafts[:MOST_VARIANTS])


def test_the_picture_of_a_variant_is_one_of_its_product_and_may_go(product: Product) -> None:
    own, other = illustrated(product)[0], illustrated(ProductFactory.create())[0]
    variant = _save(product, image=own.pk)
    with transaction.atomic():
        Variant.objects.update(image=other.pk)
        with pytest.raises(IntegrityError, match="a_variant_is_shown_by_a_picture"):
            connection.check_constraints()
        transaction.set_rollback(True)
    product.status = ProductStatus.DRAFT
    product.save()
    remove_product_image(image=own)
    variant.refresh_from_db()
    assert variant.image is None
