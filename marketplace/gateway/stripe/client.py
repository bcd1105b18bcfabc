"""How Stripe is called: the version, the waiting, the trying again, and what its errors mean to us."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import requests
import stripe
from django.conf import settings
from django.db import transaction
from stripe import RequestsClient, StripeClient

from marketplace.gateway.provider import Misconfigured, ProviderError, ProviderRefused, ProviderUnavailable

# What this package was written against: Stripe answers in this version, and events come in it.
API_VERSION: Final = "2026-10-28.endive"
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 20.0
# After a lost connection, a 409 or a 5xx; each sends the key again, so nothing is done twice. The library's
# own default does not reach a client.
RETRIES: Final = 2
PAGE: Final = 100

REVOKED: Final = "account_invalid"
# Stripe's codes that have a name of ours in the port; every other is passed on.
_CODES: Final[Mapping[str, str]] = {
    "payment_intent_unexpected_state": "unexpected_state",
    "setup_intent_unexpected_state": "unexpected_state",
}


def mode() -> str:
    """Which pair of keys is used."""
    return "test" if settings.STRIPE_DEBUG else "live"


@contextmanager
def speaking() -> Iterator[StripeClient]:
    """Call Stripe inside the block.

    Raises RuntimeError inside a transaction, which would be held while Stripe takes its time and could not
    take back what it did. Of Stripe's errors, `translated` makes ours.
    """
    with transaction.atomic(durable=True, savepoint=False):
        """Nothing: the check is all."""
    try:
        yield _client(settings.STRIPE_API_KEYS[mode()]["secret"], settings.STRIPE_API_BASE)
    except stripe.StripeError as error:
        raise translated(error) from error


def translated(error: stripe.StripeError) -> ProviderError:
    """What an error of Stripe's is to us."""
    code = code_of(error)
    if code == REVOKED:
        return ProviderRefused(code, "The account does not let us in.")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Misconfigured(str(error))
    if isinstance(error, stripe.IdempotencyError):
        return ProviderRefused("idempotency_key_reused", "This key came with other parameters before.")
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        return ProviderRefused(code or "invalid_request", error.user_message or "")
    return ProviderUnavailable(str(error))


def code_of(error: stripe.StripeError) -> str:
    """Why, in one word: the bank's where it has one."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error")
    told = told if isinstance(told, dict) else {}
    code = str(told.get("decline_code") or told.get("code") or "")
    return _CODES.get(code, code)


def options(key: str = "", *, account: str = "") -> Any:
    """The options of a call: its key, and the connected account it is made for."""
    named = {"idempotency_key": key, "stripe_account": account}
    return {name: value for name, value in named.items() if value}


@cache
def _client(key: str, address: str) -> StripeClient:
    """One for all threads, with one pool of connections: a thread of the web server may not live long."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": address},
        max_network_retries=RETRIES,
        http_client=RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS), session=session),
    )
