"""Complaints: opened by a buyer on an order's number, answered by the vendor, closed by either."""

from django.db import transaction

from checkout.events import CaseAnswered, CaseOpened
from checkout.models import CASE_MOVES, CaseMessage, CaseStatus, CaseTopic, OrderCase, VendorOrder
from checkout.operations.parts import lock_part
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.texts import prose

OPENED = "checkout.case_opened"
MOST_OPEN = 5


def open_case(
    *,
    part: VendorOrder,
    actor: User | None,
    topic: CaseTopic,
    text: str,
    idempotency_key: str | None = None,
) -> OrderCase:
    """Complain about a part that was paid; None as the actor is a guest.

    Locks the vendor's order. Publishes CaseOpened. Raises TransitionNotAllowed for a part that was never
    paid, InvalidInput for an empty text and for too many open cases, IdempotencyKeyReused, RequestInProgress.
    """
    text = prose(text, field="message", longest=4000, shortest=1)
    with transaction.atomic():
        outcome = once(
            scope=f"openCase:vendor_order:{part.pk}",
            key=idempotency_key,
            payload={"topic": topic.value, "text": text},
            run=lambda: Outcome("opened", {"case": _open(part.pk, actor, topic, text).pk}),
        )
    return OrderCase.objects.get(pk=outcome.ids["case"])


def _open(key: int, actor: User | None, topic: CaseTopic, text: str) -> OrderCase:
    part, _ = lock_part(key)
    if part.order.paid_at is None:
        raise TransitionNotAllowed(thing="vendor order", current=part.status, asked="complained about")
    if part.cases.exclude(status=CaseStatus.CLOSED).count() >= MOST_OPEN:
        raise InvalidInput(field="vendorOrder", reason=f"{MOST_OPEN} cases are open already: write there.")
    case = OrderCase.objects.create(
        vendor_order=part, number=f"{part.number}-C{part.cases.count() + 1}", topic=topic
    )
    CaseMessage.objects.create(case=case, author=actor, is_from_vendor=False, text=text)
    audit.record(actor=actor, action=OPENED, subject=part, after={"case": case.number})
    publish(CaseOpened(case_id=case.pk))
    return case


def reply_to_case(
    *,
    case: OrderCase,
    actor: User | None,
    is_from_vendor: bool,
    text: str,
    idempotency_key: str | None = None,
) -> CaseMessage:
    """Write to the other side; a case that was closed is open again. A key is known to one side only.

    Locks the vendor's order. Publishes CaseAnswered. Raises InvalidInput, IdempotencyKeyReused,
    RequestInProgress.
    """
    text = prose(text, field="message", longest=4000, shortest=1)
    message = CaseMessage(case=case, author=actor, is_from_vendor=is_from_vendor, text=text)
    side = "answerOrderCase" if is_from_vendor else "replyToCase"
    with transaction.atomic():
        outcome = once(
            scope=f"{side}:case:{case.pk}",
            key=idempotency_key,
            payload={"text": text},
            run=lambda: Outcome("written", {"message": _write(message).pk}),
        )
    return CaseMessage.objects.select_related("case").get(pk=outcome.ids["message"])


def _write(message: CaseMessage) -> CaseMessage:
    lock_part(message.case.vendor_order_id)
    case = OrderCase.objects.get(pk=message.case_id)
    message.save(force_insert=True)
    to = CaseStatus.ANSWERED if message.is_from_vendor else CaseStatus.OPEN
    if case.status != to:
        CASE_MOVES.move(case, to, actor=message.author)
    publish(CaseAnswered(message_id=message.pk))
    return message


def close_case(*, case: OrderCase, actor: User | None) -> OrderCase:
    """Say that nothing is left of it. Locks the vendor's order. Raises TransitionNotAllowed."""
    with transaction.atomic():
        lock_part(case.vendor_order_id)
        case = OrderCase.objects.get(pk=case.pk)
        CASE_MOVES.move(case, CaseStatus.CLOSED, actor=actor)
    return case
