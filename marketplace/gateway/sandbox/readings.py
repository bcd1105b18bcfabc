"""Rows of the sandbox as the port knows them. The caller joins what they refer to."""

from collections.abc import Mapping
from typing import Final

from marketplace.gateway.models import (
    SandboxAccount,
    SandboxCard,
    SandboxCustomer,
    SandboxDispute,
    SandboxFraudWarning,
    SandboxIntent,
    SandboxPayout,
    SandboxRefund,
    SandboxReversal,
    SandboxSetup,
    SandboxTransfer,
)
from marketplace.gateway.models.sandbox import AccountPhase, DisputeState, IntentState, SetupState
from marketplace.gateway.provider import (
    AccountState,
    Customer,
    DisputeStatus,
    FraudWarning,
    Intent,
    IntentStatus,
    PayoutStatus,
    ProviderAccount,
    ProviderDispute,
    ProviderPayout,
    ProviderRefund,
    ProviderReversal,
    ProviderTransfer,
    RefundStatus,
    SavedCard,
    Setup,
    SetupStatus,
)
from marketplace.gateway.sandbox.links import action_url
from marketplace.kernel.money import Money

STATUSES: Final[Mapping[IntentState, IntentStatus]] = {
    IntentState.REQUIRES_METHOD: IntentStatus.REQUIRES_METHOD,
    IntentState.REQUIRES_CONFIRMATION: IntentStatus.REQUIRES_METHOD,
    IntentState.REQUIRES_ACTION: IntentStatus.REQUIRES_ACTION,
    IntentState.PROCESSING: IntentStatus.PROCESSING,
    IntentState.SUCCEEDED: IntentStatus.SUCCEEDED,
    IntentState.CANCELED: IntentStatus.CANCELED,
}


def intent_of(row: SandboxIntent) -> Intent:
    """A payment; its customer and card are joined."""
    return Intent(
        ref=row.ref,
        status=STATUSES[IntentState(row.status)],
        amount=row.amount,
        client_secret=row.client_secret,
        charge_ref=row.charge_ref or None,
        decline_code=row.decline_code or None,
        action_url=action_url(row),
        customer_ref=row.customer.ref if row.customer else None,
        card_ref=row.kept_card_ref,
        card_brand=row.card_brand,
        card_last4=row.card_last4,
        created_at=row.created_at,
        metadata=row.metadata,
    )


def refund_of(row: SandboxRefund) -> ProviderRefund:
    """A refund; its charge and the payment of that are joined."""
    failed = row.status == RefundStatus.FAILED
    return ProviderRefund(
        ref=row.ref,
        status=RefundStatus(row.status),
        amount=row.amount,
        charge_ref=row.charge.ref,
        payment_ref=row.charge.intent.ref,
        failure_code="expired_or_canceled_card" if failed else "",
        created_at=row.created_at,
        metadata=row.metadata,
    )


def customer_of(row: SandboxCustomer) -> Customer:
    """A customer; the default card is joined."""
    default = row.default_card.ref if row.default_card else None
    return Customer(ref=row.ref, email=row.email, default_card_ref=default, metadata=row.metadata)


def card_of(row: SandboxCard) -> SavedCard:
    """A card; its customer is joined."""
    return SavedCard(
        ref=row.ref,
        customer_ref=row.customer.ref if row.customer else None,
        brand=row.brand,
        last4=row.last4,
        exp_month=row.exp_month,
        exp_year=row.exp_year,
    )


def setup_of(row: SandboxSetup) -> Setup:
    """The saving of a card; its customer and card are joined."""
    is_done = row.status == SetupState.SUCCEEDED
    return Setup(
        ref=row.ref,
        status=SetupStatus(row.status),
        client_secret=row.client_secret,
        customer_ref=row.customer.ref,
        card_ref=row.card.ref if row.card and is_done else None,
        decline_code=row.decline_code or None,
        action_url=action_url(row),
        metadata=row.metadata,
    )


