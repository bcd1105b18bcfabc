"""Which tax is due where: a protocol, and the table it begins with.

Prices are net: the tax of the destination comes on top, rounded per line (costing.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings

from checkout.costing import NO_TAX


class TaxRates(Protocol):
    """Whatever knows the rate at a destination."""

    def bps(self, country: str) -> int:
        """The rate in basis points where goods go to this country (ISO 3166-1 alpha-2)."""
        ...


@dataclass(frozen=True)
class TaxTable:
    """One rate for a country; none for a country that is not named."""

    rates: Mapping[str, int] = field(default_factory=dict)

    def bps(self, country: str) -> int:
        return self.rates.get(country, NO_TAX)


def tax_rates() -> TaxRates:
    """The rates of this installation: the table of the setting TAX_RATES."""
    return TaxTable(settings.TAX_RATES)
