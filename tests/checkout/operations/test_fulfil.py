"""Parcels, from the first unit to the last one's arrival."""

import pytest

from checkout.errors import TooManyUnits
from checkout.events import FulfillmentDelivered, FulfillmentShipped
from checkout.models import Fulfillment
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.states import moves_of
from tests.factories.orders import placed
from tests.factories.sold import line_of, part_of, sold
from tests.support.published import published

pytestmark = pytest.mark.django_db


def test_two_parcels_and_their_arrival() -> None:
    part = part_of(sold(quantity=3))
    first = fulfill_vendor_order(
        part=part,
        actor=None,
        units={line_of(part).pk: 1},
        carrier="ups",
        tracking_number="1z 999AA10123456784",
    )
    assert (first.number, first.carrier, first.tracking_number) == (
        f"{part.number}-F1",
        "UPS",
        "1Z999AA10123456784",
    )
    assert part_of(part.order).status == "partially_shipped"
    second = fulfill_vendor_order(part=part, actor=None)
    assert (second.number, second.lines.get().quantity, line_of(part).shipped) == (f"{part.number}-F2", 2, 3)
    mark_delivered(fulfillment=first)
    assert part_of(part.order).status == "shipped"
    with published(FulfillmentDelivered) as said:
        for _ in range(2):
            mark_delivered(fulfillment=second)
    assert said == [FulfillmentDelivered(fulfillment_id=second.pk)]
    part = part_of(part.order)
    assert (part.status, part.order.status) == ("delivered", "delivered")
    states = [entry.after and entry.after["status"] for entry in moves_of(part)]
    assert states == ["open", "partially_shipped", "shipped", "delivered"]


def test_the_same_key_sends_one_parcel() -> None:
    part = part_of(sold(quantity=2))
    with published(FulfillmentShipped) as said:
        parcels = [
            fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 1}, idempotency_key="one")
            for _ in range(2)
        ]
    assert parcels[0] == parcels[1]
    assert (said, line_of(part).shipped) == ([FulfillmentShipped(fulfillment_id=parcels[0].pk)], 1)


def test_no_more_than_there_is_and_nothing_of_another_part() -> None:
    part, other = part_of(sold(quantity=2)), part_of(sold())
    with pytest.raises(TooManyUnits):
        fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 3})
    with pytest.raises(NotFound):
        fulfill_vendor_order(part=part, actor=None, units={line_of(other).pk: 1})
    for units in ({}, {line_of(part).pk: 0}):
        with pytest.raises(InvalidInput):
            fulfill_vendor_order(part=part, actor=None, units=units)
    assert (Fulfillment.objects.count(), line_of(part).shipped) == (0, 0)


def test_nothing_is_sent_before_it_is_paid_or_after_it_was_sent() -> None:
    unpaid = part_of(placed())
    with pytest.raises(TransitionNotAllowed):
        fulfill_vendor_order(part=unpaid, actor=None)
    sent = part_of(sold())
    fulfill_vendor_order(part=sent, actor=None)
    with pytest.raises(TransitionNotAllowed):
        fulfill_vendor_order(part=sent, actor=None)
    assert Fulfillment.objects.count() == 1
