"""Stripe's charges: the attempts to take the money of a payment."""

from typing import Final

from marketplace.gateway.models import SandboxCharge
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page


def _retrieve(asked: Asked) -> Body:
    return shapes.of(one(SandboxCharge.objects.select_related("intent"), asked.refs[0], thing="charge"))


def _list(asked: Asked) -> Body:
    rows = SandboxCharge.objects.select_related("intent")
    if "payment_intent" in asked.given:
        rows = rows.filter(intent__ref=asked.given["payment_intent"])
    return page(rows, asked, url="charges", shape=shapes.of)


OPERATIONS: Final = (
    Operation(method="GET", path="charges", run=_list, fields={**fields.LIST, "payment_intent": fields.text}),
    Operation(method="GET", path="charges/*", run=_retrieve),
)
