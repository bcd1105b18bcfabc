"""The part of the port about buyers who dispute a charge at their bank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from marketplace.kernel.money import Money


class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    WARNING = "warning"  # an inquiry: no money has moved
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"  # settled before it became one


@dataclass(frozen=True, kw_only=True)
class ProviderDispute:
    """A dispute as the provider knows it; what the bank moved of it so far is the platform's."""

    ref: str
    charge_ref: str
    payment_ref: str | None
    status: DisputeStatus
    amount: Money
    reason: str
    withdrawn: Money  # taken from the platform and not given back
    fee: Money  # what the provider keeps for it
    evidence_due_at: datetime | None = None
    is_evidence_sent: bool = False
    is_charge_refundable: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a vendor says against a dispute; texts up to 20,000 characters."""

    customer_name: str = ""
    customer_email: str = ""
    product_description: str = ""
    service_date: str = ""
    shipping_carrier: str = ""
    shipping_tracking_number: str = ""
    shipping_date: str = ""
    shipping_address: str = ""
    refund_policy: str = ""
    refund_refusal: str = ""
    cancellation_rebuttal: str = ""
    other: str = ""


class Disputes(Protocol):
    """Disputes and what is said against them."""

    def get_dispute(self, ref: str) -> ProviderDispute:
        """The dispute as it is now."""
        ...

    def list_disputes(self, since: datetime) -> Sequence[ProviderDispute]:
        """The disputes from a moment on, oldest first."""
        ...

    def submit_evidence(self, ref: str, *, evidence: Evidence, is_final: bool, key: str) -> ProviderDispute:
        """Keep the evidence, and send it to the bank where it is final: once. Raises ProviderRefused when the
        deadline is past or it was sent."""
        ...