STATES: Final[Mapping[AccountPhase, AccountState]] = {
    AccountPhase.CREATED: AccountState.PENDING,
    AccountPhase.DETAILS_SUBMITTED: AccountState.VERIFYING,
    AccountPhase.VERIFYING: AccountState.VERIFYING,
    AccountPhase.ACTIVE: AccountState.ACTIVE,
    AccountPhase.PAST_DUE: AccountState.ACTION_REQUIRED,
    AccountPhase.DISABLED: AccountState.RESTRICTED,
    AccountPhase.REJECTED: AccountState.REJECTED,
}
FAILURES: Final[Mapping[str, str]] = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account could not be located.",
    "insufficient_funds": "The account does not hold enough.",
}


def state_of(row: SandboxAccount) -> AccountState:
    """Whether a vendor can be paid."""
    return AccountState.DISCONNECTED if row.is_disconnected else STATES[AccountPhase(row.status)]


def account_of(row: SandboxAccount) -> ProviderAccount:
    """A vendor's account."""
    return ProviderAccount(
        ref=row.ref,
        state=state_of(row),
        country=row.country,
        currency=row.currency,
        missing=row.missing,
        missing_by=row.missing_due_at,
        reason=row.reason,
        bank_last4=row.bank_last4,
        bank_refs=[row.bank_ref] if row.bank_ref else [],
        has_own_schedule=row.has_own_schedule and not row.is_disconnected,
        metadata=row.metadata,
    )


def transfer_of(row: SandboxTransfer) -> ProviderTransfer:
    """A transfer; its account and charge are joined."""
    return ProviderTransfer(
        ref=row.ref,
        account_ref=row.account.ref,
        amount=row.amount,
        reversed=Money(row.reversed_minor, row.currency),
        charge_ref=row.charge.ref if row.charge else None,
        metadata=row.metadata,
    )


def reversal_of(row: SandboxReversal) -> ProviderReversal:
    """A reversal; its transfer is joined."""
    return ProviderReversal(
        ref=row.ref, transfer_ref=row.transfer.ref, amount=row.amount, metadata=row.metadata
    )


def payout_of(row: SandboxPayout) -> ProviderPayout:
    """A payout; its account is joined."""
    return ProviderPayout(
        ref=row.ref,
        account_ref=row.connected_ref,
        status=PayoutStatus(row.status),
        amount=row.amount,
        arrives_on=row.arrives_on,
        created_at=row.created_at,
        failure_code=row.failure_code,
        failure_message=FAILURES.get(row.failure_code, ""),
        metadata=row.metadata,
    )


DISPUTES: Final[Mapping[DisputeState, DisputeStatus]] = {
    DisputeState.WARNING: DisputeStatus.WARNING,
    DisputeState.WARNING_CLOSED: DisputeStatus.WARNING_CLOSED,
    DisputeState.NEEDS_RESPONSE: DisputeStatus.NEEDS_RESPONSE,
    DisputeState.UNDER_REVIEW: DisputeStatus.UNDER_REVIEW,
    DisputeState.WON: DisputeStatus.WON,
    DisputeState.LOST: DisputeStatus.LOST,
}


def dispute_of(row: SandboxDispute) -> ProviderDispute:
    """A dispute; its charge and the payment of that are joined."""
    return ProviderDispute(
        ref=row.ref,
        charge_ref=row.charge.ref,
        payment_ref=row.charge.intent.ref,
        status=DISPUTES[DisputeState(row.status)],
        amount=row.amount,
        reason=row.reason,
        withdrawn=Money(row.withdrawn_minor, row.currency),
        fee=Money(row.fee_minor, row.currency),
        evidence_due_at=row.evidence_due_at,
        is_evidence_sent=row.evidence_sent_at is not None,
        is_charge_refundable=row.is_charge_refundable,
    )


def fraud_warning_of(row: SandboxFraudWarning) -> FraudWarning:
    """A warning; its charge and the payment of that are joined."""
    return FraudWarning(
        ref=row.ref,
        charge_ref=row.charge.ref,
        payment_ref=row.charge.intent.ref,
        fraud_type=row.fraud_type,
        is_actionable=row.is_actionable,
        created_at=row.created_at,
    )
