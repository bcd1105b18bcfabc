"""Stripe's customers and the payment methods they keep, which here are cards."""

from typing import Any, Final

from marketplace.gateway.models import SandboxCard, SandboxCustomer
from marketplace.gateway.sandbox import shapes, wallets
from marketplace.gateway.sandbox.stripe_api import fields
from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body, Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault
from marketplace.gateway.sandbox.stripe_api.finding import one
from marketplace.gateway.sandbox.stripe_api.pages import page

CUSTOMER: Final = "customer"


def _create(asked: Asked) -> Body:
    given = asked.given
    customer = wallets.open_customer(
        email=given.get("email", ""), name=given.get("name", ""), metadata=given.get("metadata", {})
    )
    return shapes.of(customer)


def _retrieve(asked: Asked) -> Body:
    """One that was deleted is shown as such."""
    rows = SandboxCustomer.objects.select_related("default_card")
    return shapes.of(one(rows, asked.refs[0], thing=CUSTOMER))


def _delete(asked: Asked) -> Body:
    """Stripe, other than the port, refuses what is gone already."""
    customer = _customer(asked)
    wallets.delete_customer(customer.ref)
    customer.refresh_from_db()
    return shapes.of(customer)


def _update(asked: Asked) -> Body:
    chosen = asked.given.get("invoice_settings", {}).get("default_payment_method")
    if chosen:
        return shapes.of(wallets.set_default_card(asked.refs[0], chosen))
    return shapes.of(_customer(asked))


def _methods(asked: Asked) -> Body:
    customer = _customer(asked)
    rows = SandboxCard.objects.filter(customer=customer).select_related("customer")
    return page(rows, asked, url=f"customers/{customer.ref}/payment_methods", shape=shapes.of)


def _method(asked: Asked) -> Body:
    return shapes.of(_card(asked))


def _attach(asked: Asked) -> Body:
    return shapes.of(wallets.attach(asked.refs[0], asked.given["customer"]))


def _detach(asked: Asked) -> Body:
    """Stripe, other than the port, refuses what is off already."""
    if _card(asked).customer is None:
        raise Fault("This payment method is not attached to a customer, so it cannot be detached.")
    return shapes.of(wallets.detach_card(asked.refs[0]))


def _customer(asked: Asked) -> SandboxCustomer:
    rows = wallets.customers().select_related("default_card")
    return one(rows, asked.refs[0], thing=CUSTOMER)


def _card(asked: Asked) -> SandboxCard:
    return one(SandboxCard.objects.select_related("customer"), asked.refs[0], thing="PaymentMethod")


PAGE: Final[dict[str, Any]] = {name: kind for name, kind in fields.LIST.items() if name != "created"}
OPERATIONS: Final = (
    Operation(
        method="POST",
        path="customers",
        run=_create,
        fields={"email": fields.text, "name": fields.text, "metadata": fields.metadata},
    ),
    Operation(method="GET", path="customers/*", run=_retrieve),
    Operation(method="DELETE", path="customers/*", run=_delete),
    Operation(
        method="POST",
        path="customers/*",
        run=_update,
        fields={"invoice_settings": fields.inside({"default_payment_method": fields.text})},
    ),
    Operation(
        method="GET",
        path="customers/*/payment_methods",
        run=_methods,
        fields={**PAGE, "type": fields.one_of("card")},
    ),
    Operation(method="GET", path="payment_methods/*", run=_method),
    Operation(
        method="POST",
        path="payment_methods/*/attach",
        run=_attach,
        fields={"customer": fields.text},
        required={"customer"},
    ),
    Operation(method="POST", path="payment_methods/*/detach", run=_detach),
)
