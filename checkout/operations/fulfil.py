"""What a vendor sends: parcels, from the first to the last unit, and their arrival."""

from datetime import datetime

from django.db import transaction

from checkout.carriers import tracked
from checkout.events import FulfillmentDelivered, FulfillmentShipped
from checkout.models import (
    TO_SHIP,
    VENDOR_ORDER_MOVES,
    Fulfillment,
    FulfillmentLine,
    OrderLine,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.operations.parts import Units, lock_part, picked, refuse_under_review
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.idempotency import Outcome, once

SHIPPED = "checkout.parcel_shipped"
DELIVERED = "checkout.parcel_delivered"


def fulfill_vendor_order(
    *,
    part: VendorOrder,
    actor: User | None,
    units: Units | None = None,
    carrier: str = "",
    tracking_number: str = "",
    idempotency_key: str | None = None,
) -> Fulfillment:
    """Send units of a part in one parcel: those named, or all that are still to be sent.

    Locks the vendor's order. Publishes FulfillmentShipped. Raises TransitionNotAllowed for a part that is not
    paid, sent in full or cancelled; OrderUnderReview, TooManyUnits, NotFound, InvalidInput,
    IdempotencyKeyReused, RequestInProgress.
    """
    carrier, number = tracked(carrier, tracking_number)
    parcel = Fulfillment(carrier=carrier, tracking_number=number)
    asked = None if units is None else {str(key): count for key, count in units.items()}
    with transaction.atomic():
        outcome = once(
            scope=f"fulfillVendorOrder:vendor_order:{part.pk}",
            key=idempotency_key,
            payload={"units": asked, "carrier": carrier, "number": number},
            run=lambda: Outcome("shipped", {"fulfillment": _send(part.pk, parcel, units, actor).pk}),
        )
    return Fulfillment.objects.get(pk=outcome.ids["fulfillment"])


def _send(key: int, parcel: Fulfillment, units: Units | None, actor: User | None) -> Fulfillment:
    part, lines = lock_part(key)
    if part.status not in TO_SHIP:
        raise TransitionNotAllowed(
            thing="vendor order", current=part.status, asked=VendorOrderStatus.SHIPPED.value
        )
    refuse_under_review(part)
    sent = picked(lines, units, left=lambda line: line.to_ship)
    with audit.gathered():
        parcel.vendor_order = part
        pack(parcel, sent, actor=actor)
        for line, count in sent.items():
            line.shipped += count
        OrderLine.objects.bulk_update(sent, ["shipped"])
        settle_shipped(part, lines, actor=actor)
    publish(FulfillmentShipped(fulfillment_id=parcel.pk))
    return parcel


def pack(
    parcel: Fulfillment, units: dict[OrderLine, int], *, actor: User | None, variant_id: int | None = None
) -> None:
    """Write a parcel and what is in it: the variants that were bought, or this one in exchange.

    The caller holds the part.
    """
    part = parcel.vendor_order
    parcel.number = f"{part.number}-F{part.fulfillments.count() + 1}"
    parcel.shipped_at = clock.now()
    parcel.save(force_insert=True)
    FulfillmentLine.objects.bulk_create(
        FulfillmentLine(
            fulfillment=parcel, order_line=line, variant_id=variant_id or line.variant_id, quantity=count
        )
        for line, count in units.items()
    )
    audit.record(actor=actor, action=SHIPPED, subject=part, after={"parcel": parcel.number})


def settle_shipped(
    part: VendorOrder, lines: list[OrderLine], *, actor: User | None, reason: str = ""
) -> None:
    """Move a part of which something was sent to where it stands now. The caller holds it."""
    is_all_sent = not any(line.to_ship for line in lines)
    to = VendorOrderStatus.SHIPPED if is_all_sent else VendorOrderStatus.PARTIALLY_SHIPPED
    if part.status != to:
        VENDOR_ORDER_MOVES.move(part, to, actor=actor, reason=reason)
    _settle_delivered(part, actor=actor)


def mark_delivered(*, fulfillment: Fulfillment, actor: User | None = None) -> Fulfillment:
    """Note that a parcel has arrived; once. With the last one the part is delivered.

    Locks the vendor's order. Publishes FulfillmentDelivered.
    """
    with transaction.atomic(), audit.gathered():
        part, _ = lock_part(fulfillment.vendor_order_id)
        fulfillment = Fulfillment.objects.get(pk=fulfillment.pk)
        if fulfillment.delivered_at is None:
            arrive(fulfillment, clock.now())
            audit.record(actor=actor, action=DELIVERED, subject=part, after={"parcel": fulfillment.number})
            _settle_delivered(part, actor=actor)
            publish(FulfillmentDelivered(fulfillment_id=fulfillment.pk))
    return fulfillment


def arrive(parcel: Fulfillment, moment: datetime) -> None:
    """Note when a parcel arrived; the caller holds its part. Raises InvalidInput."""
    if moment < parcel.shipped_at:
        raise InvalidInput(reason="A parcel does not arrive before it left.")
    parcel.delivered_at = moment
    parcel.save(update_fields=["delivered_at"])


def _settle_delivered(part: VendorOrder, *, actor: User | None) -> None:
    is_under_way = part.fulfillments.filter(delivered_at=None).exists()
    if part.status == VendorOrderStatus.SHIPPED and not is_under_way:
        VENDOR_ORDER_MOVES.move(part, VendorOrderStatus.DELIVERED, actor=actor)
