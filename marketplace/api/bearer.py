"""`Authorization: Bearer`: who comes with a key of a vendor is that key, and nobody else.

What the browser brought along counts for nothing then: no session, no user, no cookie, neither read nor set.
A key that is wrong, revoked or ended is refused; it never falls back to who is signed in.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from marketplace.api import rates
from marketplace.api.errors import TransportError
from marketplace.kernel import audit
from marketplace.kernel.errors import RateLimited
from vendors.models import KeyVisitor
from vendors.operations.keys import see_key
from vendors.selectors import visitor_of_key

COOKIE_TO_SET = "CSRF_COOKIE_NEEDS_UPDATE"


def key_of(request: HttpRequest) -> KeyVisitor | None:
    """The key of a request that brings one, and the request without its browser; None for all others.

    Side effects: one statement to find the key, one to count it, one a minute to note that it is in use.
    Raises TransportError.
    """
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    _forget_browser(request)
    key = visitor_of_key(secret.strip())
    if key is None:
        message = "This is no key of ours, or it was revoked, or it has ended."
        raise TransportError(401, "INVALID_API_KEY", message, headers={"WWW-Authenticate": "Bearer"})
    try:
        rates.count_key(key)
    except RateLimited as refusal:
        seconds = refusal.retry_after
        raise TransportError(
            429, refusal.code, refusal.message, headers={"Retry-After": str(seconds)}, retryAfter=seconds
        ) from refusal
    see_key(key)
    return key


@contextmanager
def acting_by(request: HttpRequest, key: KeyVisitor | None) -> Iterator[None]:
    """Let the audit table know by which key, if any, is done what is done inside."""
    if key is None:
        yield
        return
    with audit.by_key(key.key.pk):
        yield
    request.META.pop(COOKIE_TO_SET, None)


def _forget_browser(request: HttpRequest) -> None:
    request.COOKIES = {}
    request.META.pop("CSRF_COOKIE", None)
    request.session = type(request.session)()
    request.user = AnonymousUser()
