"""Money from vendors' accounts, and the platform's own, to banks."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from marketplace.gateway.models import SandboxAccount, SandboxPayout
from marketplace.gateway.models.sandbox import PAYOUT_MOVES, AccountPhase, Movement, PayoutState
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import movements, rows
from marketplace.gateway.sandbox.journal import record
from marketplace.kernel import clock
from marketplace.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A bank account of the list, and what becomes of a payout there."""

    text: str
    failure_code: str = ""  # empty: it arrives


# By the last four digits: all that is kept of one.
BANKS: Final[Mapping[str, Bank]] = {
    "6789": Bank(text="payouts arrive"),
    "1116": Bank(text="payouts fail, for it is closed", failure_code="account_closed"),
    "1113": Bank(text="payouts fail, for there is none", failure_code="no_account"),
}
PLATFORMS_BANK: Final = "6789"


NOTHING: Final[Mapping[str, str]] = {}


def pay_out(
    account_ref: str,
    amount: Money,
    *,
    metadata: Mapping[str, str] = NOTHING,
    is_automatic: bool = False,
) -> SandboxPayout:
    """Send money of an account to its bank. Called inside a transaction.

    Locks: the account. Raises ProviderRefused for an account that is not active or has no bank, and for more
    than it may use.
    """
    account = rows.locked(SandboxAccount.objects.filter(is_disconnected=False), account_ref)
    if account.status != AccountPhase.ACTIVE or not account.bank_last4:
        raise ProviderRefused("payouts_not_allowed", "This account is not paid out.")
    if not 0 < amount.minor <= movements.available(amount.currency, holder=account.ref):
        raise movements.insufficient(amount)
    made = {"account": account, "bank_last4": account.bank_last4, "metadata": dict(metadata)}
    return _made(amount, holder=account.ref, is_automatic=is_automatic, **made)


def pay_out_platform(amount: Money) -> SandboxPayout:
    """Send money of the platform's own to its bank, as its schedule does. Called inside a transaction.

    Raises ProviderRefused for more than it may use.
    """
    if not 0 < amount.minor <= movements.available(amount.currency):
        raise movements.insufficient(amount)
    return _made(amount, holder=movements.PLATFORM, is_automatic=True, bank_last4=PLATFORMS_BANK)


def _made(amount: Money, *, holder: str, **made: Any) -> SandboxPayout:
    ref = rows.reference("po")
    away = Money(-amount.minor, amount.currency)
    payout = SandboxPayout.objects.create(
        ref=ref,
        amount_minor=amount.minor,
        currency=amount.currency,
        arrives_on=(clock.now() + timedelta(days=movements.terms().payout_days)).date(),
        balance_ref=movements.post(Movement.PAYOUT, amount=away, source_ref=ref, holder=holder),
        **made,
    )
    record(("payout.created", payout))
    return payout


def send(ref: str) -> SandboxPayout:
    """Let a payout be on its way. Commits by itself; locks the payout."""
    return _change(ref, PayoutState.IN_TRANSIT)


def arrive(ref: str) -> SandboxPayout:
    """Let a payout arrive, or fail where its bank account does. Commits by itself; locks the payout."""
    bank = BANKS.get(rows.found(SandboxPayout.objects.all(), ref).bank_last4)
    if bank is not None and bank.failure_code:
        return fail(ref, bank.failure_code)
    return _change(ref, PayoutState.PAID)


def fail(ref: str, code: str) -> SandboxPayout:
    """Let a payout come back, also one that had arrived. Commits by itself; locks the payout."""
    return _change(ref, PayoutState.FAILED, code)


def cancel(ref: str) -> SandboxPayout:
    """Take back a payout that was not sent. Commits by itself; locks the payout."""
    return _change(ref, PayoutState.CANCELED)


def pay_out_all() -> int:
    """Send all to banks that active accounts may use which are not paid out by us. Returns how many payouts.

    Side effects: commits each by itself. Locks: the account.
    """
    active = SandboxAccount.objects.filter(
        status=AccountPhase.ACTIVE, is_disconnected=False, has_own_schedule=True
    )
    refs = active.exclude(bank_last4="").order_by("pk").values_list("ref", flat=True)
    made = 0
    for ref in refs:
        for amount in movements.balance(ref).available:
            if amount.minor > 0:
                # Of two at once the second finds nothing left.
                with suppress(ProviderRefused), transaction.atomic(durable=True):
                    pay_out(ref, amount, is_automatic=True)
                    made += 1
    return made


def arrive_due() -> int:
    """Let the payouts arrive whose day has come. Returns how many; commits each by itself."""
    open_ones = SandboxPayout.objects.filter(status__in=[PayoutState.PENDING, PayoutState.IN_TRANSIT])
    due = open_ones.filter(arrives_on__lte=clock.now().date()).order_by("pk")
    refs = list(due.values_list("ref", flat=True))
    for ref in refs:
        # Of two at once the second finds it there.
        with suppress(ProviderRefused):
            arrive(ref)
    return len(refs)


def _change(ref: str, to: PayoutState, failure_code: str = "") -> SandboxPayout:
    with transaction.atomic(durable=True):
        payout = rows.locked(SandboxPayout.objects.select_related("account"), ref)
        if not PAYOUT_MOVES.allows(payout.status, to):
            raise rows.unexpected(payout)
        payout.status, payout.failure_code = to, failure_code
        payout.save()
        if to in {PayoutState.FAILED, PayoutState.CANCELED}:
            movements.post(
                Movement.PAYOUT_FAILURE,
                amount=payout.amount,
                source_ref=payout.ref,
                holder=payout.connected_ref,
            )
        record((NAMES[to], payout))
    return payout


NAMES: Final[Mapping[PayoutState, str]] = {
    PayoutState.IN_TRANSIT: "payout.updated",
    PayoutState.PAID: "payout.paid",
    PayoutState.FAILED: "payout.failed",
    PayoutState.CANCELED: "payout.canceled",
}
