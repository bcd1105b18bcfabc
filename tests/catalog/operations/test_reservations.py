"""Units promised to buyers: never twice, and the offer follows the last one."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.errors import OutOfStock
from catalog.models import Product, Reservation, StockMovement, Variant
from catalog.operations import reservations
from catalog.operations.reservations import consume, extend, hold, release, retake
from tests.factories.catalog import VariantFactory, listed
from tests.support.examples import seldom

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _variant(on_hand: int = 5) -> Variant:
    return Variant.objects.get(product=listed(on_hand=on_hand))


def _hold(holder: str, wanted: dict[Variant, int], instead_of: str | None = None) -> None:
    with transaction.atomic():
        hold(holder=holder, wanted=wanted, until=NOON, instead_of=instead_of)


def _run(operation: object, holder: str) -> None:
    with transaction.atomic():
        operation(holder=holder)  # type: ignore[operator]  # consume or release


def _stock(*variants: Variant) -> list[tuple[int, int]]:
    """(on hand, reserved) of each."""
    rows = Variant.objects.in_bulk([variant.pk for variant in variants])
    return [(rows[variant.pk].on_hand, rows[variant.pk].reserved) for variant in variants]


def _is_in_stock(variant: Variant) -> bool:
    return Product.objects.get(pk=variant.product_id).is_in_stock


def test_what_is_held_is_promised_and_still_on_hand() -> None:
    tea, mug = _variant(), _variant()
    _hold("order:1", {tea: 2, mug: 5})
    assert _stock(tea, mug) == [(5, 2), (5, 5)]
    assert list(Reservation.objects.values_list("holder", "quantity", "state")) == [
        ("order:1", 2, "held"),
        ("order:1", 5, "held"),
    ]
    assert (_is_in_stock(tea), _is_in_stock(mug)) == (True, False)
    assert StockMovement.objects.count() == 0


def test_all_that_is_short_is_named_and_nothing_is_held() -> None:
    tea, mug, cup = _variant(on_hand=3), _variant(on_hand=1), _variant(on_hand=9)
    Variant.objects.filter(pk=cup.pk).update(is_active=False)
    with pytest.raises(OutOfStock) as caught:
        _hold("order:1", {tea: 3, mug: 2, cup: 1})
    assert [(each.variant_id, each.asked, each.left) for each in caught.value.shortages] == [
        (mug.pk, 2, 1),
        (cup.pk, 1, 0),
    ]
    assert caught.value.message == (
        f"Not enough is left of {mug.product.title} (1 of 2), {cup.product.title} (0 of 1)."
    )
    assert _stock(tea, mug, cup) == [(3, 0), (1, 0), (9, 0)]
    assert Reservation.objects.count() == 0


def test_what_is_sold_leaves_the_house_with_a_record() -> None:
    tea = _variant()
    _hold("order:1", {tea: 5})
    _run(consume, "order:1")
    movement = StockMovement.objects.get()
    assert _stock(tea) == [(0, 0)]
    assert (movement.variant_id, movement.delta, movement.reason, movement.note) == (
        tea.pk,
        -5,
        "sold",
        "order:1",
    )
    assert Reservation.objects.get().state == "consumed"
    assert not _is_in_stock(tea)


def test_what_is_sold_or_given_back_is_so_once() -> None:
    tea, mug = _variant(), _variant()
    _hold("order:1", {tea: 2})
    _hold("order:2", {mug: 2})
    for operation in (consume, release, consume):
        _run(operation, "order:1")
    for operation in (release, consume, release):
        _run(operation, "order:2")
    assert _stock(tea, mug) == [(3, 0), (5, 0)]
    assert StockMovement.objects.count() == 1


def test_what_is_given_back_can_be_had_again() -> None:
    tea = _variant(on_hand=2)
    _hold("order:1", {tea: 2})
    assert not _is_in_stock(tea)
    _run(release, "order:1")
    assert _is_in_stock(tea)
    assert (_stock(tea), Reservation.objects.get().state) == ([(2, 0)], "released")


def test_a_newer_holder_takes_over_what_the_older_one_held() -> None:
    tea, mug = _variant(on_hand=2), _variant(on_hand=2)
    _hold("order:1", {tea: 2, mug: 1})
    _hold("order:2", {tea: 1}, instead_of="order:1")
    assert _stock(tea, mug) == [(2, 1), (2, 0)]
    assert list(Reservation.objects.values_list("holder", "state")) == [
        ("order:1", "released"),
        ("order:1", "released"),
        ("order:2", "held"),
    ]
    assert _is_in_stock(tea)


def test_a_newer_holder_who_asks_too_much_leaves_the_older_one_its_units() -> None:
    tea = _variant(on_hand=2)
    _hold("order:1", {tea: 2})
    with pytest.raises(OutOfStock) as caught:
        _hold("order:2", {tea: 3}, instead_of="order:1")
    assert caught.value.shortages[0].left == 2
    assert (_stock(tea), Reservation.objects.get().state) == ([(2, 2)], "held")


def test_what_lapsed_is_taken_anew_if_it_is_still_there() -> None:
    tea = _variant(on_hand=2)
    _hold("order:1", {tea: 2})
    _run(release, "order:1")
    with transaction.atomic():
        retake(holder="order:1", until=NOON)
    assert (_stock(tea), Reservation.objects.get().state) == ([(2, 2)], "held")


def test_what_lapsed_and_was_sold_is_not_taken_again() -> None:
    tea = _variant(on_hand=2)
    _hold("order:1", {tea: 2})
    _run(release, "order:1")
    _hold("order:2", {tea: 1})
    with pytest.raises(OutOfStock), transaction.atomic():
        retake(holder="order:1", until=NOON)
    assert _stock(tea) == [(2, 1)]
    assert Reservation.objects.filter(holder="order:1").get().state == "released"


def test_a_promise_is_extended_and_never_shortened() -> None:
    tea = _variant()
    _hold("order:1", {tea: 1})
    extend(holder="order:1", until=NOON + timedelta(hours=1))
    extend(holder="order:1", until=NOON)
    assert Reservation.objects.get().expires_at == NOON + timedelta(hours=1)


def test_an_offer_changes_under_its_lock_or_not_at_all() -> None:
    """The row in hand says there is plenty; all but one went meanwhile, and the product was not locked."""
    tea = _variant(on_hand=100)
    Variant.objects.filter(pk=tea.pk).update(reserved=99)
    with pytest.raises(reservations.StockMoved):
        _hold("order:1", {tea: 1})
    assert _stock(tea) == [(100, 99)]
    tea.refresh_from_db()
    _hold("order:1", {tea: 1})
    assert not _is_in_stock(tea)


class Histories(TestCase):
    """Whatever is held, sold and given back: `reserved` is what is held, the movements what is gone."""

    @seldom
    @given(st.lists(st.tuples(st.sampled_from("hrc"), st.integers(1, 3), st.integers(1, 4)), max_size=10))
    def test_reserved_is_the_sum_of_what_is_held(self, steps: list[tuple[str, int, int]]) -> None:
        variant = VariantFactory.create(on_hand=6)
        for kind, holder, units in steps:
            name = f"order:{holder}"
            if kind == "h" and not Reservation.objects.filter(holder=name).exists():
                with contextlib.suppress(OutOfStock):
                    _hold(name, {Variant.objects.get(pk=variant.pk): units})
            elif kind != "h":
                _run(release if kind == "r" else consume, name)
        held = Reservation.objects.filter(state="held").aggregate(sum=Sum("quantity", default=0))["sum"]
        gone = StockMovement.objects.aggregate(sum=Sum("delta", default=0))["sum"]
        assert _stock(variant) == [(6 + gone, held)]
