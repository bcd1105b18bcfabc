"""Stripe's refunds."""

from typing import Final

from marketplace.gateway.minor_units import money_of, sayable
from marketplace.gateway.models import SandboxCharge, SandboxRefund
from marketplace.gateway.models.sandbox import ChargeState
from marketplace.gateway.sandbox import refunds, shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault, missing, missing_parameter
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page
from marketplace.kernel.money import Money


def _create(asked: Asked) -> Body:
    given = asked.given
    charge = _charge_of(asked)
    left = charge.amount_minor - charge.refunded_minor
    if left == 0:
        raise Fault("Charge has already been refunded.", code="charge_already_refunded")
    amount = Money(left, charge.currency)
    if "amount" in given:
        amount = sayable(money_of(given["amount"], charge.currency))
    return shapes.of(refunds.refund(charge.ref, amount=amount, metadata=given.get("metadata", {})))


def _retrieve(asked: Asked) -> Body:
    rows = SandboxRefund.objects.select_related("charge__intent")
    return shapes.of(one(rows, asked.refs[0], thing="refund"))


def _list(asked: Asked) -> Body:
    rows = SandboxRefund.objects.select_related("charge__intent")
    for name, lookup in (("charge", "charge__ref"), ("payment_intent", "charge__intent__ref")):
        if name in asked.given:
            rows = rows.filter(**{lookup: asked.given[name]})
    return page(rows, asked, url="refunds", shape=shapes.of)


def _charge_of(asked: Asked) -> SandboxCharge:
    taken = SandboxCharge.objects.filter(status=ChargeState.SUCCEEDED)
    if "charge" in asked.given:
        return one(taken, asked.given["charge"], thing="charge", param="charge")
    if "payment_intent" not in asked.given:
        raise missing_parameter("payment_intent")
    ref = asked.given["payment_intent"]
    charge = taken.filter(intent__ref=ref).first()
    if charge is None:
        raise missing("payment_intent", ref, param="payment_intent")
    return charge


OF: Final = {"charge": fields.text, "payment_intent": fields.text}
OPERATIONS: Final = (
    Operation(
        method="POST",
        path="refunds",
        run=_create,
        fields={
            **OF,
            "amount": fields.integer,
            "metadata": fields.metadata,
            "reason": fields.one_of("duplicate", "fraudulent", "requested_by_customer"),
        },
    ),
    Operation(method="GET", path="refunds", run=_list, fields={**fields.LIST, **OF}),
    Operation(method="GET", path="refunds/*", run=_retrieve),
)
