"""The webhooks of the sandbox: how an event is written, signed, and read again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import GatewayEvent, UntrustedEvent
from marketplace.gateway.sandbox import signatures
from marketplace.kernel import clock

PROVIDER: Final = "sandbox"
API_VERSION: Final = "2026-11-01.sandbox"
OBJECT_TYPES: Final = frozenset(
    {
        "account",
        "charge",
        "customer",
        "dispute",
        "payment_intent",
        "payment_method",
        "payout",
        "radar.early_fraud_warning",
        "refund",
        "setup_intent",
        "transfer",
    }
)


def secrets() -> list[str]:
    """What webhooks are signed with and known by: one for each secret key of the site, the newest first."""
    return [
        salted_hmac("gateway.sandbox.webhooks", "", secret=key, algorithm="sha256").hexdigest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def body(event: SandboxEvent) -> bytes:
    """An event as it is sent; the same bytes each time."""
    content = {
        "id": event.ref,
        "object": "event",
        "type": event.type,
        "api_version": API_VERSION,
        "livemode": event.is_live,
        "account": event.account_ref,
        "created": int(event.created_at.timestamp()),
        "data": {"object": event.content},
    }
    return json.dumps(content, separators=(",", ":"), sort_keys=True).encode()


def headers(event: SandboxEvent) -> dict[str, str]:
    """What goes with the body when it is sent now."""
    signature = signatures.sign(body(event), secrets=secrets(), at=clock.now())
    return {"Content-Type": "application/json", signatures.HEADER: signature}


def event_of(row: SandboxEvent) -> GatewayEvent:
    """An event as its receiver knows it."""
    return GatewayEvent(
        provider=PROVIDER,
        id=row.ref,
        type=row.type,
        account=row.account_ref,
        is_live=row.is_live,
        object_type=row.object_type,
        object_ref=row.object_ref,
        created_at=row.created_at,
    )


def opened(raw: bytes, given: Mapping[str, str]) -> GatewayEvent:
    """The event of a body, once its signature is found right.

    Raises UntrustedEvent. Nothing of the body is read before.
    """
    header = {name.lower(): value for name, value in given.items()}.get(signatures.HEADER.lower(), "")
    if not signatures.is_genuine(raw, header, secrets=secrets(), now=clock.now()):
        raise UntrustedEvent("the signature is missing, wrong or too old")
    try:
        return _received(json.loads(raw))
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as fault:
        raise UntrustedEvent("the body is signed, and no event") from fault


def _received(body: Any) -> GatewayEvent:
    """Raises ValueError, TypeError, LookupError or OverflowError for what is no event of ours."""
    subject = body["data"]["object"]
    texts = (body["id"], body["type"], body["account"], subject["object"], subject["id"])
    if not all(isinstance(each, str) for each in texts) or subject["object"] not in OBJECT_TYPES:
        raise TypeError("an event names itself and its object")
    if body["api_version"] != API_VERSION or body["livemode"] not in {True, False}:
        raise ValueError("another version")
    return GatewayEvent(
        provider=PROVIDER,
        id=body["id"],
        type=body["type"],
        account=body["account"],
        is_live=body["livemode"],
        object_type=subject["object"],
        object_ref=subject["id"],
        created_at=datetime.fromtimestamp(body["created"], UTC),
    )
