"""Money as Stripe counts it."""

import pytest

from marketplace.gateway.minor_units import counted, money_of, sayable
from marketplace.gateway.provider import ProviderRefused
from marketplace.kernel.money import Money


@pytest.mark.parametrize(
    ("money", "count"),
    [
        (Money(1050, "USD"), 1050),
        (Money(500, "JPY"), 500),
        (Money(500, "ISK"), 50_000),
        (Money(500, "UGX"), 50_000),
        (Money(50_000, "MGA"), 500),
        (Money(1230, "KWD"), 1230),
    ],
)
def test_an_amount_is_the_same_there_and_back(money: Money, count: int) -> None:
    assert counted(sayable(money)) == count
    assert money_of(count, money.currency.lower()) == money


@pytest.mark.parametrize("money", [Money(1234, "KWD"), Money(50, "MGA")])
def test_what_stripe_cannot_say_is_refused(money: Money) -> None:
    with pytest.raises(ProviderRefused, match="amount_invalid"):
        sayable(money)


def test_what_we_cannot_say_is_refused() -> None:
    with pytest.raises(ProviderRefused, match="amount_invalid"):
        money_of(50_050, "isk")
