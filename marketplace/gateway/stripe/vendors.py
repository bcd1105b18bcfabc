"""What Stripe tells of vendors' accounts, of money on its way to them, and of disputes, as ours. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from marketplace.gateway.minor_units import money_of
from marketplace.gateway.provider import (
    AccountState,
    DisputeStatus,
    PayoutStatus,
    ProviderAccount,
    ProviderBalance,
    ProviderDispute,
    ProviderPayout,
    ProviderReversal,
    ProviderTransfer,
)
from marketplace.gateway.stripe.reading import Told, moment, ref_of
from marketplace.kernel.money import Money

_DISPUTE: Final[Mapping[str, DisputeStatus]] = {
    "warning_needs_response": DisputeStatus.WARNING,
    "warning_under_review": DisputeStatus.WARNING,
    "warning_closed": DisputeStatus.WARNING_CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "appeal_needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "appeal_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "prevented": DisputeStatus.PREVENTED,
}
# Reasons that name no verdict: the provider waits, for itself or for the vendor.
_LOOKING: Final = frozenset({"requirements.pending_verification", "under_review"})
_WAITING: Final = frozenset({"requirements.past_due", "action_required.requested_capabilities"})

# Of payouts: when somebody asks for them.
MANUAL: Final = "manual"


def account(told: Told) -> ProviderAccount:
    """An Account."""
    asked = told.get("requirements") or {}
    schedule = ((told.get("settings") or {}).get("payouts") or {}).get("schedule") or {}
    banks = (told.get("external_accounts") or {}).get("data") or [{}]
    due = [*(asked.get("past_due") or []), *(asked.get("currently_due") or [])]
    deadline = asked.get("current_deadline")
    return ProviderAccount(
        ref=told["id"],
        state=account_state(told),
        country=told.get("country") or "",
        currency=(told.get("default_currency") or "").upper(),
        missing=list(dict.fromkeys(due)),
        missing_by=moment(deadline) if deadline else None,
        reason=asked.get("disabled_reason") or "",
        bank_last4=banks[0].get("last4") or "",
        bank_refs=sorted(bank["id"] for bank in banks if bank.get("default_for_currency")),
        has_own_schedule=schedule.get("interval", MANUAL) != MANUAL,
        metadata=told.get("metadata") or {},
    )


def account_state(told: Told) -> AccountState:
    """Whether the vendor can be paid, and what it takes.

    Not whether it may take charges: it takes transfers only. What is asked for by a deadline to come does not
    keep money from it.
    """
    asked = told.get("requirements") or {}
    reason = asked.get("disabled_reason") or ""
    is_paid = (told.get("capabilities") or {}).get("transfers") == "active" and told.get("payouts_enabled")
    if reason.startswith("rejected."):
        return AccountState.REJECTED
    if not told.get("details_submitted"):
        return AccountState.PENDING
    if is_paid:
        return AccountState.ACTIVE
    if reason and reason not in _LOOKING | _WAITING:
        return AccountState.RESTRICTED
    if asked.get("past_due") or asked.get("currently_due"):
        return AccountState.ACTION_REQUIRED
    return AccountState.VERIFYING


def disconnected(ref: str) -> ProviderAccount:
    """An account whose vendor has withdrawn our access."""
    return ProviderAccount(ref=ref, state=AccountState.DISCONNECTED, country="", currency="")


def transfer(told: Told) -> ProviderTransfer:
    """A Transfer."""
    return ProviderTransfer(
        ref=told["id"],
        account_ref=ref_of(told["destination"]) or "",
        amount=money_of(told["amount"], told["currency"]),
        reversed=money_of(told["amount_reversed"], told["currency"]),
        charge_ref=ref_of(told.get("source_transaction")),
        metadata=told.get("metadata") or {},
    )


def reversal(told: Told) -> ProviderReversal:
    """A TransferReversal."""
    return ProviderReversal(
        ref=told["id"],
        transfer_ref=ref_of(told["transfer"]) or "",
        amount=money_of(told["amount"], told["currency"]),
        metadata=told.get("metadata") or {},
    )


def payout(told: Told, *, account_ref: str) -> ProviderPayout:
    """A Payout, which does not say whose it is."""
    return ProviderPayout(
        ref=told["id"],
        account_ref=account_ref,
        status=PayoutStatus(told["status"]),
        amount=money_of(told["amount"], told["currency"]),
        arrives_on=moment(told["arrival_date"]).date(),
        created_at=moment(told["created"]),
        failure_code=told.get("failure_code") or "",
        failure_message=told.get("failure_message") or "",
        metadata=told.get("metadata") or {},
    )


def balance(told: Told) -> ProviderBalance:
    """A Balance, without the currencies of which there is nothing."""
    return ProviderBalance(
        available=_amounts(told.get("available") or []), pending=_amounts(told.get("pending") or [])
    )


def dispute(told: Told) -> ProviderDispute:
    """A Dispute; what the bank moved is the sum of its balance transactions."""
    moved: list[Any] = told.get("balance_transactions") or []
    currency = moved[0]["currency"] if moved else told["currency"]
    details = told.get("evidence_details") or {}
    due_by = details.get("due_by")
    return ProviderDispute(
        ref=told["id"],
        charge_ref=ref_of(told["charge"]) or "",
        payment_ref=ref_of(told.get("payment_intent")),
        status=_DISPUTE[told["status"]],
        amount=money_of(told["amount"], told["currency"]),
        reason=told.get("reason") or "",
        withdrawn=money_of(-sum(each["amount"] for each in moved), currency),
        fee=money_of(sum(each["fee"] for each in moved), currency),
        evidence_due_at=moment(due_by) if due_by else None,
        is_evidence_sent=bool(details.get("submission_count")),
        is_charge_refundable=bool(told.get("is_charge_refundable")),
        metadata=told.get("metadata") or {},
    )


def _amounts(told: list[Any]) -> list[Money]:
    return [money_of(each["amount"], each["currency"]) for each in told if each["amount"]]
