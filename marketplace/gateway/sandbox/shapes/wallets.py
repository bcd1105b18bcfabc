"""Customers, cards and the saving of cards in Stripe's shape."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.gateway.models import SandboxCard, SandboxCustomer, SandboxSetup
from marketplace.gateway.models.sandbox import SandboxObject, SetupState
from marketplace.gateway.sandbox.links import action_url
from marketplace.gateway.sandbox.shapes.payments import billing, card_error, common, next_action, status_of


def _customer(row: SandboxCustomer) -> dict[str, Any]:
    if row.is_deleted:
        return {"id": row.ref, "object": "customer", "deleted": True}
    default = row.default_card.ref if row.default_card else None
    return {
        **common(row, "customer"),
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": row.email or None,
        "invoice_prefix": row.ref[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": default,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": row.metadata,
        "name": row.name or None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _card(row: SandboxCard) -> dict[str, Any]:
    return {
        **common(row, "payment_method"),
        "allow_redisplay": "unspecified",
        "billing_details": billing(),
        "card": {
            "brand": row.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "display_brand": row.brand,
            "exp_month": row.exp_month,
            "exp_year": row.exp_year,
            "fingerprint": None,
            "funding": "credit",
            "generated_from": None,
            "last4": row.last4,
            "networks": {"available": [row.brand], "preferred": None},
            "regulated_status": None,
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "customer": row.customer.ref if row.customer else None,
        "customer_account": None,
        "metadata": {},
        "type": "card",
    }


def _setup(row: SandboxSetup) -> dict[str, Any]:
    return {
        **common(row, "setup_intent"),
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "never", "enabled": True},
        "cancellation_reason": None,
        "client_secret": row.client_secret,
        "customer": row.customer.ref,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": card_error(row.decline_code) if row.decline_code else None,
        "latest_attempt": None,
        "mandate": None,
        "metadata": row.metadata,
        "next_action": next_action(action_url(row), row.return_url),
        "on_behalf_of": None,
        "payment_method": row.card.ref if row.card and row.status != SetupState.REQUIRES_METHOD else None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": status_of(row.status),
        "usage": "off_session",
    }


SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], dict[str, Any]]]] = {
    SandboxCustomer: _customer,
    SandboxCard: _card,
    SandboxSetup: _setup,
}
