"""What goes back of a charge of the sandbox."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction

from marketplace.gateway.models import SandboxCharge, SandboxRefund
from marketplace.gateway.models.sandbox import REFUND_MOVES, ChargeState, Movement, RefundState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import disputes, movements
from marketplace.gateway.sandbox.cards import BY_LAST4
from marketplace.gateway.sandbox.journal import record
from marketplace.gateway.sandbox.rows import reference
from marketplace.kernel import clock
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.money import Money

# How long a refund to a card that will not take it looks as if it had gone well.
UNTIL_IT_FAILS: Final = timedelta(minutes=1)


def refund(charge_ref: str, *, amount: Money, metadata: Mapping[str, str]) -> SandboxRefund:
    """Give back part or all of a charge, at once.

    Locks: the charge. Raises ProviderRefused for a charge that does not exist, failed or is disputed, for
    another currency, and for more than is left of it.
    """
    charge = _refundable(charge_ref, amount)
    fails = BY_LAST4[charge.card_last4].refund_fails
    made = SandboxRefund(
        ref=reference("re"),
        charge=charge,
        amount_minor=amount.minor,
        currency=amount.currency,
        metadata=dict(metadata),
        fails_at=clock.now() + UNTIL_IT_FAILS if fails else None,
    )
    _move(made, RefundState.SUCCEEDED)
    made.balance_ref = _post(Movement.REFUND, made, -amount.minor)
    made.save()
    charge.refunded_minor += amount.minor
    charge.save()
    record(("refund.created", made), ("charge.refunded", charge))
    return made


def fail_due() -> int:
    """Let the refunds fail whose time has come; the charge can be refunded anew. Returns how many.

    Side effects: commits each by itself. Locks: the charge, then the refund.
    """
    due = SandboxRefund.objects.filter(status=RefundState.SUCCEEDED, fails_at__lte=clock.now())
    return sum(_fail(charge, made) for charge, made in due.values_list("charge_id", "pk"))


def _fail(charge_key: int, refund_key: int) -> bool:
    with transaction.atomic(durable=True):
        charge = lock_one(SandboxCharge.objects.filter(pk=charge_key))
        made = lock_one(SandboxRefund.objects.filter(pk=refund_key).select_related("charge"))
        if made.status == RefundState.FAILED:
            return False
        _move(made, RefundState.FAILED)
        made.save()
        _post(Movement.REFUND_FAILURE, made, made.amount_minor)
        charge.refunded_minor -= made.amount_minor
        charge.save()
        record(("refund.failed", made), ("charge.updated", charge))
    return True


def _refundable(charge_ref: str, amount: Money) -> SandboxCharge:
    found = lock(SandboxCharge.objects.filter(ref=charge_ref, status=ChargeState.SUCCEEDED))
    if not found:
        raise ProviderRefused("resource_missing", f"There is no charge {charge_ref!r} to refund.")
    charge = found[0]
    if charge.is_disputed and not disputes.is_refundable(charge):
        raise ProviderRefused("charge_disputed", "A disputed charge is not refunded.")
    if amount.currency != charge.currency:
        raise ProviderRefused("currency_mismatch", f"The charge is in {charge.currency}.")
    left = charge.amount_minor - charge.refunded_minor
    if not 0 < amount.minor <= left:
        raise ProviderRefused(
            "amount_too_large" if amount.minor > left else "amount_too_small", f"{left} left."
        )
    return charge


def _post(kind: Movement, made: SandboxRefund, minor: int) -> str:
    """What is pending of the charge goes back before what may be used."""
    now = clock.now()
    return movements.post(
        kind,
        amount=Money(minor, made.currency),
        source_ref=made.ref,
        available_at=max(now, made.charge.available_at or now),
    )


def _move(made: SandboxRefund, to: RefundState) -> None:
    if not REFUND_MOVES.allows(made.status, to):
        raise ProviderRefused("unexpected_state", f"This refund is {made.status}.")
    made.status = to
