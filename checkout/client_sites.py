"""Which orders come from one internet connection, told without keeping where that is. No database."""

from datetime import timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from marketplace.kernel.client_address import UNKNOWN, site_of

# The rule looks an hour around a payment; what banks take longer over is not looked at by it.
KEPT_FOR: Final = timedelta(days=2)
LENGTH: Final = 32
_SALT: Final = "checkout.client_site"


def mark_of(address: str) -> str:
    """A mark that equal connections have in common; empty where the client is not known.

    Keyed by SECRET_KEY, so that who has the table cannot try out addresses, and with that it changes. An
    IPv4 address stands for itself: a wider net would take strangers for one. Of IPv6 a client has a /64.
    """
    if address in {"", UNKNOWN}:
        return ""
    return salted_hmac(_SALT, site_of(address), algorithm="sha256").hexdigest()[:LENGTH]
