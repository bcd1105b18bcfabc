"""What a provider tells by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class GatewayEvent:
    """An event as it was received: a hint to look at an object, never its state."""

    provider: str
    id: str
    type: str
    account: str  # the connected account it is about; empty: the platform's own
    is_live: bool
    object_type: str
    object_ref: str
    created_at: datetime


class Events(Protocol):
    """How we hear of what happened."""

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, is_connect: bool = False
    ) -> GatewayEvent:
        """The event in a webhook's body; raises UntrustedEvent before anything of it is believed.

        With `is_connect` it came to the address for events of connected accounts, which has secrets of its
        own: one without an account is not to be believed there, nor one with an account elsewhere.
        """
        ...

    def list_events(
        self, since: datetime, *, is_undelivered: bool = False, account_ref: str = ""
    ) -> Sequence[GatewayEvent]:
        """The provider's events from a moment on, oldest first; on request those alone that nobody took.

        With an account, its own. Without, the platform's: those of accounts are among them at the sandbox,
        which has one address for all, and not at Stripe.
        """
        ...
