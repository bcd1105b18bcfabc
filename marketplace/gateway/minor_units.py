"""How Stripe counts money, where that is not in ISO 4217's minor units as we do.

Source: docs.stripe.com/currencies. Krona and Ugandan shilling have two decimals there that are always 0, the
ariary has none, and amounts of three decimals end in 0.
"""

from typing import Final

from marketplace.gateway.provider import ProviderRefused
from marketplace.kernel.money import Money, exponent

HUNDREDFOLD: Final = frozenset({"ISK", "UGX"})
WHOLE: Final = frozenset({"MGA"})
CENTS: Final = 100
THREE_DECIMALS: Final = 3


def counted(money: Money) -> int:
    """The amount in Stripe's units; what Stripe cannot say is cut off."""
    if money.currency in HUNDREDFOLD:
        return money.minor * CENTS
    return money.minor // CENTS if money.currency in WHOLE else money.minor


def sayable(money: Money) -> Money:
    """The amount, if Stripe can say it. Raises ProviderRefused."""
    steps = 10 if exponent(money.currency) == THREE_DECIMALS else 1
    _require(money, CENTS if money.currency in WHOLE else steps)
    return money


def money_of(count: int, currency: str) -> Money:
    """The amount that Stripe counts so. Raises ProviderRefused for one that we cannot say."""
    code = currency.upper()
    if code in HUNDREDFOLD:
        _require(Money(count, code), CENTS)
        return Money(count // CENTS, code)
    return Money(count * CENTS if code in WHOLE else count, code)


def _require(money: Money, steps: int) -> None:
    if money.minor % steps:
        raise ProviderRefused("amount_invalid", f"In {money.currency} there is no such amount.")
