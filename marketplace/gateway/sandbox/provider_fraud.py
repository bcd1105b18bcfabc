"""The port's part about warnings of fraud, at the sandbox."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from marketplace.gateway.models import SandboxFraudWarning
from marketplace.gateway.provider import FraudWarning
from marketplace.gateway.sandbox import reads
from marketplace.gateway.sandbox.readings import fraud_warning_of


class SandboxFraudWarnings:
    """See the port: `FraudWarnings`."""

    def get_fraud_warning(self, ref: str) -> FraudWarning:
        """See the port."""
        return fraud_warning_of(reads.one(_warnings(), ref))

    def list_fraud_warnings(self, since: datetime) -> Sequence[FraudWarning]:
        """See the port."""
        return [fraud_warning_of(row) for row in reads.since(_warnings(), since)]


def _warnings() -> "QuerySet[SandboxFraudWarning]":
    return SandboxFraudWarning.objects.select_related("charge__intent")
