"""Stripe's events: what happened, with the object as it was then."""

from typing import Final

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page


def _retrieve(asked: Asked) -> Body:
    return shapes.of_event(one(SandboxEvent.objects.all(), asked.refs[0], thing="event"))


def _list(asked: Asked) -> Body:
    """Those of the platform alone, or of the connected account that is acted for."""
    rows = SandboxEvent.objects.filter(account_ref=asked.account)
    if "delivery_success" in asked.given:
        rows = rows.filter(delivered_at__isnull=not asked.given["delivery_success"])
    if "type" in asked.given:
        rows = rows.filter(type=asked.given["type"])
    return page(rows, asked, url="events", shape=shapes.of_event)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="events",
        run=_list,
        fields={**fields.LIST, "delivery_success": fields.boolean, "type": fields.text},
        is_for_accounts=True,
    ),
    Operation(method="GET", path="events/*", run=_retrieve, is_for_accounts=True),
)
