"""Stripe's events: what happened, with the object as it was then."""

from typing import Any, Final

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.callers import API_VERSION
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page


def shape(row: SandboxEvent) -> dict[str, Any]:
    """An event as Stripe sends it and shows it."""
    return {
        "id": row.ref,
        "object": "event",
        "api_version": API_VERSION,
        "created": int(row.created_at.timestamp()),
        "data": {"object": row.content},
        "livemode": row.is_live,
        "pending_webhooks": 0 if row.delivered_at else 1,
        "request": {"id": None, "idempotency_key": None},
        "type": row.type,
    }


def _retrieve(asked: Asked) -> Body:
    return shape(one(SandboxEvent.objects.all(), asked.refs[0], thing="event"))


def _list(asked: Asked) -> Body:
    rows = SandboxEvent.objects.all()
    if "delivery_success" in asked.given:
        rows = rows.filter(delivered_at__isnull=not asked.given["delivery_success"])
    if "type" in asked.given:
        rows = rows.filter(type=asked.given["type"])
    return page(rows, asked, url="events", shape=shape)


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
