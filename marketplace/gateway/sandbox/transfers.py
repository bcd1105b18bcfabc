"""Money between the platform and vendors' accounts. Called inside the transaction of a key."""

from collections.abc import Mapping

from django.db.models import Sum

from marketplace.gateway.models import SandboxAccount, SandboxCharge, SandboxReversal, SandboxTransfer
from marketplace.gateway.models.sandbox import ChargeState, Movement
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import movements, rows
from marketplace.gateway.sandbox.journal import record
from marketplace.kernel import clock
from marketplace.kernel.money import Money


def transfer(
    account_ref: str, *, amount: Money, charge_ref: str | None, group: str, metadata: Mapping[str, str]
) -> SandboxTransfer:
    """Send money to an account: of a charge, where it is pending as long as the charge is, or of the balance.

    Locks: the charge or the platform, then the account. Raises ProviderRefused for an unknown account and one
    that takes no transfers, for nothing, for more than the charge took in all or the balance holds, and for
    another currency than the charge's.
    """
    if amount.minor <= 0:
        raise ProviderRefused("parameter_invalid_integer", "A transfer is more than nothing.")
    now = clock.now()
    charge = _held(amount, charge_ref)
    account = rows.locked(SandboxAccount.objects.filter(is_disconnected=False), account_ref)
    if not account.takes_transfers:
        raise ProviderRefused("insufficient_capabilities_for_transfer", "This account takes no transfers.")
    made = SandboxTransfer(
        ref=rows.reference("tr"),
        account=account,
        charge=charge,
        amount_minor=amount.minor,
        currency=amount.currency,
        group=group or (charge.intent.group if charge else ""),
        metadata=dict(metadata),
        payment_ref=rows.reference("py"),
        available_at=max(now, charge.available_at or now) if charge else now,
    )
    _exchange(made, amount, source_ref=made.ref, kinds=(Movement.TRANSFER, Movement.PAYMENT))
    made.save()
    record(("transfer.created", made))
    return made


def reverse(ref: str, *, amount: Money, metadata: Mapping[str, str]) -> SandboxReversal:
    """Take back part or all of a transfer.

    Locks: the account, then the transfer. Raises ProviderRefused for more than is left of the transfer, and
    for more than the account holds.
    """
    account = rows.found(SandboxTransfer.objects.select_related("account"), ref).account
    rows.locked(SandboxAccount.objects.all(), account.ref)
    sent = rows.locked(SandboxTransfer.objects.select_related("account", "charge"), ref)
    if amount.currency != sent.currency:
        raise ProviderRefused("currency_mismatch", f"The transfer is in {sent.currency}.")
    left = sent.amount_minor - sent.reversed_minor
    if not 0 < amount.minor <= left:
        raise ProviderRefused(
            "amount_too_large" if amount.minor > left else "amount_too_small", f"{left} left."
        )
    if amount.minor > movements.held(amount.currency, holder=account.ref):
        raise movements.insufficient(amount)
    made = SandboxReversal(
        ref=rows.reference("trr"), transfer=sent, amount_minor=amount.minor, metadata=dict(metadata)
    )
    sent.reversed_minor += amount.minor
    sent.save()
    kinds = (Movement.TRANSFER_REVERSAL, Movement.PAYMENT_REVERSAL)
    made.balance_ref = _exchange(
        sent, Money(-amount.minor, amount.currency), source_ref=made.ref, kinds=kinds
    )
    made.save()
    record(("transfer.reversed", sent))
    return made


def _held(amount: Money, charge_ref: str | None) -> SandboxCharge | None:
    """The charge the money is of, or none where the balance has it. Locks: either."""
    if charge_ref is None:
        movements.hold_platform()
        if amount.minor > movements.available(amount.currency):
            raise movements.insufficient(amount)
        return None
    taken = SandboxCharge.objects.filter(status=ChargeState.SUCCEEDED).select_related("intent")
    charge = rows.locked(taken, charge_ref)
    if amount.currency != charge.currency:
        raise ProviderRefused("currency_mismatch", f"The charge is in {charge.currency}.")
    sent = charge.transfers.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    if sent + amount.minor > charge.amount_minor:
        raise movements.insufficient(amount)
    return charge


def _exchange(
    sent: SandboxTransfer, amount: Money, *, source_ref: str, kinds: tuple[Movement, Movement]
) -> str:
    """Take from the platform and give to the account; the reference of the platform's movement."""
    available_at = max(clock.now(), sent.available_at)
    movements.post(
        kinds[1],
        amount=amount,
        source_ref=sent.payment_ref,
        holder=sent.account.ref,
        available_at=available_at,
    )
    sent_away = Money(-amount.minor, amount.currency)
    moved = movements.post(kinds[0], amount=sent_away, source_ref=source_ref, available_at=available_at)
    sent.balance_ref = sent.balance_ref or moved
    return moved
