"""Rows of the sandbox as the port knows them. The caller joins what they refer to."""

from collections.abc import Mapping
from typing import Final

from marketplace.gateway.models import (
    SandboxCard,
    SandboxCustomer,
    SandboxIntent,
    SandboxRefund,
    SandboxSetup,
)
from marketplace.gateway.models.sandbox import IntentState, SetupState
from marketplace.gateway.provider import (
    Customer,
    Intent,
    IntentStatus,
    ProviderRefund,
    RefundStatus,
    SavedCard,
    Setup,
    SetupStatus,
)
from marketplace.gateway.sandbox.links import action_url

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
