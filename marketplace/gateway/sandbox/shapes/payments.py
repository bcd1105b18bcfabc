"""Payments, charges and refunds in Stripe's shape."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marketplace.gateway.minor_units import counted
from marketplace.gateway.models import SandboxCharge, SandboxIntent, SandboxRefund
from marketplace.gateway.models.sandbox import ChargeState, IntentState, SandboxObject
from marketplace.gateway.sandbox.links import action_url
from marketplace.kernel.money import Money

NOT_AUTHENTICATED: Final = "authentication_failed"
# Reasons that are codes of their own; every other is the bank's, of a card that was declined.
OWN_CODES: Final = frozenset({"expired_card", "incorrect_cvc", "authentication_required"})


def common(row: SandboxObject, kind: str) -> dict[str, Any]:
    """What every object has."""
    return {
        "id": row.ref,
        "object": kind,
        "created": int(row.created_at.timestamp()),
        "livemode": row.is_live,
    }


def status_of(state: str) -> str:
    """A payment's or a setup's status in Stripe's words."""
    return "requires_payment_method" if state == IntentState.REQUIRES_METHOD else state


def card_error(decline_code: str, **more: Any) -> dict[str, Any]:
    """Why a card was not taken, as Stripe says it."""
    if decline_code == NOT_AUTHENTICATED:
        code, reason = "payment_intent_authentication_failure", None
    elif decline_code in OWN_CODES:
        code, reason = decline_code, decline_code
    else:
        code, reason = "card_declined", None if decline_code == "card_declined" else decline_code
    error = {"type": "card_error", "code": code, "message": "Your card was declined."}
    return {**error, **({"decline_code": reason} if reason else {}), **more}


def _intent(row: SandboxIntent) -> dict[str, Any]:
    amount = counted(row.amount)
    is_paid = row.status == IntentState.SUCCEEDED
    return {
        **common(row, "payment_intent"),
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": amount if is_paid else 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": row.client_secret,
        "confirmation_method": "automatic",
        "currency": row.currency.lower(),
        "customer": row.customer.ref if row.customer else None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": card_error(row.decline_code) if row.decline_code else None,
        "latest_charge": row.charge_ref or None,
        "managed_payments": {"enabled": False},
        "metadata": row.metadata,
        "next_action": next_action(action_url(row), row.return_url),
        "on_behalf_of": None,
        "payment_method": row.card.ref if row.card and row.status != IntentState.REQUIRES_METHOD else None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": {"type": "card"} if row.status == IntentState.PROCESSING else None,
        "receipt_email": row.email or None,
        "review": None,
        "setup_future_usage": "off_session" if row.is_card_kept else None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": status_of(row.status),
        "transfer_data": None,
        "transfer_group": row.group or None,
    }


def next_action(url: str | None, return_url: str) -> dict[str, Any] | None:
    """Where the buyer goes to answer the bank."""
    if url is None:
        return None
    return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url or None}}


def _charge(row: SandboxCharge) -> dict[str, Any]:
    is_paid = row.status == ChargeState.SUCCEEDED
    amount = counted(Money(row.amount_minor, row.currency))
    refunded = counted(Money(row.refunded_minor, row.currency))
    error = None if is_paid else card_error(row.decline_code)
    return {
        **common(row, "charge"),
        "amount": amount,
        "amount_captured": amount if is_paid else 0,
        "amount_refunded": refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": row.balance_ref or None,
        "billing_details": billing(),
        "calculated_statement_descriptor": None,
        "captured": is_paid,
        "currency": row.currency.lower(),
        "customer": row.intent.customer.ref if row.intent.customer else None,
        "description": None,
        "disputed": row.is_disputed,
        "failure_balance_transaction": None,
        "failure_code": error["code"] if error else None,
        "failure_message": error["message"] if error else None,
        "fraud_details": {},
        "metadata": row.intent.metadata,
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network" if is_paid else "declined_by_network",
            "reason": row.decline_code or None,
            "seller_message": None,
            "type": "authorized" if is_paid else "issuer_declined",
        },
        "paid": is_paid,
        "payment_intent": row.intent.ref,
        "payment_method": row.intent.card.ref if row.intent.card else None,
        "payment_method_details": {"type": "card", "card": _card(row)},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": 0 < refunded == amount,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": f"/v1/charges/{row.ref}/refunds"},
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": row.status,
        "transfer_data": None,
        "transfer_group": row.intent.group or None,
    }


def _card(row: SandboxCharge) -> dict[str, Any]:
    return {"brand": row.card_brand, "last4": row.card_last4, "country": "US", "funding": "credit"}


def billing() -> dict[str, Any]:
    """Who pays and where they live: the sandbox asks neither."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}


def _refund(row: SandboxRefund) -> dict[str, Any]:
    failure = {"failure_reason": "expired_or_canceled_card"} if row.status == "failed" else {}
    shape = {
        **common(row, "refund"),
        "amount": counted(row.amount),
        "balance_transaction": None,
        "charge": row.charge.ref,
        "currency": row.currency.lower(),
        "customer": None,
        "customer_account": None,
        "destination_details": {"type": "card", "card": {"type": "refund"}},
        "metadata": row.metadata,
        "payment_intent": row.charge.intent.ref,
        "payment_method": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": row.status,
        "transfer_reversal": None,
        **failure,
    }
    # Of Stripe's objects some, like this, do not tell their mode.
    del shape["livemode"]
    return shape


SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], dict[str, Any]]]] = {
    SandboxIntent: _intent,
    SandboxCharge: _charge,
    SandboxRefund: _refund,
}
