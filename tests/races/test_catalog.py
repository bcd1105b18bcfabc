"""The catalogue under simultaneous hands."""

import pytest
from django.db.models import Sum

from catalog.errors import ListingChanged, NegativeStock, SkuTaken, TooManyImages
from catalog.models import Category, Product, ProductChange, ProductSlug, ProductStatus, StockReason, Variant
from catalog.operations import categories, changes, images, offers, products, stock, variants
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.money import Money
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory, listed, picture
from tests.factories.vendors import VendorFactory
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes

pytestmark = pytest.mark.django_db(transaction=True)


def _variant_with(units: int) -> Variant:
    variant: Variant = VariantFactory.create(on_hand=0)
    return stock.adjust_stock(variant=variant, delta=units, reason=StockReason.RECEIVED, actor=None)


def _take(variant: Variant) -> Variant:
    return stock.adjust_stock(variant=variant, delta=-1, reason=StockReason.DAMAGED, actor=None)


def _on_hand_and_moved(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.movements.aggregate(sum=Sum("delta"))["sum"]


def test_of_two_who_take_the_last_unit_one_is_refused() -> None:
    variant = _variant_with(1)
    outcomes = at_once(lambda: _take(variant), lambda: _take(variant))
    assert sorted(map(type, outcomes), key=str) == [NegativeStock, Variant]
    assert _on_hand_and_moved(variant) == (0, 0)
    assert Product.objects.get().is_in_stock is False


def test_without_the_lock_both_take_it_and_the_record_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = _variant_with(1)
    monkeypatch.setattr(stock, "lock_one", read_before_either_writes())
    outcomes = at_once(lambda: _take(variant), lambda: _take(variant))
    assert [type(outcome) for outcome in outcomes] == [Variant, Variant]
    assert _on_hand_and_moved(variant) == (0, -1)


def _sell_out_both(product: Product) -> Product:
    first, second = product.variants.all()
    at_once(lambda: _take(first), lambda: _take(second))
    product.refresh_from_db()
    return product


def _product_of_two_last_units() -> Product:
    product = listed(on_hand=1)
    VariantFactory.create(product=product, on_hand=1, options={"at": "2"})
    return product


def test_a_product_whose_variants_sell_out_at_once_is_sold_out() -> None:
    assert _sell_out_both(_product_of_two_last_units()).is_in_stock is False


def test_without_the_lock_it_still_says_in_stock(monkeypatch: pytest.MonkeyPatch) -> None:
    product = _product_of_two_last_units()
    settle = offers.refresh_offers
    read = read_before_either_writes()

    def settle_by_what_neither_has_committed(changed: list[Product]) -> None:
        settle(changed)
        read(Product.objects.filter(pk=changed[0].pk))

    monkeypatch.setattr(stock, "lock_one", lambda queryset: queryset.get())
    monkeypatch.setattr(stock, "refresh_offers", settle_by_what_neither_has_committed)
    assert _sell_out_both(product).is_in_stock is True


def test_two_approvals_are_one_move() -> None:
    product = listed(status=ProductStatus.PROPOSED)
    admins = UserFactory.create_batch(2)
    outcomes = at_once(
        *(lambda admin=admin: products.approve_product(product=product, actor=admin) for admin in admins)
    )
    assert sorted(map(type, outcomes), key=str) == [Product, TransitionNotAllowed]
    assert moves_of(product).count() == 1


def test_two_listings_of_one_title_get_two_slugs() -> None:
    vendor, category = VendorFactory.create(), CategoryFactory.create()

    def create() -> Product:
        return products.create_product(vendor=vendor, category=category, title="Kettle")

    made = at_once(*[create] * 4)
    assert sorted(product.slug for product in made if isinstance(product, Product)) == [
        "kettle",
        "kettle-2",
        "kettle-3",
        "kettle-4",
    ]


def test_two_variants_of_two_products_do_not_share_a_sku() -> None:
    vendor = VendorFactory.create()
    both = [ProductFactory.create(vendor=vendor) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda product=product: variants.save_variant(
                product=product, sku="S-1", price=Money(100, "EUR"), options={}
            )
            for product in both
        )
    )
    assert sorted(map(type, outcomes), key=str) == [SkuTaken, Variant]
    assert Variant.objects.count() == 1


def test_two_moves_close_no_circle() -> None:
    first, second = CategoryFactory.create(slug="a"), CategoryFactory.create(slug="b")
    at_once(
        lambda: categories.move_category(category=first, parent=second),
        lambda: categories.move_category(category=second, parent=first),
    )
    assert sorted(Category.objects.values_list("path", flat=True)) in (["a", "a/b"], ["b", "b/a"])


def test_the_last_place_for_a_picture_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_IMAGES", 1)
    product = ProductFactory.create(status=ProductStatus.DRAFT)
    content = picture()
    outcomes = at_once(*[lambda: images.add_product_image(product=product, content=content)] * 2)
    assert [type(outcome) for outcome in outcomes].count(TooManyImages) == 1
    assert product.images.count() == 1


def test_of_an_approval_and_an_amendment_at_once_nothing_is_on_sale_that_nobody_saw() -> None:
    product, admin = listed(title="Kettle"), UserFactory.create()
    products.update_product(product=product, title="Pot")
    change = ProductChange.objects.get()
    approved, _ = at_once(
        lambda: changes.approve_change(change=change, version=1, actor=admin),
        lambda: products.update_product(product=product, title="Unseen"),
    )
    product.refresh_from_db()
    waiting = ProductChange.objects.get(status="pending")
    assert (product.title, waiting.title) == (
        "Pot" if isinstance(approved, ProductChange) else "Kettle",
        "Unseen",
    )
    assert isinstance(approved, ProductChange | ListingChanged)


def test_a_slug_that_is_given_up_and_taken_at_once_stays_with_who_bore_it() -> None:
    category = CategoryFactory.create()
    first = products.create_product(vendor=VendorFactory.create(), category=category, title="Kettle")
    other = VendorFactory.create()
    at_once(
        lambda: products.update_product(product=first, title="Pot"),
        lambda: products.create_product(vendor=other, category=category, title="Kettle"),
    )
    assert ProductSlug.objects.get(slug="kettle").product == first
    assert Product.objects.get(vendor=other).slug == "kettle-2"
