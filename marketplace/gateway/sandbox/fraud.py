"""Warnings of fraud at the sandbox: a bank's word about a charge, which moves nothing."""

from typing import Final

from django.db import transaction

from marketplace.gateway.models import SandboxCharge, SandboxFraudWarning
from marketplace.gateway.models.sandbox import ChargeState, FraudType
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import rows
from marketplace.gateway.sandbox.journal import record

FRAUD_TYPES: Final = tuple(FraudType.values)
UNAUTHORIZED: Final = FraudType.UNAUTHORIZED.value


def warn_of(charge: SandboxCharge, *, fraud_type: str = UNAUTHORIZED) -> SandboxFraudWarning:
    """A new warning, in the caller's transaction. Raises ProviderRefused for a type there is not."""
    if fraud_type not in FRAUD_TYPES:
        raise ProviderRefused("parameter_invalid", f"There is no fraud of the type {fraud_type!r}.")
    made = SandboxFraudWarning.objects.create(
        ref=rows.reference("issfr"), charge=charge, fraud_type=fraud_type
    )
    record(("radar.early_fraud_warning.created", made))
    return made


def warn(charge_ref: str, *, fraud_type: str) -> SandboxFraudWarning:
    """Warn of a charge that took money; see `warn_of`. Commits by itself."""
    with transaction.atomic(durable=True):
        taken = SandboxCharge.objects.filter(status=ChargeState.SUCCEEDED).select_related("intent")
        return warn_of(rows.found(taken, charge_ref), fraud_type=fraud_type)
