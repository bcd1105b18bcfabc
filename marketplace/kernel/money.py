"""Money as whole minor units of one currency. No float, no mixing, no lost cent.

One rounding rule everywhere: half to even on the minor unit. What is split is split by largest remainder;
what is reversed is reversed cumulatively, so that the last reversal closes to exactly zero.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import total_ordering
from typing import Final

from typing_extensions import override

from marketplace.kernel.errors import CurrencyMismatch, InvalidInput

# ISO 4217: the currencies whose minor unit is not a hundredth.
EXPONENTS: Final[dict[str, int]] = {
    currency: places
    for places, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}
BASIS_POINTS: Final = 10_000
# An amount of an input has at most 15 digits in minor units, so that sums of many still fit a bigint column.
MOST_DIGITS: Final = 15
NOT_AN_AMOUNT: Final = "This is not an amount of money."

_EXACT = Context(prec=MOST_DIGITS, traps=[Inexact, InvalidOperation])
_CURRENCY = re.compile(r"[A-Z]{3}")
# Bounded before anything is computed, and plain: no exponent, no NaN, no digits of other scripts.
_AMOUNT = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217)."""
    return EXPONENTS.get(currency, 2)


def half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, a half to the even one. The denominator is positive."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def basis_points(minor: int, bps: int) -> int:
    """So many ten-thousandths of an amount, in its minor units."""
    return half_even(minor * bps, BASIS_POINTS)


def reversed_so_far(total: int, *, part: int, whole: int) -> int:
    """How much of `total` is reversed once `part` of `whole` is.

    It is cumulative: a reversal is worth this less what was reversed before, so any number of them that
    together reach the whole reverse the total exactly.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} is no part of {whole}")
    return half_even(total * part, whole)


def allocate(minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to the weights by largest remainder; the shares sum to it exactly.

    Each share is rounded towards zero, and the units left over go one each to the largest remainders, the
    earlier one first where they are equal. Weights that are all zero count as equal. A negative amount is
    split as its opposite.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be given, and none negative")
    if minor < 0:
        return [-share for share in allocate(-minor, weights)]
    weighed = weights if any(weights) else [1] * len(weights)
    total = sum(weighed)
    shares = [minor * weight // total for weight in weighed]
    by_remainder = sorted(range(len(weighed)), key=lambda index: -(minor * weighed[index] % total))
    for index in by_remainder[: minor - sum(shares)]:
        shares[index] += 1
    return shares


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, yen, fils) of one currency.

    Adding or comparing two currencies raises CurrencyMismatch. Only a whole number may multiply; fractions
    go through `basis_points` and `allocate`, which say how they round.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        # bool is an int to isinstance, and a float that happens to be whole is still a float.
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no currency code")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, of this currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum of any number of amounts of one currency, of none too."""
        return sum(amounts, cls.zero(currency))

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str, *, field: str | None = None) -> "Money":
        """Major units as typed by a person or an API client.

        Raises InvalidInput, naming `field`, for more decimals than the currency has and for amounts that are
        no number or beyond any trade.
        """
        places = exponent(currency)
        if not amount.is_finite():
            raise InvalidInput(reason=NOT_AN_AMOUNT, field=field)
        try:
            exact = _EXACT.quantize(amount, Decimal((0, (1,), -places)))
        except Inexact as fault:
            raise InvalidInput(reason=f"{currency} has {places} decimals.", field=field) from fault
        except InvalidOperation as fault:
            raise InvalidInput(reason=NOT_AN_AMOUNT, field=field) from fault
        return cls(int(_EXACT.scaleb(exact, places)), currency)

    @classmethod
    def parse(cls, amount: str, currency: str, *, field: str | None = None) -> "Money":
        """Major units written as "12.30". Raises InvalidInput like `from_decimal`."""
        if not _AMOUNT.fullmatch(amount):
            raise InvalidInput(reason=NOT_AN_AMOUNT, field=field)
        return cls.from_decimal(Decimal(amount), currency, field=field)

    def to_decimal(self) -> Decimal:
        """Major units, with every decimal of the currency, exact whatever the decimal context."""
        digits = tuple(map(int, str(abs(self.minor))))
        return Decimal((int(self.minor < 0), digits, -exponent(self.currency)))

    @property
    def amount(self) -> str:
        """Major units as text, with every decimal of the currency: "12.30", "1255", "0.005"."""
        return f"{self.to_decimal():f}"

    def basis_points(self, bps: int) -> "Money":
        """So many ten-thousandths of it, half to even."""
        return Money(basis_points(self.minor, bps), self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split it by largest remainder; see the function of this name."""
        return [Money(share, self.currency) for share in allocate(self.minor, weights)]

    def reversed_so_far(self, *, part: "Money", whole: "Money") -> "Money":
        """How much of it is reversed once `part` of `whole` is; see the function of this name."""
        self._require(part)
        self._require(whole)
        return Money(reversed_so_far(self.minor, part=part.minor, whole=whole.minor), self.currency)

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        self._require(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return self + -other

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        if type(quantity) is not int:
            return NotImplemented
        return Money(self.minor * quantity, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._require(other)
        return self.minor < other.minor

    @override
    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _require(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(expected=self.currency, given=other.currency)
