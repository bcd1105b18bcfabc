"""Charges of the sandbox: the attempts to take the money of a payment."""

from datetime import timedelta

from marketplace.gateway.models import SandboxCharge, SandboxIntent
from marketplace.gateway.models.sandbox import ChargeState, Movement
from marketplace.gateway.sandbox import movements, rows
from marketplace.kernel import clock


def attempt(intent: SandboxIntent, *, decline_code: str) -> SandboxCharge:
    """One attempt, which the bank declined where there is a code, and which moved the money otherwise."""
    charge = SandboxCharge(
        ref=rows.reference("ch"),
        intent=intent,
        status=ChargeState.FAILED if decline_code else ChargeState.SUCCEEDED,
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        decline_code=decline_code,
        card_last4=intent.card_last4,
        card_brand=intent.card_brand,
    )
    if not decline_code:
        terms = movements.terms()
        charge.available_at = clock.now() + timedelta(seconds=terms.settle_seconds)
        charge.balance_ref = movements.post(
            Movement.CHARGE,
            amount=intent.amount,
            fee_minor=movements.fee_of(intent.amount, terms),
            source_ref=charge.ref,
            available_at=charge.available_at,
        )
    charge.save()
    return charge
