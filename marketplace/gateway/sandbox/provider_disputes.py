"""The port's part about disputes, at the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from marketplace.gateway.models import SandboxDispute
from marketplace.gateway.provider import Evidence, ProviderDispute
from marketplace.gateway.sandbox import disputes, keys, reads
from marketplace.gateway.sandbox.readings import dispute_of

# The books keep evidence by Stripe's names.
NAMES: Final[Mapping[str, str]] = {
    "customer_email": "customer_email_address",
    "refund_policy": "refund_policy_disclosure",
    "refund_refusal": "refund_refusal_explanation",
    "other": "uncategorized_text",
}


class SandboxDisputes:
    """See the port: `Disputes`."""

    def get_dispute(self, ref: str) -> ProviderDispute:
        """See the port."""
        return dispute_of(reads.one(_disputes(), ref))

    def list_disputes(self, since: datetime) -> Sequence[ProviderDispute]:
        """See the port."""
        return [dispute_of(row) for row in reads.since(_disputes(), since)]

    def submit_evidence(self, ref: str, *, evidence: Evidence, is_final: bool, key: str) -> ProviderDispute:
        """See the port."""
        said = {NAMES.get(name, name): text for name, text in asdict(evidence).items()}

        def run() -> ProviderDispute:
            return dispute_of(disputes.answer(ref, evidence=said, is_final=is_final))

        return keys.once(
            ProviderDispute, key=key, parameters=["submit_evidence", ref, said, is_final], run=run
        )


def _disputes() -> "QuerySet[SandboxDispute]":
    return SandboxDispute.objects.select_related("charge__intent")
