"""Stripe's setup intents: the saving of cards."""

from typing import Final

from marketplace.gateway.models import SandboxSetup
from marketplace.gateway.sandbox import setups, shapes, tries
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.cards import CONFIRMATION, chosen, outcome
from marketplace.gateway.sandbox.stripe_api.finding import one

THING: Final = "setup_intent"


def _create(asked: Asked) -> Body:
    setup = setups.open_setup(asked.given["customer"], metadata=asked.given.get("metadata", {}))
    return shapes.of(setup)


def _retrieve(asked: Asked) -> Body:
    return shapes.of(_known(asked))


def _confirm(asked: Asked) -> Body:
    setup = _known(asked)
    if asked.is_public:
        tries.count_payment(setup.ref)
    confirmed = setups.confirm(
        setup.ref,
        client_secret=setup.client_secret,
        card=chosen(asked),
        return_url=asked.given.get("return_url", ""),
    )
    return outcome(confirmed, THING)


def _cancel(asked: Asked) -> Body:
    return shapes.of(setups.cancel(asked.refs[0]))


def _known(asked: Asked) -> SandboxSetup:
    """The saving; a browser has to know its secret. Raises Fault or ProviderRefused where there is none."""
    ref = asked.refs[0]
    if asked.is_public:
        return setups.find(ref, client_secret=asked.given.get("client_secret", ""))
    return one(SandboxSetup.objects.select_related("customer", "card"), ref, thing=THING)


OPERATIONS: Final = (
    Operation(
        method="POST",
        path="setup_intents",
        run=_create,
        fields={
            "automatic_payment_methods": fields.AUTOMATIC,
            "customer": fields.text,
            "metadata": fields.metadata,
            "usage": fields.one_of("off_session"),
        },
        required={"customer"},
    ),
    Operation(
        method="GET",
        path="setup_intents/*",
        run=_retrieve,
        fields={"client_secret": fields.text},
        is_for_browsers=True,
    ),
    Operation(
        method="POST",
        path="setup_intents/*/confirm",
        run=_confirm,
        fields=CONFIRMATION,
        is_for_browsers=True,
        commits=True,
    ),
    Operation(method="POST", path="setup_intents/*/cancel", run=_cancel),
)
