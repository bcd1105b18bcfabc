"""Orders that people look at before anything of them is sent: how they come to it, and how they leave it.

All of it goes by the lock of the order, and holds its parts while a review begins, so that a parcel is sent
before that or refused. The same finding has one effect, however often it comes; a second one is added to the
review that is open, and one that comes after a decision begins another.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from checkout import risk
from checkout.events import OrderReviewDecided, OrderReviewOpened
from checkout.models import (
    REVIEW_MOVES,
    Order,
    OrderReview,
    OrderReviewCause,
    OrderReviewFinding,
    OrderReviewStatus,
    Payment,
    PaymentState,
    PaymentStatus,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.operations.cancel import call_off_order
from checkout.risk import Found
from checkout.selectors import reviews as selectors
from marketplace.accounts.models import User
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import FraudWarning, ProviderRefused
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.texts import prose

logger = logging.getLogger(__name__)

FOUND: Final = "checkout.review_finding"
CANCELLED_NOTE: Final = "The order was cancelled."
PAID_BACK_NOTE: Final = "All that was paid went back."


def review_order(*, order_id: int) -> OrderReview | None:
    """Look at an order that was paid by the rules that staff have set; None where they find nothing.

    Locks the order and its parts where they do. Publishes OrderReviewOpened.
    """
    limits = selectors.limits()
    if not limits.hold_anything:
        return None
    order = Order.objects.get(pk=order_id)
    return hold(order_id, risk.found(selectors.seen(order, limits), limits))


def heed_fraud_warning(*, provider: str, ref: str) -> OrderReview | None:
    """Let people look at the order of a payment that its bank takes for fraud; once for each warning.

    None where nothing is left to be done about it. Asks the provider outside any transaction, then locks the
    order and its parts. Publishes OrderReviewOpened. Raises UnknownObject for a payment that is not stored,
    or not known to have succeeded, yet; ProviderUnavailable; RuntimeError inside a transaction.
    """
    try:
        told = registry.provider(provider).get_fraud_warning(ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    payment = _payment(provider, told)
    if payment is None:
        raise UnknownObject(provider=provider, ref=ref)
    facts = {"fraud_type": told.fraud_type, "warned_at": told.created_at.isoformat()}
    cause = OrderReviewCause.EARLY_FRAUD_WARNING
    finding = Found(cause=cause, reference=f"{cause.value}:{provider}:{ref}", facts=facts)
    return hold(payment.order_id, [finding])


def hold(order_id: int, found: Iterable[Found]) -> OrderReview | None:
    """Have an order looked at for what was found and is not written down yet.

    None where there is nothing new, or nothing of the order is left to be decided: it was never taken to be
    paid, is cancelled, or was given back. Locks the order and its parts. Publishes OrderReviewOpened.
    """
    by_reference = {each.reference: each for each in found}
    if not by_reference:
        return None
    with transaction.atomic(), audit.gathered():
        order = lock_one(Order.objects.filter(pk=order_id))
        parts = lock(VendorOrder.objects.filter(order=order))
        known = OrderReviewFinding.objects.filter(reference__in=by_reference)
        new = [by_reference[each] for each in by_reference.keys() - {row.reference for row in known}]
        if not new or not _is_worth_it(order, parts):
            return None
        review = order.reviews.filter(status=OrderReviewStatus.OPEN).first()
        if review is None:
            review = OrderReview.objects.create(order=order)
            publish(OrderReviewOpened(review_id=review.pk))
        _write_down(review, new)
    return review


def release_order(
    *, review: OrderReview, actor: User | None, note: str = "", idempotency_key: str | None = None
) -> OrderReview:
    """Say that an order is all right: its vendors may send it, and are paid for it.

    Locks the order. Publishes OrderReviewDecided. Raises TransitionNotAllowed for what is decided already,
    InvalidInput, IdempotencyKeyReused, RequestInProgress.
    """
    note = prose(note, field="note", longest=4000)

    def run() -> Outcome:
        lock_one(Order.objects.filter(pk=review.order_id))
        _decide(review.pk, OrderReviewStatus.RELEASED, actor=actor, note=note)
        return Outcome("released")

    return _once("releaseOrder", review, note, idempotency_key, run=run)


def reject_order(
    *, review: OrderReview, actor: User | None, note: str = "", idempotency_key: str | None = None
) -> OrderReview:
    """Call an order off: what was not sent of it is cancelled, and all that it cost goes back.

    Locks the products and variants, the order, its parts, and the payment. Publishes OrderReviewDecided, and
    VendorOrderCancelled and RefundRequested for its parts. Raises TransitionNotAllowed for what is decided
    already, PaymentDisputed while the bank has the money, RefundExceedsPaid, InvalidInput,
    IdempotencyKeyReused, RequestInProgress.
    """
    note = prose(note, field="note", longest=4000)

    def run() -> Outcome:
        _refuse_decided(OrderReview.objects.get(pk=review.pk), OrderReviewStatus.REJECTED)
        call_off_order(review.order_id, actor=actor)
        _decide(review.pk, OrderReviewStatus.REJECTED, actor=actor, note=note)
        return Outcome("rejected")

    return _once("rejectOrder", review, note, idempotency_key, run=run)


def close_pointless(*, review_id: int) -> bool:
    """End a review of an order of which nothing is left to decide about, and say why; whether that is so.

    Locks the order and its parts. Publishes OrderReviewDecided. A second time nothing happens.
    """
    with transaction.atomic():
        review = OrderReview.objects.get(pk=review_id)
        order = lock_one(Order.objects.filter(pk=review.order_id))
        parts = lock(VendorOrder.objects.filter(order=order))
        review.refresh_from_db()
        if review.status != OrderReviewStatus.OPEN or _is_worth_it(order, parts):
            return False
        is_cancelled = all(part.status == VendorOrderStatus.CANCELLED for part in parts)
        note = CANCELLED_NOTE if is_cancelled else PAID_BACK_NOTE
        _decide(review.pk, OrderReviewStatus.CLOSED, actor=None, note=note)
    return True


def _payment(provider: str, told: FraudWarning) -> Payment | None:
    """The payment that is warned of, once we know that it has succeeded."""
    named = Q(provider_ref=told.payment_ref or "-") | Q(charge_ref=told.charge_ref)
    return Payment.objects.filter(named, provider=provider, status=PaymentStatus.SUCCEEDED).first()


def _is_worth_it(order: Order, parts: Iterable[VendorOrder]) -> bool:
    """Whether anything of the order is left to be decided."""
    if order.payment_state != PaymentState.PAID:
        return False
    is_left = any(part.status != VendorOrderStatus.CANCELLED for part in parts)
    return (
        is_left
        and not order.payments.filter(
            status=PaymentStatus.SUCCEEDED, refunded_minor__gte=F("amount_minor")
        ).exists()
    )


def _write_down(review: OrderReview, new: Iterable[Found]) -> None:
    for each in new:
        logger.warning("order %s is looked at: %s", review.order_id, each.reference)
        audit.record(actor=None, action=FOUND, subject=review, after={**each.facts}, reason=each.cause.value)
    OrderReviewFinding.objects.bulk_create(
        OrderReviewFinding(review=review, cause=each.cause, reference=each.reference, facts=dict(each.facts))
        for each in new
    )


def _decide(key: int, to: OrderReviewStatus, *, actor: User | None, note: str) -> None:
    """Move the review; the caller holds its order."""
    review = OrderReview.objects.get(pk=key)
    also = {"decided_at": clock.now(), "actor": actor, "note": note}
    REVIEW_MOVES.move(review, to, actor=actor, note=note, also=also)
    publish(OrderReviewDecided(review_id=review.pk))


def _refuse_decided(review: OrderReview, to: OrderReviewStatus) -> None:
    if not REVIEW_MOVES.allows(review.status, to):
        raise TransitionNotAllowed(thing="order review", current=review.status, asked=to.value)


def _once(
    name: str, review: OrderReview, note: str, key: str | None, *, run: Callable[[], Outcome]
) -> OrderReview:
    with transaction.atomic():
        once(scope=f"{name}:review:{review.pk}", key=key, payload={"note": note}, run=run)
    return OrderReview.objects.get(pk=review.pk)
