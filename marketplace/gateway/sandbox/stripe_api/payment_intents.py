"""Stripe's payment intents."""

from typing import Any, Final

from marketplace.gateway.minor_units import money_of, sayable
from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.sandbox import intents, shapes, tries
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.cards import CONFIRMATION, chosen, outcome
from marketplace.gateway.sandbox.stripe_api.faults import Fault, invalid, missing_parameter
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page

THING: Final = "payment_intent"


def _create(asked: Asked) -> Body:
    given = asked.given
    opening: dict[str, Any] = {
        "amount": sayable(money_of(given["amount"], given["currency"])),
        "metadata": given.get("metadata", {}),
        "email": given.get("receipt_email", ""),
        "customer_ref": given.get("customer", ""),
        "group": given.get("transfer_group", ""),
    }
    if given.get("confirm"):
        return _charge(asked, opening)
    for name in ("off_session", "payment_method"):
        if given.get(name):
            raise invalid(name, f"The parameter {name} is taken with confirm alone.")
    intent = intents.open_intent(**opening, saves_card="setup_future_usage" in given)
    return shapes.of(intent)


def _charge(asked: Asked, opening: dict[str, Any]) -> Body:
    """Open and confirm at once, which the sandbox does off session alone. Raises Fault for a decline."""
    given = asked.given
    if "setup_future_usage" in given or not given.get("off_session"):
        raise invalid("off_session", "A payment that is confirmed at once is off session, and saves no card.")
    for name in ("customer", "payment_method"):
        if not given.get(name):
            raise missing_parameter(name)
    return outcome(intents.charge_kept(**opening, card_ref=given["payment_method"]), THING)


def _retrieve(asked: Asked) -> Body:
    return shapes.of(_known(asked))


def _update(asked: Asked) -> Body:
    intent = one(_rows(), asked.refs[0], thing=THING)
    if "amount" not in asked.given:
        return shapes.of(intent)
    amount = sayable(money_of(asked.given["amount"], intent.currency))
    return shapes.of(intents.update(intent.ref, amount=amount))


def _confirm(asked: Asked) -> Body:
    intent = _known(asked)
    if asked.is_public:
        tries.count_payment(intent.ref)
    if not asked.is_public and "return_url" not in asked.given:
        raise Fault(
            "A payment whose methods may redirect is confirmed with a return_url.", param="return_url"
        )
    confirmed = intents.confirm(
        intent.ref,
        client_secret=intent.client_secret,
        card=chosen(asked),
        return_url=asked.given.get("return_url", ""),
    )
    return outcome(confirmed, THING)


def _cancel(asked: Asked) -> Body:
    """Stripe, other than the port, refuses what is closed already."""
    intent = one(_rows(), asked.refs[0], thing=THING)
    if intent.status == "canceled":
        raise Fault("This PaymentIntent is canceled.", code=f"{THING}_unexpected_state")
    return shapes.of(intents.cancel(intent.ref))


def _list(asked: Asked) -> Body:
    rows = _rows()
    if "customer" in asked.given:
        rows = rows.filter(customer__ref=asked.given["customer"])
    return page(rows, asked, url="payment_intents", shape=shapes.of)


def _rows() -> Any:
    return SandboxIntent.objects.select_related("customer", "card")


def _known(asked: Asked) -> SandboxIntent:
    """The payment; a browser has to know its secret. Raises Fault or ProviderRefused where there is none."""
    ref = asked.refs[0]
    if asked.is_public:
        return intents.find(ref, client_secret=asked.given.get("client_secret", ""))
    intent: SandboxIntent = one(_rows(), ref, thing=THING)
    return intent


OPERATIONS: Final = (
    Operation(
        method="POST",
        path="payment_intents",
        run=_create,
        fields={
            "amount": fields.integer,
            "automatic_payment_methods": fields.AUTOMATIC,
            "confirm": fields.boolean,
            "currency": fields.currency,
            "customer": fields.text,
            "metadata": fields.metadata,
            "off_session": fields.boolean,
            "payment_method": fields.text,
            "receipt_email": fields.text,
            "setup_future_usage": fields.one_of("off_session"),
            "transfer_group": fields.text,
        },
        required={"amount", "currency"},
    ),
    Operation(
        method="GET",
        path="payment_intents",
        run=_list,
        fields={**fields.LIST, "customer": fields.text},
    ),
    Operation(
        method="GET",
        path="payment_intents/*",
        run=_retrieve,
        fields={"client_secret": fields.text},
        is_for_browsers=True,
    ),
    Operation(method="POST", path="payment_intents/*", run=_update, fields={"amount": fields.integer}),
    Operation(
        method="POST",
        path="payment_intents/*/confirm",
        run=_confirm,
        fields=CONFIRMATION,
        is_for_browsers=True,
        commits=True,
    ),
    Operation(method="POST", path="payment_intents/*/cancel", run=_cancel),
)
