import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.errors import NegativeStock
from catalog.models import Product, StockMovement, StockReason, Variant
from catalog.operations.stock import MOST_ON_HAND, adjust_stock
from catalog.operations.variants import save_variant
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput
from marketplace.kernel.money import Money
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.support.examples import seldom

pytestmark = pytest.mark.django_db


@pytest.fixture
def variant() -> Variant:
    return save_variant(product=ProductFactory.create(), sku="T-1", price=Money(100, "EUR"), options={})


def _adjust(variant: Variant, delta: int, key: str | None = None) -> Variant:
    return adjust_stock(
        variant=variant, delta=delta, reason=StockReason.CORRECTION, actor=None, idempotency_key=key
    )


def _is_in_stock(variant: Variant) -> bool:
    return Product.objects.get(pk=variant.product_id).is_in_stock


def test_a_change_is_recorded_with_who_and_why(variant: Variant) -> None:
    user = UserFactory.create()
    changed = adjust_stock(variant=variant, delta=7, reason=StockReason.RECEIVED, actor=user, note="truck 4")
    movement = variant.movements.get()
    assert (changed.on_hand, changed.available) == (7, 7)
    assert (movement.delta, movement.reason, movement.note, movement.actor) == (
        7,
        "received",
        "truck 4",
        user,
    )


def test_the_offer_follows_the_first_unit_and_the_last(variant: Variant) -> None:
    states = []
    for delta in (2, -1, -1):
        _adjust(variant, delta)
        states.append(_is_in_stock(variant))
    assert states == [True, True, False]


def test_no_more_units_go_than_are_there(variant: Variant) -> None:
    _adjust(variant, 3)
    with pytest.raises(NegativeStock) as caught:
        _adjust(variant, -4)
    assert (caught.value.sku, caught.value.delta, caught.value.available) == ("T-1", -4, 3)
    variant.refresh_from_db()
    assert (variant.on_hand, variant.movements.count()) == (3, 1)


def test_units_promised_to_buyers_stay() -> None:
    variant = VariantFactory.create(on_hand=5, reserved=4)
    with pytest.raises(NegativeStock) as caught:
        _adjust(variant, -2)
    assert caught.value.available == 1
    assert _adjust(variant, -1).available == 0


@pytest.mark.parametrize("delta", [0, MOST_ON_HAND + 1, -MOST_ON_HAND - 1, 2**63])
def test_a_change_by_nothing_or_beyond_measure_is_refused(variant: Variant, delta: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        _adjust(variant, delta)
    assert caught.value.field == "delta"
    assert StockMovement.objects.count() == 0


def test_stock_stays_within_measure_however_often_it_grows(variant: Variant) -> None:
    _adjust(variant, MOST_ON_HAND)
    with pytest.raises(InvalidInput):
        _adjust(variant, 1)
    assert StockMovement.objects.count() == 1


def test_the_same_key_again_moves_nothing(variant: Variant) -> None:
    assert [_adjust(variant, 3, "a").on_hand, _adjust(variant, 3, "a").on_hand] == [3, 3]
    assert StockMovement.objects.count() == 1
    with pytest.raises(IdempotencyKeyReused):
        _adjust(variant, 4, "a")
    assert _adjust(variant, 4, "b").on_hand == 7


def test_the_database_promises_no_unit_twice_and_changes_no_record() -> None:
    variant = VariantFactory.create(on_hand=5, reserved=5)
    with pytest.raises(IntegrityError, match="stock_is_never_promised_twice"), transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(on_hand=4)
    _adjust(variant, 1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        StockMovement.objects.update(delta=2)


class Histories(TestCase):
    """Whatever comes and goes, the movements add up to what is on hand."""

    @seldom
    @given(st.lists(st.integers(-4, 4), max_size=12))
    def test_the_movements_sum_to_the_units_on_hand(self, deltas: list[int]) -> None:
        variant = VariantFactory.create(on_hand=0)
        expected = 0
        for delta in deltas:
            try:
                _adjust(variant, delta)
            except (NegativeStock, InvalidInput):
                assert delta == 0 or expected + delta < 0
            else:
                expected += delta
        variant.refresh_from_db()
        summed = variant.movements.aggregate(sum=Sum("delta", default=0))["sum"]
        assert (variant.on_hand, summed) == (expected, expected)
        assert _is_in_stock(variant) == (expected > 0)
