"""Whatever the steps, what goes back comes to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.back import Back, Worth, left, of_amount, of_units, rest


def test_h11_three_units_of_25_00() -> None:
    worth, before = Worth(units=3, paid=2500), Back()
    paid = []
    for _ in range(3):
        back = of_units(worth, before, 1)
        before += back
        paid.append(back.paid)
    assert paid == [833, 834, 833]


def test_a_fee_is_kept_of_units_and_not_made_up_for_by_the_next() -> None:
    worth = Worth(units=2, paid=2000)
    first = of_units(worth, Back(), 1, fee=150)
    assert (first.paid, first.fee) == (850, 150)
    assert of_units(worth, first, 1).paid == 1000


def test_units_bring_no_more_than_what_an_amount_has_left() -> None:
    worth = Worth(units=2, paid=1000)
    before = of_amount(worth, Back(), 700)
    assert of_units(worth, before, 1).paid == 300
    assert of_units(worth, before + of_units(worth, before, 1), 1).paid == 0


def test_what_the_platform_paid_all_of_goes_back_by_units() -> None:
    worth = Worth(units=3, paid=0, platform=1000)
    first = of_units(worth, Back(), 1)
    assert (first.paid, first.platform) == (0, 333)


@pytest.mark.parametrize("units", [0, 3])
def test_no_more_units_than_there_are(units: int) -> None:
    with pytest.raises(ValueError, match="units of 2"):
        of_units(Worth(units=2, paid=100), Back(), units)


def test_no_more_than_is_left() -> None:
    with pytest.raises(ValueError, match="101 of 100"):
        of_amount(Worth(units=2, paid=100), Back(), 101)


WORTHS = st.builds(
    lambda units, net, tax, platform, remitted: Worth(
        units=units, paid=net + tax, tax=tax, platform=platform, remitted=min(remitted, tax)
    ),
    st.integers(1, 9),
    st.integers(0, 5_000),
    st.integers(0, 2_000),
    st.integers(0, 2_000),
    st.integers(0, 2_000),
)


@given(worth=WORTHS, steps=st.lists(st.integers(0, 3_000), max_size=12))
def test_in_any_order_it_closes_to_zero(worth: Worth, steps: list[int]) -> None:
    before = Back()
    for step in steps:
        if step % 2 and before.units < worth.units:
            back = of_units(worth, before, 1)
        else:
            back = of_amount(worth, before, min(step, left(worth, before)))
        assert 0 <= back.tax <= back.paid
        assert min(back.platform, back.remitted) >= 0
        before += back
    before += rest(worth, before)
    assert (before.paid, before.tax, before.platform, before.remitted) == (
        worth.paid,
        worth.tax,
        worth.platform,
        worth.remitted,
    )
