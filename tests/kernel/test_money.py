"""Money: exact sums, one rounding rule, splits and reversals that lose no cent."""

from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import money
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput
from marketplace.kernel.money import Money

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
MINOR = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def split(minor: int, bps: int) -> tuple[int, int]:
    """The platform's rounded part and the vendor's remainder."""
    platform = money.basis_points(minor, bps)
    return platform, minor - platform


@pytest.mark.parametrize(
    ("currency", "places"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("ISK", 0), ("UGX", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)],
)
def test_exponent_follows_iso_4217(currency: str, places: int) -> None:
    assert money.exponent(currency) == places


def test_sums_keep_the_currency() -> None:
    assert usd(1230) + usd(-30) == usd(1200)
    assert usd(1230) - usd(1300) == usd(-70)
    assert -usd(5) == usd(-5)
    assert usd(5) * 3 == 3 * usd(5) == usd(15)
    assert Money.total([usd(1), usd(2)], "USD") == usd(3)
    assert Money.total([], "USD") == Money.zero("USD") == usd(0)


def test_amounts_of_one_currency_compare() -> None:
    assert usd(1) < usd(2) <= usd(2) < usd(3)
    assert usd(3) > usd(2) >= usd(2)
    assert max(usd(1), usd(3), usd(2)) == usd(3)
    assert {usd(1), usd(1)} == {usd(1)}


def test_currencies_do_not_mix() -> None:
    euro = Money(1, "EUR")
    for mixed in (
        lambda: usd(1) + euro,
        lambda: usd(1) - euro,
        lambda: usd(1) < euro,
        lambda: usd(1) >= euro,
    ):
        with pytest.raises(CurrencyMismatch) as refusal:
            mixed()
        assert refusal.value.code == "CURRENCY_MISMATCH"
    assert usd(1) != euro
    assert (refusal.value.expected, refusal.value.given) == ("USD", "EUR")


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_minor_units_are_whole_numbers(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("factor", [1.5, True, Decimal(2), usd(2)])
def test_only_a_whole_number_multiplies(factor: object) -> None:
    with pytest.raises(TypeError):
        usd(1) * factor  # type: ignore[operator]  # the point of the test


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "", "U$D", "ÜSD"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="is no currency code"):
        Money(1, currency)


