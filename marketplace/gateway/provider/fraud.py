"""The part of the port about banks that warn of a charge before its holder disputes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class FraudWarning:
    """A bank takes a charge for fraud; no money has moved, and none does by this."""

    ref: str
    charge_ref: str
    payment_ref: str | None
    fraud_type: str  # in the provider's words
    is_actionable: bool  # neither disputed nor given back in full: a refund may still avoid the dispute
    created_at: datetime


class FraudWarnings(Protocol):
    """Warnings, which nobody answers."""

    def get_fraud_warning(self, ref: str) -> FraudWarning:
        """The warning as it is now."""
        ...

    def list_fraud_warnings(self, since: datetime) -> Sequence[FraudWarning]:
        """The warnings from a moment on, oldest first."""
        ...
