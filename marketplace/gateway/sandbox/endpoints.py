"""Who hears of the sandbox's events: our own address, or those of the table, each in its shape."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from marketplace.gateway.models import SandboxEndpoint, SandboxEvent
from marketplace.gateway.models.sandbox import EventShape
from marketplace.gateway.sandbox import shapes, signatures, webhooks
from marketplace.kernel import clock


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address that hears events."""

    url: str
    secrets: Sequence[str]
    shape: EventShape

    def body(self, event: SandboxEvent) -> bytes:
        """An event as it is sent here; the same bytes each time."""
        if self.shape == EventShape.SANDBOX:
            return webhooks.body(event)
        return json.dumps(shapes.of_event(event), separators=(",", ":"), sort_keys=True).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        """What goes with the body when it is sent now."""
        name = signatures.HEADER if self.shape == EventShape.SANDBOX else signatures.STRIPE_HEADER
        signature = signatures.sign(body, secrets=self.secrets, at=clock.now())
        return {"Content-Type": "application/json", name: signature}


def hearing(event: SandboxEvent) -> Sequence[Endpoint]:
    """Who hears of this event: those for connected accounts of theirs alone, and the others of the rest.

    Without a table it is our own address, which hears of all.
    """
    rows = list(SandboxEndpoint.objects.all())
    if not rows:
        own = f"{settings.SITE_URL}/webhooks/{webhooks.PROVIDER}"
        return [Endpoint(url=own, secrets=webhooks.secrets(), shape=EventShape.SANDBOX)]
    return [
        Endpoint(url=row.url, secrets=row.secrets, shape=EventShape(row.shape))
        for row in rows
        if row.is_connect is bool(event.account_ref)
    ]
