"""Which cards there are: a list, and nothing of a number stays."""

from datetime import date

import pytest

from marketplace.gateway.sandbox.cards import BY_LAST4, TEST_NUMBERS, CardInput, ReadCard, UnusableCard, read

TODAY = date(2026, 11, 21)
REAL_LOOKING = "4111111111111111"


def card(
    number: str = "4242424242424242", *, month: int = 12, year: int = 2030, cvc: str = "123"
) -> CardInput:
    return CardInput(number=number, exp_month=month, exp_year=year, cvc=cvc)


@pytest.mark.parametrize("number", TEST_NUMBERS)
def test_a_card_of_the_list_is_known_by_its_last_four_digits(number: str) -> None:
    assert read(card(number), today=TODAY).last4 == number[-4:]


def test_no_two_cards_of_the_list_end_alike() -> None:
    assert len(BY_LAST4) == len(TEST_NUMBERS) == 11


@pytest.mark.parametrize("number", ["4242 4242 4242 4242", "4242-4242-4242-4242"])
def test_a_number_may_be_grouped(number: str) -> None:
    assert read(card(number), today=TODAY).last4 == "4242"


@pytest.mark.parametrize(
    "number",
    [
        REAL_LOOKING,
        "5555555555554444",
        "4242",
        "",
        "42424242424242421",
        "\N{FULLWIDTH DIGIT FOUR}242424242424242",
        "4000000000003220",
    ],
)
def test_any_other_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(UnusableCard) as refusal:
        read(card(number), today=TODAY)
    assert refusal.value.code == "test_cards_only"
    assert str(refusal.value) == "The sandbox takes test cards only, never a real one."


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (card(month=0), "invalid_expiry_month"),
        (card(month=13), "invalid_expiry_month"),
        (card(month=10, year=2026), "invalid_expiry_year"),
        (card(year=25), "invalid_expiry_year"),
        (card(cvc="12"), "invalid_cvc"),
        (card(cvc="12345"), "invalid_cvc"),
        (card(cvc="١٢٣"), "invalid_cvc"),
    ],
)
def test_a_card_must_be_complete_and_in_date(given: CardInput, code: str) -> None:
    with pytest.raises(UnusableCard) as refusal:
        read(given, today=TODAY)
    assert refusal.value.code == code


def test_a_card_is_good_in_its_last_month_and_years_may_be_short() -> None:
    assert read(card(month=11, year=26, cvc="1234"), today=TODAY) == ReadCard(
        last4="4242", exp_month=11, exp_year=2026
    )


def test_no_repr_shows_a_number_or_code() -> None:
    assert repr(card()) == "CardInput(exp_month=12, exp_year=2030)"
