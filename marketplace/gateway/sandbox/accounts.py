"""Vendors' accounts with the sandbox: how they come to be active, and cease to be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction

from marketplace.gateway.models import SandboxAccount
from marketplace.gateway.models.sandbox import ACCOUNT_MOVES, AccountPhase
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import rows
from marketplace.gateway.sandbox.journal import record
from marketplace.kernel import clock

DOCUMENT: Final = "individual.verification.document"
# What a new account is asked for.
FIRST_ASKED: Final = ("business_profile.url", "external_account", "individual.verification.document")
UNTIL_VERIFIED: Final = timedelta(minutes=1)
TIME_TO_TELL: Final = timedelta(days=14)
# The currency that a country's accounts hold first; elsewhere it is the euro.
CURRENCIES: Final[Mapping[str, str]] = {
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "CH": "CHF",
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "HK": "HKD",
    "HU": "HUF",
    "JP": "JPY",
    "LI": "CHF",
    "MX": "MXN",
    "MY": "MYR",
    "NO": "NOK",
    "NZ": "NZD",
    "PL": "PLN",
    "RO": "RON",
    "SE": "SEK",
    "SG": "SGD",
    "TH": "THB",
    "US": "USD",
    "AE": "AED",
}


class Verdict(StrEnum):
    """What the sandbox makes of a vendor, as the vendor wishes."""

    VERIFIED = "verified"
    LATER = "later"  # verified, after UNTIL_VERIFIED
    NEEDS_DOCUMENT = "needs_document"
    REJECTED = "rejected"


def open_account(
    *, email: str, country: str, metadata: Mapping[str, str], has_own_schedule: bool = True
) -> SandboxAccount:
    """A new account that has told nothing. Raises ProviderRefused for what is no country."""
    if len(country) != 2 or not country.isascii() or not country.isupper():
        raise ProviderRefused("country_unsupported", f"{country!r} is no country.")
    return SandboxAccount.objects.create(
        ref=rows.reference("acct"),
        email=email,
        country=country,
        currency=CURRENCIES.get(country, "EUR"),
        metadata=dict(metadata),
        missing=list(FIRST_ASKED),
        has_own_schedule=has_own_schedule,
    )


def schedule(ref: str, *, has_own_schedule: bool) -> SandboxAccount:
    """Let an account be paid out every night, or when it is asked for. Called in a transaction; locks it."""
    account = rows.locked(SandboxAccount.objects.filter(is_disconnected=False), ref)
    if account.has_own_schedule != has_own_schedule:
        account.has_own_schedule = has_own_schedule
        account.save()
        record(("account.updated", account))
    return account


def change_bank(ref: str, last4: str) -> SandboxAccount:
    """The vendor is paid elsewhere from now on. Commits by itself; locks the account."""

    def run(account: SandboxAccount) -> None:
        account.bank_last4 = last4

    return _change(ref, run)


def tell(ref: str, *, verdict: Verdict, bank_last4: str) -> SandboxAccount:
    """The vendor has told what is asked; the account is judged as the verdict says.

    Side effects: commits by itself. Locks: the account. Raises ProviderRefused for one that is asked nothing.
    """

    def run(account: SandboxAccount) -> None:
        if account.status == AccountPhase.ACTIVE:
            _ask(account, ())
            return
        if account.status == AccountPhase.CREATED:
            _move(account, AccountPhase.DETAILS_SUBMITTED)
        _move(account, AccountPhase.VERIFYING)
        account.bank_last4 = bank_last4
        _ask(account, ())
        record(("account.updated", account))
        _judge(account, verdict)

    return _change(ref, run)


def judge(ref: str, verdict: Verdict) -> SandboxAccount:
    """Judge an account that is being verified. Commits by itself; locks the account."""
    return _change(ref, lambda account: _judge(account, verdict))


def ask(ref: str, missing: Sequence[str], *, by: datetime) -> SandboxAccount:
    """Ask an active account for more; without it by then it is active no more. Commits; locks the account."""
    return _change(ref, lambda account: _ask(account, missing, by))


def hold(ref: str, reason: str) -> SandboxAccount:
    """Let nothing arrive any more. Commits by itself; locks the account."""

    def run(account: SandboxAccount) -> None:
        _move(account, AccountPhase.DISABLED)
        account.reason = reason

    return _change(ref, run)


def release(ref: str) -> SandboxAccount:
    """Let a held account be active again. Commits by itself; locks the account."""

    def run(account: SandboxAccount) -> None:
        _move(account, AccountPhase.ACTIVE)
        account.reason = ""

    return _change(ref, run)


def reject(ref: str, reason: str) -> SandboxAccount:
    """End an account. Commits by itself; locks the account."""

    def run(account: SandboxAccount) -> None:
        _move(account, AccountPhase.REJECTED)
        account.reason = reason

    return _change(ref, run)


def disconnect(ref: str) -> SandboxAccount:
    """The vendor withdraws our access. Commits by itself; locks the account."""
    with transaction.atomic(durable=True):
        account = rows.locked(SandboxAccount.objects.all(), ref)
        account.is_disconnected = True
        account.save()
        record(("account.application.deauthorized", account))
    return account


def pass_due() -> int:
    """Let time do its part: verify what waits for it, and hold what did not tell in time. Returns how many.

    Side effects: commits each by itself. Locks: the account.
    """
    now = clock.now()
    waiting = SandboxAccount.objects.filter(status=AccountPhase.VERIFYING, decides_at__lte=now)
    late = SandboxAccount.objects.filter(status=AccountPhase.ACTIVE, missing_due_at__lte=now)
    verified = [_change(ref, _verify) for ref in waiting.values_list("ref", flat=True)]
    ended = [_change(ref, _end) for ref in late.values_list("ref", flat=True)]
    return len(verified) + len(ended)


def _judge(account: SandboxAccount, verdict: Verdict) -> None:
    if account.status != AccountPhase.VERIFYING:
        raise rows.unexpected(account)
    if verdict == Verdict.VERIFIED:
        _verify(account)
    elif verdict == Verdict.LATER:
        account.decides_at = clock.now() + UNTIL_VERIFIED
    elif verdict == Verdict.NEEDS_DOCUMENT:
        _move(account, AccountPhase.PAST_DUE)
        _ask(account, [DOCUMENT], clock.now() + TIME_TO_TELL)
    else:
        _move(account, AccountPhase.REJECTED)
        account.reason = "rejected.other"


def _verify(account: SandboxAccount) -> None:
    # Of two at once the second finds it done.
    if account.status == AccountPhase.VERIFYING:
        _move(account, AccountPhase.ACTIVE)
        account.decides_at = None


def _end(account: SandboxAccount) -> None:
    if account.status == AccountPhase.ACTIVE:
        _move(account, AccountPhase.PAST_DUE)


def _ask(account: SandboxAccount, missing: Sequence[str], by: datetime | None = None) -> None:
    account.missing, account.missing_due_at = list(missing), by


def _change(ref: str, run: Callable[[SandboxAccount], None]) -> SandboxAccount:
    with transaction.atomic(durable=True):
        account = rows.locked(SandboxAccount.objects.filter(is_disconnected=False), ref)
        run(account)
        account.save()
        record(("account.updated", account))
    return account


def _move(account: SandboxAccount, to: AccountPhase) -> None:
    if not ACCOUNT_MOVES.allows(account.status, to):
        raise rows.unexpected(account)
    account.status = to
