"""A web server in a thread, on the test's own connection: real HTTP inside the test's transaction.

Requests may ask the server in their turn, as when an operation speaks to Stripe at the sandbox's face. They
share one connection, so they have to take turns: nothing here may race.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import override_settings
from typing_extensions import override

from marketplace.gateway import registry
from marketplace.gateway.provider import PaymentProvider

SECRET_KEY: Final = "sk_test_sandbox"
PUBLISHABLE_KEY: Final = "pk_test_sandbox"
WEBHOOK_SECRETS: Final = ("whsec_new", "whsec_old")
CONNECT_SECRETS: Final = ("whsec_connect",)

_KEYS: Final = {
    "test": {"publishable": PUBLISHABLE_KEY, "secret": SECRET_KEY},
    "live": {"publishable": "", "secret": ""},
}


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    shared: Any = None

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        connections["default"] = self.shared
        super().process_request_thread(request, client_address)


class _Quiet(WSGIRequestHandler):
    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    """The address of a server that answers until the block ends; it is the SITE_URL meanwhile."""
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        shared: Any = connections["default"]
        server.shared = shared
        server.set_app(WSGIHandler())
        shared.inc_thread_sharing()
        # The end of a request is no end of the test's transaction.
        shared.close_if_unusable_or_obsolete = lambda: None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            with override_settings(SITE_URL=address):
                yield address
        finally:
            server.shutdown()
            thread.join()
            del shared.close_if_unusable_or_obsolete
            shared.dec_thread_sharing()


@contextmanager
def stripe_at(address: str) -> Iterator[None]:
    """Let new payments go to Stripe, which is the sandbox's face at this address."""
    with override_settings(
        PAYMENT_PROVIDERS={
            "sandbox": "marketplace.gateway.sandbox.provider.SandboxProvider",
            "stripe": "marketplace.gateway.stripe.provider.StripeProvider",
        },
        PAYMENT_PROVIDER="stripe",
        STRIPE_DEBUG=True,
        STRIPE_API_KEYS=_KEYS,
        STRIPE_WEBHOOK_SECRETS=WEBHOOK_SECRETS,
        STRIPE_CONNECT_WEBHOOK_SECRETS=CONNECT_SECRETS,
        STRIPE_API_BASE=f"{address}/sandbox/stripe",
    ):
        yield


def environment() -> dict[str, str]:
    """What a process of its own is told, so that it speaks to the same provider."""
    if settings.PAYMENT_PROVIDER != "stripe":
        return {}
    return {
        "PAYMENT_PROVIDER": "stripe",
        "SITE_URL": settings.SITE_URL,
        "STRIPE_API_BASE": settings.STRIPE_API_BASE,
        "STRIPE_TEST_SECRET_KEY": SECRET_KEY,
        "STRIPE_TEST_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRETS": ",".join(WEBHOOK_SECRETS),
        "STRIPE_CONNECT_WEBHOOK_SECRETS": ",".join(CONNECT_SECRETS),
    }


@contextmanager
def paying_by(name: str, address: str = "") -> Iterator[PaymentProvider]:
    """Let new payments go to this provider; Stripe is at this address, or at a server within the test."""
    with ExitStack() as until:
        if name == "stripe":
            until.enter_context(stripe_at(address or until.enter_context(site())))
        if address or name != "stripe":
            until.enter_context(override_settings(SITE_URL=address or "http://localhost:8000"))
        yield registry.default()
