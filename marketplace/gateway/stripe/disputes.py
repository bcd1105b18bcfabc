"""Disputes at Stripe. What each method promises stands in the port (provider/disputes.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from marketplace.gateway.provider import Evidence, ProviderDispute
from marketplace.gateway.stripe import vendors
from marketplace.gateway.stripe.client import PAGE, options, speaking
from marketplace.gateway.stripe.listing import listed

# What Stripe calls otherwise. Its `refund_policy` is a file; the text is the disclosure.
_NAMES: Final[Mapping[str, str]] = {
    "customer_email": "customer_email_address",
    "refund_policy": "refund_policy_disclosure",
    "refund_refusal": "refund_refusal_explanation",
    "other": "uncategorized_text",
}


class StripeDisputes:
    """Disputes, and what is said against them."""

    def get_dispute(self, ref: str) -> ProviderDispute:
        """See the port."""
        with speaking() as client:
            return vendors.dispute(client.v1.disputes.retrieve(ref).to_dict())

    def list_disputes(self, since: datetime) -> Sequence[ProviderDispute]:
        """See the port."""
        with speaking() as client:
            found = client.v1.disputes.list({"created": {"gte": int(since.timestamp())}, "limit": PAGE})
            return [vendors.dispute(told) for told in listed(found)]

    def submit_evidence(self, ref: str, *, evidence: Evidence, is_final: bool, key: str) -> ProviderDispute:
        """See the port."""
        said = {_NAMES.get(name, name): text for name, text in asdict(evidence).items() if text}
        asked: Any = {"submit": is_final, **({"evidence": said} if said else {})}
        with speaking() as client:
            return vendors.dispute(client.v1.disputes.update(ref, asked, options(key)).to_dict())
