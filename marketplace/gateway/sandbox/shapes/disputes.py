"""Disputes, warnings of fraud, payouts and movements in Stripe's shape."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any, Final

from marketplace.gateway.minor_units import counted
from marketplace.gateway.models import (
    SandboxBalanceTransaction,
    SandboxDispute,
    SandboxFraudWarning,
    SandboxPayout,
)
from marketplace.gateway.models.sandbox import DisputeState, Movement, SandboxObject
from marketplace.gateway.sandbox.readings import FAILURES
from marketplace.gateway.sandbox.shapes.payments import common
from marketplace.kernel import clock
from marketplace.kernel.money import Money

# What can be said against a dispute. Of that some are files, which the sandbox does not take.
EVIDENCE: Final = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
FILES: Final = frozenset(
    {
        "cancellation_policy",
        "customer_communication",
        "customer_signature",
        "duplicate_charge_documentation",
        "receipt",
        "refund_policy",
        "service_documentation",
        "shipping_documentation",
        "uncategorized_file",
    }
)
# What Stripe calls the kinds of movements; a dispute is an adjustment.
KINDS: Final[Mapping[Movement, tuple[str, str]]] = {
    Movement.CHARGE: ("charge", "charge"),
    Movement.REFUND: ("refund", "refund"),
    Movement.REFUND_FAILURE: ("refund_failure", "refund_failure"),
    Movement.DISPUTE: ("adjustment", "dispute"),
    Movement.DISPUTE_REVERSAL: ("adjustment", "dispute_reversal"),
    Movement.TRANSFER: ("transfer", "transfer"),
    Movement.PAYMENT: ("payment", "charge"),
    Movement.TRANSFER_REVERSAL: ("transfer_refund", "transfer"),
    Movement.PAYMENT_REVERSAL: ("payment_refund", "refund"),
    Movement.PAYOUT: ("payout", "payout"),
    Movement.PAYOUT_FAILURE: ("payout_failure", "payout"),
}


def _dispute(row: SandboxDispute) -> dict[str, Any]:
    moved = SandboxBalanceTransaction.objects.filter(ref__in=row.balance_refs).order_by("pk")
    is_past = row.evidence_sent_at is None and row.evidence_due_at < clock.now()
    return {
        **common(row, "dispute"),
        "amount": counted(row.amount),
        "balance_transactions": [_movement(each) for each in moved] if row.balance_refs else [],
        "charge": row.charge.ref,
        "currency": row.currency.lower(),
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}, **row.evidence},
        "evidence_details": {
            "due_by": int(row.evidence_due_at.timestamp()),
            "enhanced_eligibility": {},
            "has_evidence": bool(row.evidence),
            "past_due": is_past,
            "submission_count": 0 if row.evidence_sent_at is None else 1,
        },
        "is_charge_refundable": row.is_charge_refundable,
        "metadata": {},
        "payment_intent": row.charge.intent.ref,
        "payment_method_details": {
            "card": {"brand": row.charge.card_brand, "case_type": _case(row), "network_reason_code": "10"},
            "type": "card",
        },
        "reason": row.reason,
        "status": row.status,
    }


def _case(row: SandboxDispute) -> str:
    return "inquiry" if row.status in {DisputeState.WARNING, DisputeState.WARNING_CLOSED} else "chargeback"


def _fraud_warning(row: SandboxFraudWarning) -> dict[str, Any]:
    return {
        **common(row, "radar.early_fraud_warning"),
        "actionable": row.is_actionable,
        "charge": row.charge.ref,
        "fraud_type": row.fraud_type,
        "payment_intent": row.charge.intent.ref,
    }


def _payout(row: SandboxPayout) -> dict[str, Any]:
    arrives_at = datetime.combine(row.arrives_on, time(), UTC)
    has_failed = bool(row.failure_code)
    return {
        **common(row, "payout"),
        "amount": counted(row.amount),
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": int(arrives_at.timestamp()),
        "automatic": row.is_automatic,
        "balance_transaction": row.balance_ref,
        "currency": row.currency.lower(),
        "description": None,
        "destination": row.bank_ref,
        "failure_balance_transaction": None,
        "failure_code": row.failure_code or None,
        "failure_message": FAILURES.get(row.failure_code, "The payout failed.") if has_failed else None,
        "metadata": row.metadata,
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed" if row.is_automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": row.status,
        "trace_id": None,
        "type": "bank_account",
    }


def _movement(row: SandboxBalanceTransaction) -> dict[str, Any]:
    kind, category = KINDS[Movement(row.kind)]
    currency = row.currency.lower()
    fee = counted(Money(row.fee_minor, row.currency))
    shape = {
        **common(row, "balance_transaction"),
        "amount": counted(Money(row.amount_minor, row.currency)),
        "available_on": int(row.available_at.timestamp()),
        "balance_type": "payments",
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [_fee(fee, currency)] if fee else [],
        "net": counted(Money(row.amount_minor - row.fee_minor, row.currency)),
        "reporting_category": category,
        "source": row.source_ref,
        "status": "available" if row.available_at <= clock.now() else "pending",
        "type": kind,
    }
    # Of Stripe's objects some, like this, do not tell their mode.
    del shape["livemode"]
    return shape


def _fee(minor: int, currency: str) -> dict[str, Any]:
    return {
        "amount": minor,
        "application": None,
        "currency": currency,
        "description": "Processing fees",
        "type": "stripe_fee",
    }


SHAPES: Final[Mapping[type[SandboxObject], Callable[[Any], dict[str, Any]]]] = {
    SandboxDispute: _dispute,
    SandboxFraudWarning: _fraud_warning,
    SandboxPayout: _payout,
    SandboxBalanceTransaction: _movement,
}
