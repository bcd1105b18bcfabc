"""What buyers send back: asked for, answered, received, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from catalog.operations.shelves import Shelf
from checkout.errors import ReturnWindowClosed
from checkout.events import ReturnAnswered, ReturnReceived, ReturnRequested
from checkout.models import (
    RETURN_MOVES,
    SENT,
    OrderLine,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnStatus,
    ReturnWish,
    VendorOrder,
)
from checkout.operations.parts import Units, by_variant, lock_part, picked, variants_of
from checkout.selectors.returns import announced, closes_at
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.texts import prose

REQUESTED = "checkout.return_requested"
ANSWERED = "checkout.return_answered"
RECEIVED = "checkout.return_received"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Units of a line that are to go back, and why, in a code and in the buyer's words."""

    units: int
    reason: ReturnReason
    note: str = ""


def request_return(
    *,
    part: VendorOrder,
    wanted: Mapping[int, Wanted],
    wish: ReturnWish,
    actor: User | None,
    idempotency_key: str | None = None,
) -> Return:
    """Ask to send units back, by the key of their line, while there is time; None as the actor is a guest.

    Locks the vendor's order. Publishes ReturnRequested. Raises ReturnWindowClosed, TooManyUnits for units
    that are not with the buyer or are announced already, TransitionNotAllowed for a part of which nothing
    was sent, NotFound, InvalidInput, IdempotencyKeyReused, RequestInProgress.
    """
    notes = {key: prose(each.note, field="lines", longest=2000) for key, each in wanted.items()}
    asked = {str(key): (each.units, each.reason.value, notes[key]) for key, each in wanted.items()}

    def run() -> Outcome:
        made = _request(part.pk, wanted, notes, Return(wish=wish), actor=actor)
        return Outcome("requested", {"return": made.pk})

    with transaction.atomic():
        outcome = once(
            scope=f"requestReturn:vendor_order:{part.pk}",
            key=idempotency_key,
            payload={"lines": asked, "wish": wish.value},
            run=run,
        )
    return Return.objects.get(pk=outcome.ids["return"])


def _request(
    key: int, wanted: Mapping[int, Wanted], notes: Mapping[int, str], made: Return, *, actor: User | None
) -> Return:
    part, lines = lock_part(key)
    if part.status not in SENT:
        raise TransitionNotAllowed(thing="vendor order", current=part.status, asked="sent back")
    ends = closes_at(part)
    if ends is not None and ends <= clock.now():
        raise ReturnWindowClosed(closed_at=ends)
    coming = announced(part)
    asked = {line: each.units for line, each in wanted.items()}
    units = picked(lines, asked, left=lambda line: line.with_buyer - coming.get(line.pk, 0))
    made.vendor_order, made.number = part, f"{part.number}-R{part.returns.count() + 1}"
    made.requested_at = clock.now()
    made.save(force_insert=True)
    ReturnLine.objects.bulk_create(
        ReturnLine(
            return_request=made,
            order_line=line,
            quantity=count,
            reason=wanted[line.pk].reason,
            note=notes[line.pk],
        )
        for line, count in units.items()
    )
    audit.record(actor=actor, action=REQUESTED, subject=part, after={"return": made.number})
    publish(ReturnRequested(return_id=made.pk))
    return made


def answer_return(
    *,
    asked: Return,
    is_approved: bool,
    answer: str,
    actor: User | None,
    idempotency_key: str | None = None,
) -> Return:
    """Say whether the buyer may send it back, and how, or why not.

    Locks the vendor's order. Publishes ReturnAnswered. Raises TransitionNotAllowed where it was answered,
    InvalidInput for a refusal without a word, IdempotencyKeyReused, RequestInProgress.
    """
    answer = prose(answer, field="answer", longest=2000, shortest=0 if is_approved else 1)
    to = ReturnStatus.APPROVED if is_approved else ReturnStatus.DECLINED

    def run() -> Outcome:
        _answer(asked, to, answer, actor=actor)
        return Outcome("answered")

    with transaction.atomic():
        once(
            scope=f"answerReturn:return:{asked.pk}",
            key=idempotency_key,
            payload={"status": to.value, "answer": answer},
            run=run,
        )
    return Return.objects.get(pk=asked.pk)


