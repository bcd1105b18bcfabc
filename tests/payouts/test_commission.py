"""What the platform keeps: half to even, and the vendor gets what remains."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Money
from payouts.commission import Decision, Terms, decide
from tests.support import tree


def kept(amount_minor: int, rate_bps: int, *, discount: int = 0) -> tuple[int, int]:
    """The platform's part and the vendor's."""
    decided = decide(
        amount_minor=amount_minor, vendor_discount_minor=discount, units=1, terms=Terms(rate_bps=rate_bps)
    )
    return decided.amount_minor, decided.left_minor


def on(price_minor: int, terms: Terms, *, units: int = 1) -> Decision:
    return decide(amount_minor=price_minor * units, vendor_discount_minor=0, units=units, terms=terms)


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
        kept(100, rate, discount=discount)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_the_commission_is_within_half_a_unit_of_its_rate(amount: int, rate: int) -> None:
    platform, vendor = kept(amount, rate)
    assert abs(2 * (platform * 10_000 - amount * rate)) <= 10_000
    assert (platform + vendor, min(platform, vendor) >= 0) == (amount, True)


def test_h8_a_fixed_fee_above_the_price_takes_the_price_and_no_more() -> None:
    two = Terms(rate_bps=0, fixed_minor=200)
    assert on(100, two) == Decision(base_minor=100, amount_minor=100)
    assert on(100, two).left_minor == 0
    taxed = on(100, Terms(rate_bps=0, fixed_minor=200, tax_bps=1900))
    assert (taxed.amount_minor, taxed.tax_minor, taxed.left_minor) == (84, 16, 0)


@pytest.mark.parametrize("terms", [(0, 30, 0, None), (0, 0, 50, None), (1000, 30, 50, 90)])
def test_h8_three_units_on_a_line_pay_what_three_lines_of_one_do(
    terms: tuple[int, int, int, int | None],
) -> None:
    rate, fixed, floor, cap = terms
    agreed = Terms(rate_bps=rate, fixed_minor=fixed, floor_minor=floor, cap_minor=cap)
    assert on(400, agreed, units=3).amount_minor == 3 * on(400, agreed).amount_minor


def test_the_least_and_the_most_bound_rate_and_fee_together() -> None:
    terms = Terms(rate_bps=1000, fixed_minor=20, floor_minor=50, cap_minor=300)
    assert [on(price, terms).amount_minor for price in (30, 200, 1000, 5000)] == [30, 50, 120, 300]


def test_h33_nothing_is_kept_of_nothing() -> None:
    terms = Terms(rate_bps=1000, fixed_minor=20, floor_minor=50, tax_bps=1900)
    free = decide(amount_minor=1000, vendor_discount_minor=1000, units=1, terms=terms)
    assert free == Decision(base_minor=0, amount_minor=0)
    assert on(-1000, terms) == Decision(base_minor=0, amount_minor=0)


def test_the_tax_is_on_top_and_rounded_once_a_line() -> None:
    assert on(645, Terms(rate_bps=3000, tax_bps=1900)) == Decision(
        base_minor=645, amount_minor=194, tax_minor=37
    )


def test_terms_that_nobody_can_keep_are_a_fault() -> None:
    for wrong in ({"fixed_minor": -1}, {"floor_minor": 2, "cap_minor": 1}, {"tax_bps": 10_001}):
        with pytest.raises(ValueError, match=r"commission"):
            Terms(rate_bps=0, **wrong)


TERMS = st.builds(
    lambda rate, fixed, floor, more, tax: Terms(
        rate_bps=rate,
        fixed_minor=fixed,
        floor_minor=floor,
        cap_minor=None if more is None else floor + more,
        tax_bps=tax,
    ),
    st.integers(0, 10_000),
    st.integers(0, 500),
    st.integers(0, 500),
    st.none() | st.integers(0, 10_000),
    st.integers(0, 10_000),
)


@given(st.integers(0, 100_000), st.integers(1, 9), TERMS)
def test_the_parts_of_a_line_are_the_line_and_none_is_below_zero(
    price: int, units: int, terms: Terms
) -> None:
    decided = on(price, terms, units=units)
    parts = (decided.amount_minor, decided.tax_minor, decided.left_minor)
    assert (sum(parts), min(parts) >= 0) == (price * units, True)
    assert abs(decided.tax_minor - decided.amount_minor * terms.tax_bps / 10_000) <= 1
    if terms.cap_minor is not None:
        assert decided.amount_minor <= terms.cap_minor * units


@pytest.mark.parametrize(
    ("line", "rule", "terms"),
    [
        ("6.45", "30 %", Terms(rate_bps=3000)),
        ("6.45", "30 %, tax 19 %", Terms(rate_bps=3000, tax_bps=1900)),
        ("2 x 20.00", "10 % and 0.30, tax 19 %", Terms(rate_bps=1000, fixed_minor=30, tax_bps=1900)),
        ("1.00", "2.00", Terms(rate_bps=0, fixed_minor=200)),
        ("1.00", "2.00, tax 19 %", Terms(rate_bps=0, fixed_minor=200, tax_bps=1900)),
        ("3 x 4.00", "10 %, least 0.50", Terms(rate_bps=1000, floor_minor=50)),
        ("3 x 50.00", "10 %, most 3.00", Terms(rate_bps=1000, cap_minor=300)),
    ],
)
def test_the_worked_lines_of_the_document_are_what_is_decided(line: str, rule: str, terms: Terms) -> None:
    units, _, price = line.rpartition(" x ")
    decided = on(Money.parse(price, "EUR").minor, terms, units=int(units or 1))
    amount, tax, left = (
        Money(minor, "EUR").amount for minor in (decided.amount_minor, decided.tax_minor, decided.left_minor)
    )
    row = f"| {line} | {rule} | {amount} | {tax if terms.tax_bps else ''} | {left} |".replace("|  |", "| |")
    assert row in tree.text(Path("docs/commission.md"))
