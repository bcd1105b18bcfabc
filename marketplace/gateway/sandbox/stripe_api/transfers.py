"""Stripe's transfers and their reversals."""

from typing import Final

from django.db.models import QuerySet

from marketplace.gateway.minor_units import money_of, sayable
from marketplace.gateway.models import SandboxReversal, SandboxTransfer
from marketplace.gateway.sandbox import shapes, transfers
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page
from marketplace.kernel.money import Money

THING: Final = "transfer"


def _create(asked: Asked) -> Body:
    given = asked.given
    made = transfers.transfer(
        given["destination"],
        amount=sayable(money_of(given["amount"], given["currency"])),
        charge_ref=given.get("source_transaction"),
        group=given.get("transfer_group", ""),
        metadata=given.get("metadata", {}),
    )
    return shapes.of(made)


def _retrieve(asked: Asked) -> Body:
    return shapes.of(one(_rows(), asked.refs[0], thing=THING))


def _list(asked: Asked) -> Body:
    rows = _rows()
    for name, lookup in (("destination", "account__ref"), ("transfer_group", "group")):
        if name in asked.given:
            rows = rows.filter(**{lookup: asked.given[name]})
    return page(rows, asked, url="transfers", shape=shapes.of)


def _reverse(asked: Asked) -> Body:
    """All that is left of it, where no amount is named."""
    sent = one(_rows(), asked.refs[0], thing=THING)
    amount = Money(sent.amount_minor - sent.reversed_minor, sent.currency)
    if "amount" in asked.given:
        amount = sayable(money_of(asked.given["amount"], sent.currency))
    made = transfers.reverse(sent.ref, amount=amount, metadata=asked.given.get("metadata", {}))
    return shapes.of(made)


def _reversals(asked: Asked) -> Body:
    sent = one(_rows(), asked.refs[0], thing=THING)
    rows = SandboxReversal.objects.filter(transfer=sent).select_related("transfer")
    return page(rows, asked, url=f"transfers/{sent.ref}/reversals", shape=shapes.of)


def _rows() -> "QuerySet[SandboxTransfer]":
    return SandboxTransfer.objects.select_related("account", "charge")


PAGE: Final = {name: kind for name, kind in fields.LIST.items() if name != "created"}
OPERATIONS: Final = (
    Operation(
        method="POST",
        path="transfers",
        run=_create,
        fields={
            "amount": fields.integer,
            "currency": fields.currency,
            "destination": fields.text,
            "metadata": fields.metadata,
            "source_transaction": fields.text,
            "transfer_group": fields.text,
        },
        required={"amount", "currency", "destination"},
    ),
    Operation(
        method="GET",
        path="transfers",
        run=_list,
        fields={**fields.LIST, "destination": fields.text, "transfer_group": fields.text},
    ),
    Operation(method="GET", path="transfers/*", run=_retrieve),
    Operation(
        method="POST",
        path="transfers/*/reversals",
        run=_reverse,
        fields={"amount": fields.integer, "metadata": fields.metadata},
    ),
    Operation(method="GET", path="transfers/*/reversals", run=_reversals, fields=PAGE),
)
