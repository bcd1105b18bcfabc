"""Money as whole minor units of one currency. No float, no mixing, no lost cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from typing_extensions import override

# ISO 4217: the currencies whose minor unit is not a hundredth.
ZERO_DECIMAL: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
BASIS_POINTS: Final = 10_000


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole minor units (cents, yen, fils) of one currency."""

    minor: int
    currency: str
