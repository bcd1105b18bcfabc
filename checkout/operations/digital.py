"""What needs no shipping: delivered once the order is paid and nobody has to look at it."""

from django.db import transaction

from catalog.models import Variant
from checkout.events import DigitalDelivered
from checkout.models import TO_SHIP, Fulfillment, FulfillmentLine, OrderLine, PaymentState, VendorOrder
from checkout.operations.fulfil import DELIVERED, arrive, pack, settle_shipped
from checkout.operations.parts import lock_part
from checkout.selectors.reviews import under_review
from marketplace.kernel import audit
from marketplace.kernel.events import publish


def deliver_digital(*, order_id: int) -> list[Fulfillment]:
    """Hand over what of a paid order needs no shipping, part by part; nothing the second time.

    What is to be shipped beside it waits for its vendor. While people look at the order nothing is handed
    over; asked again after its release, it is. Locks each vendor's order, in a transaction of its own.
    Publishes DigitalDelivered for each part.
    """
    parts = VendorOrder.objects.filter(
        order=order_id, order__payment_state=PaymentState.PAID, status__in=TO_SHIP, lines__is_shipped=False
    )
    keys = sorted(set(parts.values_list("pk", flat=True)))
    return [made for made in map(_deliver, keys) if made is not None]


def _deliver(key: int) -> Fulfillment | None:
    with transaction.atomic(), audit.gathered():
        part, lines = lock_part(key)
        digital = {line: line.to_ship for line in lines if not line.is_shipped and line.to_ship}
        if part.status not in TO_SHIP or not digital or under_review([part.order_id]):
            return None
        parcel = Fulfillment(vendor_order=part, is_digital=True)
        pack(parcel, digital, actor=None)
        arrive(parcel, parcel.shipped_at)
        audit.record(actor=None, action=DELIVERED, subject=part, after={"parcel": parcel.number})
        _add_notes(parcel)
        for line, count in digital.items():
            line.shipped += count
        OrderLine.objects.bulk_update(digital, ["shipped"])
        settle_shipped(part, lines, actor=None)
        publish(DigitalDelivered(fulfillment_id=parcel.pk))
    return parcel


def _add_notes(parcel: Fulfillment) -> None:
    """What the vendor says to who has bought it, as it is now: a later change reaches later buyers."""
    lines = list(FulfillmentLine.objects.filter(fulfillment=parcel))
    variants = Variant.objects.filter(pk__in=[line.variant_id for line in lines])
    notes = dict(variants.values_list("pk", "delivery_note"))
    for line in lines:
        line.note = notes[line.variant_id]
    FulfillmentLine.objects.bulk_update(lines, ["note"])
