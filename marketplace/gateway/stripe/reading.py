"""Stripe's objects as ours. Pure: what is read is what was answered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marketplace.gateway.minor_units import money_of
from marketplace.gateway.provider import (
    Customer,
    Intent,
    IntentStatus,
    ProviderRefund,
    ProviderRefused,
    RefundStatus,
    SavedCard,
    Setup,
    SetupStatus,
)

Told = Mapping[str, Any]

_INTENT: Final[Mapping[str, IntentStatus]] = {
    "requires_payment_method": IntentStatus.REQUIRES_METHOD,
    "requires_confirmation": IntentStatus.REQUIRES_METHOD,
    "requires_action": IntentStatus.REQUIRES_ACTION,
    "processing": IntentStatus.PROCESSING,
    "requires_capture": IntentStatus.PROCESSING,  # only where somebody asked for it by hand
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELED,
}
_REFUND: Final[Mapping[str, RefundStatus]] = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELED,
}
_SETUP: Final[Mapping[str, SetupStatus]] = {
    "requires_payment_method": SetupStatus.REQUIRES_METHOD,
    "requires_confirmation": SetupStatus.REQUIRES_METHOD,
    "requires_action": SetupStatus.REQUIRES_ACTION,
    "processing": SetupStatus.PROCESSING,
    "succeeded": SetupStatus.SUCCEEDED,
    "canceled": SetupStatus.CANCELED,
}
_REASONS: Final[Mapping[str, str]] = {
    "payment_intent_authentication_failure": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
}


def intent(told: Told) -> Intent:
    """A PaymentIntent, with `payment_method` expanded where its card matters."""
    status = _INTENT[told["status"]]
    method = told.get("payment_method")
    method = method if isinstance(method, dict) else {}
    card = method.get("card") or {}
    is_paid = status == IntentStatus.SUCCEEDED
    return Intent(
        ref=told["id"],
        status=status,
        amount=money_of(told["amount"], told["currency"]),
        client_secret=told.get("client_secret") or "",
        charge_ref=ref_of(told.get("latest_charge")) if is_paid else None,
        decline_code=reason_of(told.get("last_payment_error")),
        action_url=action_url(told.get("next_action")),
        customer_ref=ref_of(told.get("customer")),
        card_ref=method["id"] if is_paid and method.get("customer") else None,
        card_brand=card.get("brand") or method.get("type", ""),
        card_last4=card.get("last4") or "",
        created_at=moment(told["created"]),
        metadata=told.get("metadata") or {},
    )


def refund(told: Told) -> ProviderRefund:
    """A Refund; whatever it has failed for is in Stripe's words."""
    return ProviderRefund(
        ref=told["id"],
        status=_REFUND[told["status"]],
        amount=money_of(told["amount"], told["currency"]),
        charge_ref=ref_of(told.get("charge")) or "",
        payment_ref=ref_of(told.get("payment_intent")) or "",
        failure_code=told.get("failure_reason") or "",
        created_at=moment(told["created"]),
        metadata=told.get("metadata") or {},
    )


def customer(told: Told) -> Customer:
    """A Customer. Raises ProviderRefused for one that was deleted."""
    if told.get("deleted"):
        raise ProviderRefused("resource_missing", "The customer was deleted.")
    return Customer(
        ref=told["id"],
        email=told.get("email") or "",
        default_card_ref=ref_of((told.get("invoice_settings") or {}).get("default_payment_method")),
        metadata=told.get("metadata") or {},
    )


def card(told: Told) -> SavedCard:
    """A PaymentMethod that is a card. Raises ProviderRefused for another kind."""
    shown = told.get("card")
    if not shown:
        raise ProviderRefused("resource_missing", "This is no card.")
    return SavedCard(
        ref=told["id"],
        customer_ref=ref_of(told.get("customer")),
        brand=shown["brand"],
        last4=shown["last4"],
        exp_month=shown["exp_month"],
        exp_year=shown["exp_year"],
    )


def setup(told: Told) -> Setup:
    """A SetupIntent."""
    status = _SETUP[told["status"]]
    return Setup(
        ref=told["id"],
        status=status,
        client_secret=told.get("client_secret") or "",
        customer_ref=ref_of(told.get("customer")) or "",
        card_ref=ref_of(told.get("payment_method")) if status == SetupStatus.SUCCEEDED else None,
        decline_code=reason_of(told.get("last_setup_error")),
        action_url=action_url(told.get("next_action")),
        metadata=told.get("metadata") or {},
    )


def ref_of(told: Any) -> str | None:
    """The reference of what may be there as a whole, as a reference, or not at all."""
    found = told.get("id") if isinstance(told, dict) else told
    return found or None


def reason_of(error: Any) -> str | None:
    """Why a card was not taken: the bank's reason, or else Stripe's code."""
    if not error:
        return None
    code = error.get("decline_code") or error.get("code") or "card_declined"
    return _REASONS.get(code, code)


def action_url(told: Any) -> str | None:
    """Where the buyer goes. Where Stripe's script has to show the bank itself, there is no address."""
    return ((told or {}).get("redirect_to_url") or {}).get("url")


def moment(seconds: int) -> datetime:
    """A second of Unix time."""
    return datetime.fromtimestamp(seconds, UTC)
