"""What the world does to the sandbox: banks that decide, vendors who are judged, time that passes.

For tests, demonstrations and the console; nothing of ours calls it in the course of business. Everything here
commits by itself, is told by events, and raises ProviderRefused for what does not exist or cannot be so.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.gateway.models import (
    SandboxAccount,
    SandboxBalanceTransaction,
    SandboxDispute,
    SandboxFraudWarning,
    SandboxIntent,
    SandboxPayout,
    SandboxPlatform,
)
from marketplace.gateway.sandbox import accounts, disputes, fraud, intents, payouts
from marketplace.gateway.sandbox.accounts import Verdict
from marketplace.kernel import clock
from marketplace.kernel.money import Money


def hold_payment(ref: str) -> None:
    """Let the next confirmation stay under way until `finish_payment`, as with a bank that takes days."""
    intents.hold(ref)


def finish_payment(ref: str) -> SandboxIntent:
    """Let the bank decide on a payment that is under way."""
    return intents.finish(ref)


def authenticate(ref: str, *, approves: bool) -> SandboxIntent:
    """Let the buyer answer the bank."""
    secret = SandboxIntent.objects.values_list("client_secret", flat=True).get(ref=ref)
    return intents.authenticate(ref, client_secret=secret, approves=approves)


def onboard(
    account_ref: str, verdict: Verdict = Verdict.VERIFIED, *, bank_last4: str = "6789"
) -> SandboxAccount:
    """Let the vendor tell what is asked, and be judged so."""
    return accounts.tell(account_ref, verdict=verdict, bank_last4=bank_last4)


def judge(account_ref: str, verdict: Verdict) -> SandboxAccount:
    """Judge an account that is being verified."""
    return accounts.judge(account_ref, verdict)


def ask(account_ref: str, missing: Sequence[str], *, by: datetime) -> SandboxAccount:
    """Ask an active account for more, by a moment."""
    return accounts.ask(account_ref, missing, by=by)


def hold_account(account_ref: str, reason: str = "platform_paused") -> SandboxAccount:
    """Let nothing arrive at an account any more."""
    return accounts.hold(account_ref, reason)


def release_account(account_ref: str) -> SandboxAccount:
    """Let a held account be active again."""
    return accounts.release(account_ref)


def reject_account(account_ref: str, reason: str = "rejected.other") -> SandboxAccount:
    """End an account."""
    return accounts.reject(account_ref, reason)


def change_bank(account_ref: str, last4: str) -> SandboxAccount:
    """Let the vendor be paid at another bank account."""
    return accounts.change_bank(account_ref, last4)


def disconnect(account_ref: str) -> SandboxAccount:
    """Let the vendor withdraw our access to the account."""
    return accounts.disconnect(account_ref)


def dispute(
    charge_ref: str, *, reason: str = "fraudulent", amount: Money | None = None, is_inquiry: bool = False
) -> SandboxDispute:
    """Let the buyer dispute a charge: what is left of it, or a part."""
    return disputes.dispute(charge_ref, reason=reason, amount=amount, is_inquiry=is_inquiry)


def warn(charge_ref: str, *, fraud_type: str = fraud.UNAUTHORIZED) -> SandboxFraudWarning:
    """Let the bank take a charge for fraud, before or instead of a dispute."""
    return fraud.warn(charge_ref, fraud_type=fraud_type)


def escalate(dispute_ref: str) -> SandboxDispute:
    """Let an inquiry become a dispute."""
    return disputes.escalate(dispute_ref)


def decide(dispute_ref: str, *, wins: bool) -> SandboxDispute:
    """Let the bank decide; an inquiry is closed where the platform wins, and escalated otherwise."""
    return disputes.decide(dispute_ref, wins=wins)


def pay_out(account_ref: str, amount: Money) -> SandboxPayout:
    """Send money of an account to its bank."""
    with transaction.atomic(durable=True):
        return payouts.pay_out(account_ref, amount)


def pay_out_platform(amount: Money) -> SandboxPayout:
    """Send money of the platform's own to its bank."""
    with transaction.atomic(durable=True):
        return payouts.pay_out_platform(amount)


def arrive(payout_ref: str) -> SandboxPayout:
    """Let a payout arrive, or fail where the bank account is one that does."""
    return payouts.arrive(payout_ref)


def fail_payout(payout_ref: str, code: str = "account_closed") -> SandboxPayout:
    """Let a payout come back."""
    return payouts.fail(payout_ref, code)


def terms(**changes: int) -> SandboxPlatform:
    """Change what the sandbox charges, and how long it takes; see SandboxPlatform."""
    platform, _ = SandboxPlatform.objects.get_or_create(pk=1)
    SandboxPlatform.objects.filter(pk=1).update(**changes)
    platform.refresh_from_db()
    return platform


def settle() -> int:
    """Let all that is pending be available now. Returns how many movements that were."""
    now = clock.now()
    return SandboxBalanceTransaction.objects.filter(available_at__gt=now).update(available_at=now)
