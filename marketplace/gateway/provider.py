"""The port to whoever moves money: what we ask of a payment provider, in our own nouns.

Implementations stand under the setting PAYMENT_PROVIDERS (registry.py); no type of a provider leaves its
adapter. Every write takes a key: the same key and parameters have one effect, however often they are sent, so
a crash or a lost answer is followed by the same call again, and gets the answer the first one had. A provider
is another system: it is never called inside a transaction of ours, which could not take back what it did.
"""

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
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GatewayEvent:
    """An event as it was received: a hint to look at an object, never its state."""

    provider: str
    id: str
    type: str
    account: str  # empty: the platform's own
    is_live: bool
    object_type: str
    object_ref: str
    created_at: datetime


class ProviderError(Exception):
    """The provider did not do what was asked."""


class ProviderUnavailable(ProviderError):  # noqa: N818  # what it is
    """No answer, or none that tells: the call may have had its effect. Send it again with the same key."""


class ProviderRefused(ProviderError):  # noqa: N818  # what it did
    """The provider will not do this, now or later; `code` says why. It answers the same to the same key."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class UntrustedEvent(ProviderError):  # noqa: N818  # what it is
    """A webhook that is not from the provider, too old, or of another mode."""


class PaymentProvider(Protocol):
    """What every provider does.

    Keys end in a version (`pi:{uuid}:v{n}`). Every call may raise ProviderUnavailable, and RuntimeError in a
    transaction; a write raises ProviderRefused where it is not done, also for a key that came with other
    parameters, and a read for what does not exist.
    """

    name: str
    is_live: bool

    def start_payment(self, *, amount: Money, metadata: Mapping[str, str], email: str, key: str) -> Intent:
        """Open a payment of this amount; the buyer's browser confirms it with its client secret.

        The metadata comes back with the intent, stamped as ours (marks.py).
        """
        ...

    def cancel_payment(self, ref: str, *, key: str) -> Intent:
        """Close a payment that has not succeeded; raises ProviderRefused where it has or is under way.

        One that is closed already is answered as it is.
        """
        ...

    def get_payment(self, ref: str) -> Intent:
        """The payment as it is now."""
        ...

    def refund(
        self, charge_ref: str, *, amount: Money, metadata: Mapping[str, str], key: str
    ) -> ProviderRefund:
        """Give back part or all of a charge; raises ProviderRefused beyond what is left of it."""
        ...

    def get_refund(self, ref: str) -> ProviderRefund:
        """The refund as it is now."""
        ...

    def verify_webhook(self, raw: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """The event in a webhook's body; raises UntrustedEvent before anything of it is believed."""
        ...

    def list_events(self, since: datetime) -> Sequence[GatewayEvent]:
        """The provider's events from a moment on, oldest first."""
        ...
