"""Stripe's early fraud warnings."""

from typing import Final

from django.db.models import QuerySet

from marketplace.gateway.models import SandboxFraudWarning
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page

THING: Final = "early_fraud_warning"
PLACE: Final = "radar/early_fraud_warnings"


def _retrieve(asked: Asked) -> Body:
    return shapes.of(one(_rows(), asked.refs[0], thing=THING))


def _list(asked: Asked) -> Body:
    rows = _rows()
    for name, lookup in (("charge", "charge__ref"), ("payment_intent", "charge__intent__ref")):
        if name in asked.given:
            rows = rows.filter(**{lookup: asked.given[name]})
    return page(rows, asked, url=PLACE, shape=shapes.of)


def _rows() -> "QuerySet[SandboxFraudWarning]":
    return SandboxFraudWarning.objects.select_related("charge__intent")


OPERATIONS: Final = (
    Operation(
        method="GET",
        path=PLACE,
        run=_list,
        fields={**fields.LIST, "charge": fields.text, "payment_intent": fields.text},
    ),
    Operation(method="GET", path=f"{PLACE}/*", run=_retrieve),
)
