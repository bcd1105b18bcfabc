"""Disputes at the sandbox: what a bank takes back of a charge, and what is said against it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from marketplace.gateway.models import SandboxCharge, SandboxDispute
from marketplace.gateway.models.sandbox import DISPUTE_MOVES, ChargeState, DisputeState, Movement
from marketplace.gateway.provider import ProviderRefused
from marketplace.gateway.sandbox import movements, rows
from marketplace.gateway.sandbox.journal import record
from marketplace.kernel import clock
from marketplace.kernel.money import Money

# Evidence that decides, and how long it takes: Stripe's words for trying it out.
WINNING: Final = "winning_evidence"
LOSING: Final = "losing_evidence"
UNTIL_DECIDED: Final = timedelta(minutes=1)
LONGEST_EVIDENCE: Final = 20_000  # each, as the port says
ANSWERABLE: Final = frozenset({DisputeState.WARNING, DisputeState.NEEDS_RESPONSE})


def open_dispute(
    charge: SandboxCharge, *, reason: str, amount: Money | None = None, is_inquiry: bool = False
) -> SandboxDispute:
    """A new dispute about what is left of a charge, or a part; the caller holds the charge, or has made it.

    Raises ProviderRefused for more than is left, and where it is disputed already.
    """
    left = Money(charge.amount_minor - charge.refunded_minor, charge.currency)
    disputed = amount or left
    if not 0 < disputed.minor <= left.minor:
        raise ProviderRefused("amount_too_large", f"{left.minor} left.")
    if charge.disputes.exclude(status=DisputeState.WARNING_CLOSED).exists():
        raise ProviderRefused("charge_already_disputed", "This charge is disputed already.")
    terms = movements.terms()
    made = SandboxDispute(
        ref=rows.reference("du"),
        charge=charge,
        status=DisputeState.WARNING if is_inquiry else DisputeState.NEEDS_RESPONSE,
        amount_minor=disputed.minor,
        currency=charge.currency,
        reason=reason,
        evidence_due_at=clock.now() + timedelta(days=terms.evidence_days),
    )
    made.save()
    charge.is_disputed = True
    charge.save()
    record(("charge.dispute.created", made))
    if not is_inquiry:
        _withdraw(made)
    return made


def dispute(charge_ref: str, *, reason: str, amount: Money | None, is_inquiry: bool) -> SandboxDispute:
    """Open a dispute; see `open_dispute`. Commits by itself; locks the charge."""
    with transaction.atomic(durable=True):
        taken = SandboxCharge.objects.filter(status=ChargeState.SUCCEEDED).select_related("intent")
        charge = rows.locked(taken, charge_ref)
        return open_dispute(charge, reason=reason, amount=amount, is_inquiry=is_inquiry)


def answer(ref: str, *, evidence: Mapping[str, str], is_final: bool) -> SandboxDispute:
    """Keep evidence, beside what was kept before, and send it where it is final. Called inside a transaction.

    Locks: the dispute. Raises ProviderRefused when it was sent, when the time is over, and for a text that is
    too long.
    """
    held = rows.locked(_rows(), ref)
    if held.status not in ANSWERABLE or held.evidence_sent_at is not None:
        raise rows.unexpected(held)
    if clock.now() > held.evidence_due_at:
        raise ProviderRefused("dispute_evidence_too_late", "The time for evidence is over.")
    if any(len(text) > LONGEST_EVIDENCE for text in evidence.values()):
        raise ProviderRefused("parameter_invalid_string", f"A text has at most {LONGEST_EVIDENCE} letters.")
    held.evidence = {**held.evidence, **{name: text for name, text in evidence.items() if text}}
    if is_final:
        _send(held)
    held.save()
    record(("charge.dispute.updated", held))
    return held


def escalate(ref: str) -> SandboxDispute:
    """Let an inquiry become a dispute. Commits by itself; locks the dispute."""

    def run(held: SandboxDispute) -> None:
        _move(held, DisputeState.NEEDS_RESPONSE)
        held.evidence_sent_at = None
        held.save()
        record(("charge.dispute.updated", held))
        _withdraw(held)

    return _change(ref, run)


def decide(ref: str, *, wins: bool) -> SandboxDispute:
    """Let the bank decide; an inquiry that is not won is no end. Commits by itself; locks the dispute."""
    return _change(ref, lambda held: _end(held, wins=wins))


def decide_due() -> int:
    """Let the banks decide where it is time, and against whom did not answer in time. Returns how many.

    Side effects: commits each by itself. Locks: the dispute.
    """
    now = clock.now()
    decided = SandboxDispute.objects.filter(status=DisputeState.UNDER_REVIEW, decides_at__lte=now)
    missed = SandboxDispute.objects.filter(status__in=ANSWERABLE, evidence_due_at__lt=now)
    ends = dict(decided.values_list("ref", "is_to_be_won"))
    # An inquiry comes to nothing by itself.
    ends |= {ref: status == DisputeState.WARNING for ref, status in missed.values_list("ref", "status")}
    for ref, wins in ends.items():
        # Of two at once the second finds it decided.
        with suppress(ProviderRefused):
            decide(ref, wins=wins)
    return len(ends)


def is_refundable(charge: SandboxCharge) -> bool:
    """Whether what is left of a charge may go back."""
    return all(each.is_charge_refundable for each in charge.disputes.all())


def _send(held: SandboxDispute) -> None:
    held.evidence_sent_at = clock.now()
    if held.status == DisputeState.WARNING:
        return
    _move(held, DisputeState.UNDER_REVIEW)
    said = held.evidence.get("uncategorized_text", "")
    if said in {WINNING, LOSING}:
        held.decides_at = clock.now() + UNTIL_DECIDED
        held.is_to_be_won = said == WINNING


def _end(held: SandboxDispute, *, wins: bool) -> None:
    if DISPUTE_MOVES.allows(held.status, DisputeState.WARNING_CLOSED):
        if not wins:
            raise rows.unexpected(held)
        _move(held, DisputeState.WARNING_CLOSED)
    else:
        _move(held, DisputeState.WON if wins else DisputeState.LOST)
    held.decides_at = None
    if wins and held.withdrawn_minor:
        moved = movements.post(
            Movement.DISPUTE_REVERSAL,
            amount=Money(held.withdrawn_minor, held.currency),
            source_ref=held.ref,
        )
        held.withdrawn_minor, held.balance_refs = 0, [*held.balance_refs, moved]
        held.save()
        record(("charge.dispute.funds_reinstated", held))
    held.save()
    record(("charge.dispute.closed", held))


def _withdraw(held: SandboxDispute) -> None:
    fee = movements.terms().dispute_fee_minor
    moved = movements.post(
        Movement.DISPUTE,
        amount=Money(-held.amount_minor, held.currency),
        fee_minor=fee,
        source_ref=held.ref,
    )
    held.withdrawn_minor, held.fee_minor = held.amount_minor, fee
    held.balance_refs = [*held.balance_refs, moved]
    held.save()
    record(("charge.dispute.funds_withdrawn", held))


def _change(ref: str, run: Callable[[SandboxDispute], None]) -> SandboxDispute:
    with transaction.atomic(durable=True):
        held = rows.locked(_rows(), ref)
        run(held)
    return held


def _rows() -> "QuerySet[SandboxDispute]":
    return SandboxDispute.objects.select_related("charge__intent")


def _move(held: SandboxDispute, to: DisputeState) -> None:
    if not DISPUTE_MOVES.allows(held.status, to):
        raise rows.unexpected(held)
    held.status = to