def _answer(asked: Return, to: ReturnStatus, answer: str, *, actor: User | None) -> None:
    with audit.gathered():
        part, asked = lock_return(asked)
        changes = {"answer": answer, "answered_at": clock.now()}
        RETURN_MOVES.move(asked, to, actor=actor, also=changes)
        facts = {"return": asked.number, "status": to.value}
        audit.record(actor=actor, action=ANSWERED, subject=part, after=facts)
    publish(ReturnAnswered(return_id=asked.pk))


def withdraw_return(*, asked: Return, actor: User | None) -> Return:
    """Keep it after all. Locks the vendor's order. Raises TransitionNotAllowed once something came back."""
    with transaction.atomic():
        _, asked = lock_return(asked)
        RETURN_MOVES.move(asked, ReturnStatus.WITHDRAWN, actor=actor)
    return asked


def receive_return(
    *,
    asked: Return,
    actor: User | None,
    units: Units | None = None,
    is_restocked: bool = True,
    idempotency_key: str | None = None,
) -> Return:
    """Note which units have come back, all that were announced or those named, and whether they can be sold.

    Locks the products and variants of what is put back on the shelf, then the vendor's order. Publishes
    ReturnReceived. Raises TransitionNotAllowed for a return that was not approved or is back already,
    TooManyUnits, NotFound, InvalidInput, IdempotencyKeyReused, RequestInProgress.
    """
    named = None if units is None else {str(key): count for key, count in units.items()}

    def run() -> Outcome:
        _receive(asked, units, is_restocked=is_restocked, actor=actor)
        return Outcome("received")

    with transaction.atomic():
        once(
            scope=f"receiveReturn:return:{asked.pk}",
            key=idempotency_key,
            payload={"units": named, "restock": is_restocked},
            run=run,
        )
    return Return.objects.get(pk=asked.pk)


def _receive(asked: Return, units: Units | None, *, is_restocked: bool, actor: User | None) -> None:
    shelf = Shelf.hold_of(variants_of(asked.vendor_order_id) if is_restocked else [])
    part, asked = lock_return(asked)
    rows = {row.order_line_id: row for row in asked.lines.select_related("order_line")}
    lines = [row.order_line for row in rows.values()]
    came = picked(lines, units, left=lambda line: rows[line.pk].quantity - rows[line.pk].received)
    if not came:  # all of it is back already, and was told of
        raise TransitionNotAllowed(thing="return", current=asked.status, asked=ReturnStatus.RECEIVED.value)
    for line, count in came.items():
        rows[line.pk].received += count
        line.returned += count
    is_whole = all(row.received == row.quantity for row in rows.values())
    to = ReturnStatus.RECEIVED if is_whole else ReturnStatus.PARTLY_RECEIVED
    with audit.gathered():
        if asked.status != to:
            RETURN_MOVES.move(asked, to, actor=actor)
        ReturnLine.objects.bulk_update(rows.values(), ["received"])
        OrderLine.objects.bulk_update(came, ["returned"])
        if is_restocked:
            shelf.put_back(by_variant(came), note=asked.number, actor=actor)
        facts = {"return": asked.number, "units": sum(came.values())}
        audit.record(actor=actor, action=RECEIVED, subject=part, after=facts)
    publish(ReturnReceived(return_id=asked.pk))


def lock_return(asked: Return) -> tuple[VendorOrder, Return]:
    """The part and the return as they are now. Locks the vendor's order, which guards its returns."""
    part, _ = lock_part(asked.vendor_order_id)
    return part, Return.objects.get(pk=asked.pk)
