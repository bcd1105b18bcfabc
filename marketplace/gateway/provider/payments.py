"""The part of the port about what buyers pay, and what goes back to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from marketplace.kernel.money import Money


class IntentStatus(StrEnum):
    """Where a payment stands with the provider."""

    REQUIRES_METHOD = "requires_method"  # new, or declined: waits for a card
    REQUIRES_ACTION = "requires_action"  # waits for the buyer at the bank (3-D Secure)
    PROCESSING = "processing"  # under way; the end is told by an event, days later perhaps
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A payment as the provider knows it."""

    ref: str
    status: IntentStatus
    amount: Money
    client_secret: str
    charge_ref: str | None = None  # once succeeded; refunds name it
    decline_code: str | None = None  # why the last attempt came to nothing
    action_url: str | None = None  # where the buyer shows the bank who they are; holds the client secret
    customer_ref: str | None = None
    card_ref: str | None = None  # the card that paid, where a customer keeps it
    card_brand: str = ""
    card_last4: str = ""
    created_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class RefundStatus(StrEnum):
    """Where a refund stands with the provider; one that succeeded may still fail, days later."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class ProviderRefund:
    """A refund as the provider knows it."""

    ref: str
    status: RefundStatus
    amount: Money
    charge_ref: str = ""
    payment_ref: str = ""
    failure_code: str = ""
    created_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class Payments(Protocol):
    """Payments and refunds."""

    def start_payment(  # one call of the provider
        self,
        *,
        amount: Money,
        metadata: Mapping[str, str],
        email: str,
        key: str,
        customer_ref: str = "",
        saves_card: bool = False,
        group: str = "",
    ) -> Intent:
        """Open a payment of this amount; the buyer's browser confirms it with its client secret.

        The metadata comes back with the intent, stamped as ours (marks.py). With a customer the buyer may pay
        with a card kept there, and with `saves_card` the one that pays is kept. The transfers that a payment
        is for bear the same `group`.
        """
        ...

    def charge_card(  # one call of the provider
        self,
        *,
        amount: Money,
        customer_ref: str,
        card_ref: str,
        metadata: Mapping[str, str],
        email: str,
        key: str,
        group: str = "",
    ) -> Intent:
        """Pay with a kept card while the buyer is not there.

        Where the bank declines or asks for the buyer, the intent waits for a method and says why
        (`authentication_required`): the buyer may then confirm it with its client secret.
        """
        ...

    def update_payment(self, ref: str, *, amount: Money, key: str) -> Intent:
        """Ask for another amount; raises ProviderRefused once a card is being tried."""
        ...

    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        """Close a payment that has not succeeded; raises ProviderRefused where it has or is under way.

        One that is closed already is answered as it is.
        """
        ...

    def get_payment(self, ref: str) -> Intent:
        """The payment as it is now."""
        ...

    def list_payments(self, since: datetime) -> Sequence[Intent]:
        """The payments opened from a moment on, oldest first."""
        ...

    def get_fee(self, charge_ref: str) -> Money | None:
        """What the provider has kept of a charge, in the currency it keeps its books in; None where it does
        not know yet."""
        ...

    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        """Give back part or all of a charge; raises ProviderRefused beyond what is left of it."""
        ...

    def get_refund(self, ref: str) -> ProviderRefund:
        """The refund as it is now."""
        ...

    def list_refunds(self, since: datetime) -> Sequence[ProviderRefund]:
        """The refunds made from a moment on, oldest first, those of the provider's own pages among them."""
        ...
