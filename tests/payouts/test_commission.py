"""What the platform keeps: half to even, and the vendor gets what remains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.commission import decide


def kept(amount_minor: int, rate_bps: int, *, discount: int = 0) -> tuple[int, int]:
    """The platform's part and the vendor's."""
    decided = decide(amount_minor=amount_minor, vendor_discount_minor=discount, rate_bps=rate_bps)
    return decided.amount_minor, decided.base_minor - decided.amount_minor


def test_h1_a_split_cent_goes_to_one_of_the_two() -> None:
    assert kept(645, 3000) == (194, 451)


@pytest.mark.parametrize(
    ("amount", "parts"), [(1255, (126, 1129)), (1245, (124, 1121)), (12_345_678, (1_234_568, 11_111_110))]
)
def test_h9_yen_and_fils_have_their_halves_too(amount: int, parts: tuple[int, int]) -> None:
    assert kept(amount, 1000) == parts


def test_h7_a_discount_of_the_vendors_lowers_the_base() -> None:
    assert kept(10_000, 2500, discount=2000) == (2000, 6000)


def test_all_or_nothing() -> None:
    assert [kept(999, 0), kept(999, 10_000), kept(0, 1000)] == [(0, 999), (999, 0), (0, 0)]


@pytest.mark.parametrize(("discount", "rate"), [(0, -1), (0, 10_001), (101, 1000)])
def test_what_cannot_be_agreed_is_a_fault(discount: int, rate: int) -> None:
    with pytest.raises(ValueError, match=r"rate|discount"):
        decide(amount_minor=100, vendor_discount_minor=discount, rate_bps=rate)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_the_commission_is_within_half_a_unit_of_its_rate(amount: int, rate: int) -> None:
    platform, vendor = kept(amount, rate)
    assert abs(2 * (platform * 10_000 - amount * rate)) <= 10_000
    assert (platform + vendor, min(platform, vendor) >= 0) == (amount, True)
