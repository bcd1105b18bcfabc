"""Who asks: the key of a Bearer header, the version, and the account it is for."""

import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from marketplace.gateway.sandbox.shapes import API_VERSION
from marketplace.gateway.sandbox.stripe_api.faults import Fault

MODE: Final = "test"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever holds one of our keys."""

    is_public: bool
    account: str


def identify(request: HttpRequest, *, sent_key: str = "") -> Caller:
    """Who asks. Raises Fault without a key of ours, for another version, and for a live key.

    A browser may send the publishable key as a parameter, `sent_key`.
    """
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    pair = settings.STRIPE_API_KEYS[MODE]
    given = bearer or sent_key
    if not given:
        raise Fault("You did not provide an API key.", status=401)
    is_secret, is_public = (_is_same(given, pair[kind]) for kind in ("secret", "publishable"))
    if not (is_secret or is_public) or (is_secret and not bearer):
        raise Fault(f"Invalid API Key provided: {given[:8]}****", status=401, code="api_key_invalid")
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise Fault(f"Invalid Stripe API version: {version}", code="invalid_api_version")
    return Caller(is_public=not is_secret, account=request.headers.get("Stripe-Account", ""))


def _is_same(given: str, right: str) -> bool:
    """Without a key in the settings nobody has it."""
    return bool(right) and secrets.compare_digest(given.encode(), right.encode())
