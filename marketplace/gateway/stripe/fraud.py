"""Early fraud warnings at Stripe. What each method promises stands in the port (provider/fraud.py)."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.gateway.provider import FraudWarning
from marketplace.gateway.stripe.client import PAGE, speaking
from marketplace.gateway.stripe.listing import listed
from marketplace.gateway.stripe.reading import Told, moment, ref_of


class StripeFraudWarnings:
    """Warnings of banks."""

    def get_fraud_warning(self, ref: str) -> FraudWarning:
        """See the port."""
        with speaking() as client:
            return _warning(client.v1.radar.early_fraud_warnings.retrieve(ref).to_dict())

    def list_fraud_warnings(self, since: datetime) -> Sequence[FraudWarning]:
        """See the port."""
        with speaking() as client:
            found = client.v1.radar.early_fraud_warnings.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            )
            return [_warning(told) for told in listed(found)]


def _warning(told: Told) -> FraudWarning:
    return FraudWarning(
        ref=told["id"],
        charge_ref=ref_of(told["charge"]) or "",
        payment_ref=ref_of(told.get("payment_intent")),
        fraud_type=told["fraud_type"],
        is_actionable=told["actionable"],
        created_at=moment(told["created"]),
    )
