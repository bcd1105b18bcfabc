"""Stripe's disputes, and what is said against them."""

from typing import Final

from django.db.models import QuerySet

from marketplace.gateway.models import SandboxDispute
from marketplace.gateway.sandbox import disputes, shapes
from marketplace.gateway.sandbox.shapes.disputes import EVIDENCE, FILES
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page

THING: Final = "dispute"


def _retrieve(asked: Asked) -> Body:
    return shapes.of(one(_rows(), asked.refs[0], thing=THING))


def _list(asked: Asked) -> Body:
    rows = _rows()
    for name, lookup in (("charge", "charge__ref"), ("payment_intent", "charge__intent__ref")):
        if name in asked.given:
            rows = rows.filter(**{lookup: asked.given[name]})
    return page(rows, asked, url="disputes", shape=shapes.of)


def _update(asked: Asked) -> Body:
    """Evidence is sent at once unless it is said otherwise, as with Stripe."""
    held = disputes.answer(
        one(_rows(), asked.refs[0], thing=THING).ref,
        evidence=asked.given.get("evidence", {}),
        is_final=asked.given.get("submit", True),
    )
    return shapes.of(held)


def _close(asked: Asked) -> Body:
    """Accept it: the bank keeps what it took."""
    return shapes.of(disputes.decide(one(_rows(), asked.refs[0], thing=THING).ref, wins=False))


def _rows() -> "QuerySet[SandboxDispute]":
    return SandboxDispute.objects.select_related("charge__intent")


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="disputes",
        run=_list,
        fields={**fields.LIST, "charge": fields.text, "payment_intent": fields.text},
    ),
    Operation(method="GET", path="disputes/*", run=_retrieve),
    Operation(
        method="POST",
        path="disputes/*",
        run=_update,
        fields={
            "evidence": fields.inside({name: fields.long_text for name in EVIDENCE if name not in FILES}),
            "submit": fields.boolean,
        },
    ),
    Operation(method="POST", path="disputes/*/close", run=_close, commits=True),
)
