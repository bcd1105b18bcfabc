"""What is not sent after all: units of a part, a part, or all of an order that was paid."""

from collections.abc import Iterable

from django.db import models, transaction

from catalog.operations.shelves import Shelf
from checkout.events import VendorOrderCancelled
from checkout.models import (
    SENT,
    TO_SHIP,
    VENDOR_ORDER_MOVES,
    Order,
    OrderLine,
    Refund,
    RefundReason,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.operations.fulfil import settle_shipped
from checkout.operations.giving_back import Draft, give_back
from checkout.operations.parts import Units, by_variant, lock_part, picked
from checkout.operations.uses import give_back_cancelled
from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.locking import lock

CANCELLED = "checkout.units_cancelled"


class CancelReason(models.TextChoices):
    BUYER = "buyer", "The buyer wishes it"
    OUT_OF_STOCK = "out_of_stock", "It is not there any more"
    CANNOT_SHIP = "cannot_ship", "It cannot be sent there"
    NOT_SHIPPED = "not_shipped", "It was not sent in time"
    NOT_ACCEPTED = "not_accepted", "The platform does not accept the order"
    OTHER = "other", "Another reason"


def cancel_vendor_order(
    *,
    part: VendorOrder,
    actor: User | None,
    reason: CancelReason,
    units: Units | None = None,
    idempotency_key: str | None = None,
) -> VendorOrder:
    """Cancel units of a part that was paid and not sent: those named, or all of them.

    They are on the shelf again, and what they cost goes back; with the last unit of a part of which nothing
    was sent, its shipping too. A buyer may cancel before anything is sent.

    Locks the products and variants, the order, the vendor's, and the payment. Publishes VendorOrderCancelled
    and RefundRequested. Raises TransitionNotAllowed, TooManyUnits, NotFound, InvalidInput,
    IdempotencyKeyReused, RequestInProgress.
    """
    asked = None if units is None else {str(key): count for key, count in units.items()}

    def run() -> Outcome:
        cancel_parts([part.pk], units=units, actor=actor, reason=reason)
        return Outcome("cancelled")

    with transaction.atomic():
        once(
            scope=f"cancelVendorOrder:vendor_order:{part.pk}",
            key=idempotency_key,
            payload={"units": asked, "reason": reason.value},
            run=run,
        )
    return VendorOrder.objects.get(pk=part.pk)


def cancel_paid_order(*, order: Order, actor: User | None, idempotency_key: str | None = None) -> None:
    """Cancel all of an order that was paid, as its buyer wishes, while nothing of it was sent.

    Locks the products and variants, the order, the vendors' parts, and the payment. Publishes
    VendorOrderCancelled and RefundRequested for each part. Raises TransitionNotAllowed where any part was
    sent, or all is cancelled; IdempotencyKeyReused, RequestInProgress.
    """

    def run() -> Outcome:
        parts = order.vendor_orders.exclude(status=VendorOrderStatus.CANCELLED)
        keys = list(parts.order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise TransitionNotAllowed(
                thing="order",
                current=VendorOrderStatus.CANCELLED.value,
                asked=VendorOrderStatus.CANCELLED.value,
            )
        cancel_parts(keys, units=None, actor=actor, reason=CancelReason.BUYER)
        return Outcome("cancelled")

    with transaction.atomic():
        once(scope=f"cancelOrder:order:{order.pk}", key=idempotency_key, payload={}, run=run)


def cancel_parts(
    keys: Iterable[int], *, units: Units | None, actor: User | None, reason: CancelReason
) -> None:
    """Cancel parts in the caller's transaction; see `cancel_vendor_order`.

    Locks the order too: whether any part of it is left is known to one at a time only.
    """
    keys = list(keys)
    lines = OrderLine.objects.filter(vendor_order__in=keys)
    shelf = Shelf.hold_of(list(lines.values_list("variant", flat=True)))
    lock(Order.objects.filter(pk__in=VendorOrder.objects.filter(pk__in=keys).values("order")))
    held = [lock_part(key) for key in keys]
    with audit.gathered():
        for part, lines_of_part in held:
            _cancel(part, lines_of_part, units, shelf=shelf, actor=actor, reason=reason)


def call_off_order(order_id: int, *, actor: User | None) -> None:
    """Cancel what was not sent of a paid order and give back all that is left, in the caller's transaction.

    Locks the products and variants, the order, its parts, and the payment. Publishes VendorOrderCancelled and
    RefundRequested. Raises PaymentDisputed, RefundExceedsPaid.
    """
    parts = VendorOrder.objects.filter(order=order_id)
    keys = list(parts.order_by("pk").values_list("pk", flat=True))
    variants = OrderLine.objects.filter(vendor_order__in=keys).values_list("variant", flat=True)
    shelf = Shelf.hold_of(list(variants))
    lock(Order.objects.filter(pk=order_id))
    held = [lock_part(key) for key in keys]
    with audit.gathered():
        for part, lines in held:
            if part.status in TO_SHIP:
                _cancel(part, lines, None, shelf=shelf, actor=actor, reason=CancelReason.NOT_ACCEPTED)
            if part.status in SENT:
                _refund_rest(part, lines, actor=actor)


def _cancel(
    part: VendorOrder,
    lines: list[OrderLine],
    units: Units | None,
    *,
    shelf: Shelf,
    actor: User | None,
    reason: CancelReason,
) -> None:
    allowed = (VendorOrderStatus.OPEN,) if reason == CancelReason.BUYER else TO_SHIP
    if part.status not in allowed:
        raise TransitionNotAllowed(
            thing="vendor order", current=part.status, asked=VendorOrderStatus.CANCELLED.value
        )
    gone = picked(lines, units, left=lambda line: line.to_ship)
    for line, count in gone.items():
        line.cancelled += count
    OrderLine.objects.bulk_update(gone, ["cancelled"])
    shelf.put_back(by_variant(gone), note=part.number, actor=actor)
    is_whole = all(line.cancelled == line.quantity for line in lines)
    refund = _refund(part, lines, gone, is_whole=is_whole, actor=actor)
    facts = {"units": sum(gone.values())}
    audit.record(actor=actor, action=CANCELLED, subject=part, after=facts, reason=reason.value)
    if is_whole:
        VENDOR_ORDER_MOVES.move(part, VendorOrderStatus.CANCELLED, actor=actor, reason=reason.value)
        give_back_cancelled(part)
    elif any(line.shipped for line in lines):
        settle_shipped(part, lines, actor=actor, reason=reason.value)
    publish(
        VendorOrderCancelled(
            vendor_order_id=part.pk, is_whole=is_whole, refund_id=None if refund is None else refund.pk
        )
    )


def _refund_rest(part: VendorOrder, lines: list[OrderLine], *, actor: User | None) -> None:
    """All that has not gone back before, of what was sent too."""
    draft = Draft.of(part, lines)
    draft.add_units({line: count for line in lines if (count := draft.unpaid(line, line.quantity))})
    draft.add_shipping()
    give_back(draft, reason=RefundReason.NOT_ACCEPTED, actor=actor)


def _refund(
    part: VendorOrder,
    lines: list[OrderLine],
    gone: dict[OrderLine, int],
    *,
    is_whole: bool,
    actor: User | None,
) -> Refund | None:
    """What of these units has not gone back before, and of the shipping where nothing will be sent."""
    draft = Draft.of(part, lines)
    unpaid = {line: count for line, units in gone.items() if (count := draft.unpaid(line, units))}
    draft.add_units(unpaid)
    if is_whole:
        draft.add_shipping()
    return give_back(draft, reason=RefundReason.CANCELLED, actor=actor)
