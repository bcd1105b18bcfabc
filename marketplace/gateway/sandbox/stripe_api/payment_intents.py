"""Stripe's payment intents."""

from typing import Final

from marketplace.gateway.minor_units import money_of, sayable
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.sandbox import intents, shapes
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.faults import missing
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page

THING: Final = "payment_intent"


def _create(asked: Asked) -> Body:
    given = asked.given
    intent = intents.open_intent(
        amount=sayable(money_of(given["amount"], given["currency"])),
        metadata=given.get("metadata", {}),
        email=given.get("receipt_email", ""),
    )
    return shapes.of(intent)


def _retrieve(asked: Asked) -> Body:
    return shapes.of(_known(asked))


def _cancel(asked: Asked) -> Body:
    return shapes.of(intents.cancel(asked.refs[0]))


def _list(asked: Asked) -> Body:
    return page(SandboxIntent.objects.all(), asked, url="payment_intents", shape=shapes.of)


def _known(asked: Asked) -> SandboxIntent:
    """The payment; a browser has to know its secret."""
    ref = asked.refs[0]
    if not asked.is_public:
        return one(SandboxIntent.objects.all(), ref, thing=THING)
    intent = SandboxIntent.objects.filter(ref=ref, client_secret=asked.given.get("client_secret", "")).first()
    if intent is None:
        raise missing(THING, ref)
    return intent


OPERATIONS: Final = (
    Operation(
        method="POST",
        path="payment_intents",
        run=_create,
        fields={
            "amount": fields.integer,
            "automatic_payment_methods": fields.inside(
                {"enabled": fields.boolean, "allow_redirects": fields.one_of("always", "never")},
                required={"enabled"},
            ),
            "currency": fields.currency,
            "metadata": fields.metadata,
            "receipt_email": fields.text,
        },
        required={"amount", "currency"},
    ),
    Operation(method="GET", path="payment_intents", run=_list, fields=fields.LIST),
    Operation(
        method="GET",
        path="payment_intents/*",
        run=_retrieve,
        fields={"client_secret": fields.text},
        is_for_browsers=True,
    ),
    Operation(method="POST", path="payment_intents/*/cancel", run=_cancel),
)
