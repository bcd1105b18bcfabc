from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.events import PriceChanged, StockAdjusted
from catalog.models import Product, StockMovement, Variant
from catalog.operations.bulk import Edit, Edited, Undo, update_variants
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput
from marketplace.kernel.money import Money
from tests.factories.catalog import ProductFactory, VariantFactory, listed
from tests.factories.vendors import VendorFactory
from tests.support.published import published
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor() -> Vendor:
    made: Vendor = VendorFactory.create(currency="EUR")
    return made


def _variant(vendor: Vendor, **fields: object) -> Variant:
    return listed(vendor=vendor, price_minor=1000, on_hand=5, **fields).variants.get()  # type: ignore[arg-type]  # any


def _edit(vendor: Vendor, *edits: Edit, key: str | None = None) -> Edited:
    return update_variants(vendor=vendor, edits=edits, actor=None, idempotency_key=key)


def _state(variant: Variant) -> tuple[int, int | None, int, bool]:
    row = Variant.objects.get(pk=variant.pk)
    return row.price_minor, row.compare_at_minor, row.on_hand, row.is_active


def _undone(edited: Edited) -> list[Edit]:
    return [
        Edit(
            variant=each.variant_id,
            price=None if each.price is None else Decimal(each.price.amount),
            compare_at=None if each.compare_at is None else Decimal(each.compare_at.amount),
            is_compared=each.is_compared,
            delta=each.delta,
            is_active=each.is_active,
        )
        for each in edited.undo
    ]


def test_many_change_at_once_and_what_is_answered_undoes_it(vendor: Vendor) -> None:
    first, second = _variant(vendor), _variant(vendor)
    Variant.objects.filter(pk=second.pk).update(compare_at_minor=2000)
    with published(PriceChanged, StockAdjusted) as told:
        edited = _edit(
            vendor,
            Edit(variant=first.pk, price=Decimal("8.50"), compare_at=Decimal(10), delta=-5),
            Edit(variant=second.pk, is_compared=False, delta=2, is_active=False),
        )
    assert (_state(first), _state(second)) == ((850, 1000, 0, True), (1000, None, 7, False))
    assert edited.undo[0] == Undo(
        index=0, variant_id=first.pk, price=Money(1000, "EUR"), is_compared=False, delta=5
    )
    assert told == [
        PriceChanged(product_id=first.product_id, was_minor=1000, now_minor=850),
        StockAdjusted(variant_id=first.pk, delta=-5, available=0),
        StockAdjusted(variant_id=second.pk, delta=2, available=7),
    ]
    products = dict(Product.objects.values_list("pk", "price_minor"))
    assert products == {first.product_id: 850, second.product_id: None}
    assert _edit(vendor, *_undone(edited)).problems == ()
    assert (_state(first), _state(second)) == ((1000, None, 5, True), (1000, 2000, 5, True))
    assert sorted(StockMovement.objects.values_list("variant", "delta")) == sorted(
        [(first.pk, -5), (first.pk, 5), (second.pk, 2), (second.pk, -2)]
    )


def test_a_row_is_changed_as_a_whole_or_not_at_all(vendor: Vendor) -> None:
    kept, changed = _variant(vendor), _variant(vendor)
    Variant.objects.filter(pk=kept.pk).update(reserved=4)
    foreign = _variant(VendorFactory.create())
    off = VariantFactory.create(product=kept.product, is_active=False, sku=changed.sku)
    edited = _edit(
        vendor,
        Edit(variant=kept.pk, price=Decimal(1), delta=-2),
        Edit(variant=kept.pk, price=Decimal(1)),
        Edit(variant=changed.pk, price=Decimal(1)),
        Edit(variant=foreign.pk, price=Decimal(1)),
        Edit(variant=off.pk, is_active=True),
    )
    assert [(each.index, each.code, each.field) for each in edited.problems] == [
        (0, "NEGATIVE_STOCK", "stockDelta"),
        (1, "INVALID_INPUT", "variant"),
        (3, "NOT_FOUND", "variant"),
        (4, "OPTIONS_TAKEN", "options"),
    ]
    assert [each.index for each in edited.undo] == [2]
    assert _state(kept) == _state(foreign) == (1000, None, 5, True)
    assert (_state(changed)[0], _state(off)[3], StockMovement.objects.count()) == (100, False, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": Decimal(-1)}, "price"),
        ({"price": Decimal("1.005")}, "price"),
        ({"compare_at": Decimal(10)}, "compareAtPrice"),
        ({"delta": 10**9}, "stockDelta"),
    ],
)
def test_what_cannot_be_is_told_by_its_field(vendor: Vendor, change: dict[str, object], field: str) -> None:
    variant = _variant(vendor)
    (problem,) = _edit(vendor, Edit(variant=variant.pk, **change)).problems  # type: ignore[arg-type]  # from the table
    assert (problem.code, problem.field, _state(variant)) == ("INVALID_INPUT", field, (1000, None, 5, True))


def test_what_comes_back_on_sale_collides_with_nothing(vendor: Vendor) -> None:
    product = ProductFactory.create(vendor=vendor, option_names=["Size"])
    twins = [
        VariantFactory.create(product=product, sku=sku, options={"Size": "S"}, is_active=False)
        for sku in "AB"
    ]
    other = VariantFactory.create(product=product, sku="C", options={"Colour": "red"}, is_active=False)
    taken = VariantFactory.create(product=product, options={"Size": "M"}, sku="D", is_active=False)
    VariantFactory.create(product__vendor=vendor, sku="D")
    edited = _edit(vendor, *(Edit(variant=row.pk, is_active=True) for row in (*twins, other, taken)))
    assert [(each.index, each.code) for each in edited.problems] == [
        (1, "OPTIONS_TAKEN"),
        (2, "OPTIONS_MISMATCH"),
        (3, "SKU_TAKEN"),
    ]
    assert list(product.variants.filter(is_active=True)) == [twins[0]]


def test_the_same_key_changes_nothing_again_and_answers_the_same(vendor: Vendor) -> None:
    variant = _variant(vendor)
    edits = [Edit(variant=variant.pk, price=Decimal(9), delta=1), Edit(variant=10**9, delta=1)]
    first, again = (_edit(vendor, *edits, key="k") for _ in range(2))
    assert first == again
    assert (first.problems[0].message, _state(variant)) == ("There is no such variant.", (900, None, 6, True))
    with pytest.raises(IdempotencyKeyReused):
        _edit(vendor, edits[0], key="k")


@pytest.mark.parametrize("count", [0, 101])
def test_at_most_a_hundred_are_named(vendor: Vendor, count: int) -> None:
    with pytest.raises(InvalidInput):
        _edit(vendor, *(Edit(variant=number) for number in range(count)))


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_takes_the_same_statements(
    vendor: Vendor, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edits = [
        Edit(variant=_variant(vendor).pk, price=Decimal(9), delta=-5, is_active=True) for _ in range(count)
    ]
    with django_assert_num_queries(13):
        _edit(vendor, *edits)
