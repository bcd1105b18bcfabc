"""How often cards are tried, whichever face of the sandbox they come by."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from marketplace.kernel import rates
from marketplace.kernel.client_address import client_address, site_of

PERIOD: Final = timedelta(minutes=1)
# Behind one address there may be an office.
BUYERS_AT_AN_ADDRESS: Final = 10


def count_address(request: HttpRequest) -> None:
    """Count a try from where it comes. Raises RateLimited."""
    site = site_of(client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES))
    _count("card_by_address", site, limit=settings.PAYMENTS_A_MINUTE * BUYERS_AT_AN_ADDRESS)


def count_payment(ref: str) -> None:
    """Count a try at a payment, or at the saving of a card. Raises RateLimited."""
    _count("card_by_payment", ref, limit=settings.PAYMENTS_A_MINUTE)


def _count(name: str, identity: str, *, limit: int) -> None:
    """Where the limit is 0 there is none."""
    if limit:
        rates.hit(rates.Rule(name=name, limit=limit, period=PERIOD), identity)
