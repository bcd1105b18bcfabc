"""Webhooks of Stripe: which are believed, at which address, by which secret."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from stripe import WebhookSignature

from marketplace.gateway.provider import GatewayEvent, PaymentProvider, UntrustedEvent
from marketplace.gateway.stripe.provider import StripeProvider
from tests.support import wire

NEW, OLD = wire.WEBHOOK_SECRETS
CONNECT = wire.CONNECT_SECRETS[0]
EVENT = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1_790_000_000,
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    "livemode": False,
    "type": "payment_intent.succeeded",
}


@pytest.fixture(autouse=True)
def _stripe() -> Iterator[None]:
    with wire.stripe_at("http://localhost"):
        yield


def opened(
    content: Any, *, secret: str = NEW, age: int = 0, raw: bytes = b"", is_connect: bool = False
) -> GatewayEvent:
    """The event of a body that is signed so."""
    body = json.dumps(content)
    signature = WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)
    provider: PaymentProvider = StripeProvider()
    return provider.verify_webhook(
        raw or body.encode(), {"Stripe-Signature": signature}, is_connect=is_connect
    )


def test_an_event_is_believed_by_any_secret_of_its_address() -> None:
    event = opened(EVENT)
    assert (event.provider, event.id, event.type) == ("stripe", "evt_1", "payment_intent.succeeded")
    assert (event.object_type, event.object_ref, event.account) == ("payment_intent", "pi_1", "")
    assert opened(EVENT, secret=OLD) == event
    connected = opened(EVENT | {"account": "acct_1"}, secret=CONNECT, is_connect=True)
    assert connected.account == "acct_1"


@pytest.mark.parametrize(
    ("content", "how"),
    [
        pytest.param(EVENT, {"secret": "whsec_other"}, id="another secret"),
        pytest.param(EVENT, {"secret": CONNECT}, id="the secret of the other address"),
        pytest.param(EVENT, {"age": 301}, id="too old"),
        pytest.param(EVENT, {"age": -301}, id="of the future"),
        pytest.param(EVENT, {"raw": json.dumps(EVENT, indent=1).encode()}, id="written anew"),
        pytest.param(EVENT, {"raw": b"\xff"}, id="no text"),
        pytest.param(EVENT | {"livemode": True}, {}, id="of the other mode"),
        pytest.param(EVENT | {"api_version": "2020-08-27"}, {}, id="of another version"),
        pytest.param(EVENT | {"account": "acct_1"}, {}, id="of an account, at the platform's address"),
        pytest.param(EVENT, {"secret": CONNECT, "is_connect": True}, id="the platform's, at the accounts'"),
        pytest.param(EVENT | {"object": "v2.core.event"}, {}, id="thin"),
        pytest.param(EVENT | {"data": {}}, {}, id="about nothing"),
        pytest.param([], {}, id="no object"),
    ],
)
def test_every_other_webhook_is_not_believed(content: Any, how: dict[str, Any]) -> None:
    with pytest.raises(UntrustedEvent):
        opened(content, **how)


@pytest.mark.parametrize(
    "header",
    # The name is the same in every process, whatever time it is.
    ["", "t=1", "v1=a", "t=,v1=", "garbled", pytest.param(f"t={int(time.time())},v0=a", id="another scheme")],
)
def test_a_header_that_cannot_be_read_is_not_believed(header: str) -> None:
    with pytest.raises(UntrustedEvent):
        StripeProvider().verify_webhook(json.dumps(EVENT).encode(), {"Stripe-Signature": header})
