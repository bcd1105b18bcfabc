"""Which provider moves the money.

New payments go to the one that PAYMENT_PROVIDER names. A payment remembers its provider by name and stays
with it, so that the setting can change while payments are open.
"""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel.errors import NotFound

SANDBOX = "sandbox"


def default() -> PaymentProvider:
    """The provider of new payments. Raises ImproperlyConfigured where it may not be used here."""
    return provider(settings.PAYMENT_PROVIDER)


def in_use() -> PaymentProvider:
    """The same, for who reads what is kept with it and asks it nothing: it may be one not allowed here."""
    return _made(settings.PAYMENT_PROVIDERS[settings.PAYMENT_PROVIDER])


def provider(name: str) -> PaymentProvider:
    """The provider of this name.

    Raises NotFound for an unknown name, and ImproperlyConfigured for the sandbox where it is not allowed:
    with DEBUG off, unless PAYMENTS_SANDBOX says so.
    """
    if name not in settings.PAYMENT_PROVIDERS:
        raise NotFound(thing="payment provider")
    if name == SANDBOX and not settings.IS_SANDBOX_ALLOWED:
        raise ImproperlyConfigured(
            "The payment sandbox lets anyone buy with test cards. Set DEBUG=true on your own machine, or "
            "PAYMENTS_SANDBOX=allow for a demonstration; otherwise choose another PAYMENT_PROVIDER."
        )
    return _made(settings.PAYMENT_PROVIDERS[name])


def browser_key(name: str) -> str:
    """What the script of a provider is started with in the buyer's browser; empty where it has none."""
    return _made(settings.PAYMENT_PROVIDERS[name]).browser_key if name in settings.PAYMENT_PROVIDERS else ""


@cache
def _made(path: str) -> PaymentProvider:
    adapter: PaymentProvider = import_string(path)()
    return adapter
