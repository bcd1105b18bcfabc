"""What is not sent after all stands on the shelf again, and its money goes back to the cent."""

import pytest

from catalog.models import StockMovement
from checkout.errors import TooManyUnits
from checkout.events import RefundRequested, VendorOrderCancelled
from checkout.models import Order, OrderStatus, Payment, Refund
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.expire import cancel_order
from checkout.operations.fulfil import fulfill_vendor_order
from marketplace.kernel.errors import IdempotencyKeyReused, TransitionNotAllowed
from tests.factories.checkout import Bought, buyable
from tests.factories.sold import line_of, part_of, sold, sold_as
from tests.support.books import earned, faults, owed
from tests.support.published import published

pytestmark = pytest.mark.django_db
OTHER = CancelReason.OTHER


def _refunded(order: Order) -> list[int]:
    return list(Refund.objects.filter(order=order).order_by("pk").values_list("amount_minor", flat=True))


def test_h11_cancelling_one_by_one_closes_to_zero() -> None:
    tea = buyable(price_minor=1000)
    order = sold_as(Bought(variant=tea, quantity=3, discount_minor=500), shipping_minor=490)
    part = part_of(order)
    for _ in range(3):
        part = cancel_vendor_order(part=part, actor=None, reason=OTHER, units={line_of(part).pk: 1})
    assert _refunded(order) == [833, 834, 833 + 490]
    assert (part.status, owed(part), earned(), faults()) == ("cancelled", 0, 0, [])
    assert sum(_refunded(order)) == Payment.objects.get(order=order).refunded_minor == order.total_minor


def test_the_whole_part_is_on_the_shelf_again() -> None:
    tea = buyable(on_hand=5)
    order = sold(tea, quantity=3, ships=490)
    with published(VendorOrderCancelled, RefundRequested) as said:
        cancel_vendor_order(part=part_of(order), actor=None, reason=OTHER)
    tea.refresh_from_db()
    refund = Refund.objects.get()
    assert (tea.on_hand, tea.reserved, refund.amount_minor) == (5, 0, 3490)
    assert list(StockMovement.objects.values_list("delta", flat=True)) == [-3, 3]
    gone = VendorOrderCancelled(vendor_order_id=part_of(order).pk, is_whole=True, refund_id=refund.pk)
    assert said == [RefundRequested(refund_id=refund.pk), gone]
    assert faults() == []


def test_the_same_key_cancels_once() -> None:
    order = sold(quantity=3)
    part = part_of(order)
    for _ in range(2):
        units = {line_of(part).pk: 1}
        cancel_vendor_order(part=part, actor=None, reason=OTHER, units=units, idempotency_key="one")
    assert (line_of(part).cancelled, _refunded(order)) == (1, [1000])
    with pytest.raises(IdempotencyKeyReused):
        cancel_vendor_order(part=part, actor=None, reason=OTHER, idempotency_key="one")


def test_the_rest_of_what_was_sent_in_part() -> None:
    order = sold(quantity=3, ships=490)
    part = part_of(order)
    fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 1})
    part = cancel_vendor_order(part=part, actor=None, reason=OTHER)
    # Shipping was used.
    assert (part.status, _refunded(order), line_of(part).cancelled) == ("shipped", [2000], 2)


def test_a_buyer_cancels_before_anything_is_sent() -> None:
    order = sold(quantity=3)
    part = part_of(order)
    fulfill_vendor_order(part=part, actor=None, units={line_of(part).pk: 1})
    with pytest.raises(TransitionNotAllowed):
        cancel_vendor_order(part=part, actor=None, reason=CancelReason.BUYER)
    assert _refunded(order) == []


def test_no_more_than_there_is() -> None:
    part = part_of(sold(quantity=2))
    with pytest.raises(TooManyUnits) as refused:
        cancel_vendor_order(part=part, actor=None, reason=OTHER, units={line_of(part).pk: 3})
    assert (refused.value.asked, refused.value.left) == (3, 2)
    assert line_of(part).cancelled == 0


def test_a_paid_order_of_two_vendors_is_cancelled_whole() -> None:
    # The vendor whose account is older comes second.
    old, new = buyable(), buyable()
    sold(old, ships=490)
    order = sold(new, old, ships=490)
    cancelled = cancel_order(order=order)
    assert (cancelled.status, cancelled.payment_state) == (OrderStatus.CANCELLED, "paid")
    assert (_refunded(order), faults()) == ([1490, 1490], [])


def test_a_paid_order_of_which_something_is_sent_stays() -> None:
    tea, mug = buyable(), buyable()
    order = sold(tea, mug)
    fulfill_vendor_order(part=part_of(order, tea), actor=None)
    with pytest.raises(TransitionNotAllowed):
        cancel_order(order=order)
    assert (_refunded(order), part_of(order, mug).status) == ([], "open")


def test_an_order_is_cancelled_once() -> None:
    order = sold()
    cancel_order(order=order)
    with pytest.raises(TransitionNotAllowed):
        cancel_order(order=order)
    assert _refunded(order) == [1000]