def test_money_does_not_add_to_a_number() -> None:
    with pytest.raises(TypeError):
        usd(1) + 1  # type: ignore[operator]  # the point of the test
    with pytest.raises(TypeError):
        sum([usd(1)])  # type: ignore[list-item]  # the point of the test


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1230, "USD", "12.30"),
        (-5, "USD", "-0.05"),
        (0, "USD", "0.00"),
        (1255, "JPY", "1255"),
        (5, "KWD", "0.005"),
        (10**40 + 1, "USD", "1" + "0" * 38 + ".01"),
    ],
)
def test_amount_is_exact_text_in_major_units(minor: int, currency: str, amount: str) -> None:
    assert Money(minor, currency).amount == amount
    assert str(Money(minor, currency)) == f"{amount} {currency}"
    assert Money(minor, currency).to_decimal() == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.30", "USD", 1230),
        ("12.3", "USD", 1230),
        ("12.3000", "USD", 1230),
        ("-0.01", "USD", -1),
        ("+7", "USD", 700),
        ("1255", "JPY", 1255),
        ("1255.0", "JPY", 1255),
        ("0.005", "KWD", 5),
        ("9999999999999.99", "USD", 999999999999999),
    ],
)
def test_parse_reads_major_units(amount: str, currency: str, minor: int) -> None:
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(("amount", "currency"), [("12.345", "USD"), ("0.5", "JPY"), ("0.0001", "KWD")])
def test_parse_refuses_more_decimals_than_the_currency_has(amount: str, currency: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Money.parse(amount, currency, field="price")
    assert refusal.value.field == "price"
    assert refusal.value.message == f"{currency} has {money.exponent(currency)} decimals."


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "x",
        "1,5",
        " 1",
        "1.",
        ".5",
        "1e3",
        "NaN",
        "Infinity",
        "1_0",
        "१२",
        "10000000000000.00",
        "9" * 5000,
    ],
)
def test_parse_refuses_what_is_no_amount(amount: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Money.parse(amount, "USD")
    assert refusal.value.message == money.NOT_AN_AMOUNT


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-Infinity", "1E+999999", "1E-999999", "1E+999999999"])
def test_from_decimal_refuses_monsters(amount: str) -> None:
    with pytest.raises(InvalidInput):
        Money.from_decimal(Decimal(amount), "USD")


@given(MINOR, CURRENCIES)
def test_amount_reads_back(minor: int, currency: str) -> None:
    assert Money.parse(Money(minor, currency).amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (5, 2, 2),
        (7, 2, 4),
        (-5, 2, -2),
        (-7, 2, -4),
        (1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (1935, 10, 194),
        (6, 3, 2),
    ],
)
def test_half_even(numerator: int, denominator: int, quotient: int) -> None:
    assert money.half_even(numerator, denominator) == quotient


@given(MINOR, st.integers(1, 10**6))
def test_half_even_agrees_with_exact_fractions(numerator: int, denominator: int) -> None:
    quotient = money.half_even(numerator, denominator)
    twice_off = abs(2 * (numerator - quotient * denominator))
    assert twice_off < denominator or (twice_off == denominator and quotient % 2 == 0)


def test_half_even_needs_a_positive_denominator() -> None:
    with pytest.raises(ValueError, match="positive"):
        money.half_even(1, 0)


@given(MINOR, WEIGHTS)
def test_shares_sum_to_the_amount(minor: int, weights: list[int]) -> None:
    shares = money.allocate(minor, weights)
    assert sum(shares) == minor
    assert len(shares) == len(weights)


@given(MINOR, WEIGHTS.filter(any))
def test_each_share_is_within_one_unit_of_its_proportion(minor: int, weights: list[int]) -> None:
    total = sum(weights)
    for share, weight in zip(money.allocate(minor, weights), weights, strict=True):
        assert abs(share * total - minor * weight) < total


@given(MINOR, WEIGHTS)
def test_a_negative_amount_mirrors(minor: int, weights: list[int]) -> None:
    assert money.allocate(-minor, weights) == [-share for share in money.allocate(minor, weights)]


def test_weights_that_are_all_zero_share_equally() -> None:
    assert usd(100).allocate([0, 0, 0]) == [usd(34), usd(33), usd(33)]
    assert usd(100).allocate([0, 5]) == [usd(0), usd(100)]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_allocate_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.allocate(100, weights)


@given(MINOR, st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_reversals_close_to_exactly_zero(total: int, parts: list[int]) -> None:
    whole = sum(parts)
    reached = [money.reversed_so_far(total, part=part, whole=whole) for part in accumulate(parts)]
    reversals = [after - before for before, after in pairwise([0, *reached])]
    assert sum(reversals) == total
    assert all(reversal * total >= 0 for reversal in reversals)


@pytest.mark.parametrize(("part", "whole"), [(3, 2), (-1, 2), (0, 0)])
def test_a_reversal_is_part_of_a_whole(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no part of"):
        money.reversed_so_far(100, part=part, whole=whole)


def test_a_reversal_keeps_to_one_currency() -> None:
    assert usd(194).reversed_so_far(part=usd(215), whole=usd(645)) == usd(65)
    with pytest.raises(CurrencyMismatch):
        usd(194).reversed_so_far(part=Money(215, "EUR"), whole=usd(645))


def test_h1_a_split_cent_is_neither_lost_nor_doubled() -> None:
    assert split(645, 3000) == (194, 451)
    reached = [money.reversed_so_far(194, part=refunded, whole=645) for refunded in (215, 430, 645)]
    assert [after - before for before, after in pairwise([0, *reached])] == [65, 64, 65]


@pytest.mark.parametrize(
    ("coupon", "subtotals", "shares"),
    [
        (1000, [3333, 3333, 3334], [333, 333, 334]),
        (1000, [1000, 1000, 1000], [334, 333, 333]),
        (1500, [4548, 12500, 999], [378, 1039, 83]),
    ],
)
def test_h2_a_fixed_coupon_is_given_once(coupon: int, subtotals: list[int], shares: list[int]) -> None:
    assert usd(coupon).allocate(subtotals) == [usd(share) for share in shares]


def test_h9_currencies_without_cents_round_to_their_own_unit() -> None:
    yen = Money.parse("1255", "JPY")
    assert yen.basis_points(1000) == Money(126, "JPY")
    assert (yen - yen.basis_points(1000)).amount == "1129"
    dinar = Money.parse("1.255", "KWD")
    assert dinar.basis_points(1000).amount == "0.126"
    assert (dinar - dinar.basis_points(1000)).amount == "1.129"
