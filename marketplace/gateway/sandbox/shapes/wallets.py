"""Customers, cards and the saving of cards in Stripe's shape."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.gateway.models import SandboxCard, SandboxCustomer, SandboxSetup
from marketplace.gateway.models.sandbox import SandboxObject
from marketplace.gateway.sandbox.links import action_url
from marketplace.gateway.sandbox.shapes.payments import card_error, common, next_action, status_of


def _customer(row: SandboxCustomer) -> dict[str, Any]:
    default = row.default_card.ref if row.default_card else None
    return {
        **common(row, "customer"),
        "email": row.email or None,
        "invoice_settings": {"default_payment_method": default},
        "metadata": row.metadata,
        "name": row.name or None,
    }


def _card(row: SandboxCard) -> dict[str, Any]:
    return {
        **common(row, "payment_method"),
        "card": {
            "brand": row.brand,
            "exp_month": row.exp_month,
            "exp_year": row.exp_year,
            "last4": row.last4,
        },
        "customer": row.customer.ref if row.customer else None,
        "type": "card",
    }


def _setup(row: SandboxSetup) -> dict[str, Any]:
    return {
        **common(row, "setup_intent"),
        "client_secret": row.client_secret,
        "customer": row.customer.ref,
        "last_setup_error": card_error(row.decline_code) if row.decline_code else None,
        "metadata": row.metadata,
        "next_action": next_action(action_url(row), row.return_url),
        "payment_method": row.card.ref if row.card else None,
        "payment_method_types": ["card"],
        "status": status_of(row.status),
        "usage": "off_session",
    }


SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], dict[str, Any]]]] = {
    SandboxCustomer: _customer,
    SandboxCard: _card,
    SandboxSetup: _setup,
}
