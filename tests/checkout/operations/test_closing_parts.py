"""What happens by itself when its time has come, and not before."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from checkout.models import Refund, VendorOrder
from checkout.operations.closing_parts import cancel_unshipped, complete_part, take_as_delivered
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.selectors.returns import over
from marketplace.kernel import clock
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.sold import part_of, sold
from tests.support.books import faults
from tests.support.disputed import decided, disputed

pytestmark = pytest.mark.django_db


def _in(days: int, *, short: bool = False) -> datetime:
    return clock.now() + timedelta(days=days) - timedelta(minutes=5 if short else -5)


def _status(part: VendorOrder) -> str:
    return VendorOrder.objects.get(pk=part.pk).status


def test_what_was_not_sent_in_time_is_cancelled_and_paid_back() -> None:
    part = part_of(sold(quantity=2, ships=490))
    with clock.at(_in(settings.SHIP_WITHIN_DAYS, short=True)):
        cancel_unshipped(vendor_order_id=part.pk)
    assert (_status(part), Refund.objects.count()) == ("open", 0)
    with clock.at(_in(settings.SHIP_WITHIN_DAYS)):
        for _ in range(2):
            cancel_unshipped(vendor_order_id=part.pk)
    assert (_status(part), Refund.objects.get().amount_minor, faults()) == ("cancelled", 2490, [])


def test_h22_what_is_disputed_waits_and_what_is_lost_is_cancelled_with_nothing_back() -> None:
    part = part_of(sold(quantity=2, ships=490))
    dispute = disputed(part.order)
    with clock.at(_in(settings.SHIP_WITHIN_DAYS)):
        cancel_unshipped(vendor_order_id=part.pk)
        assert (_status(part), Refund.objects.count()) == ("open", 0)
        decided(dispute, wins=False)
        cancel_unshipped(vendor_order_id=part.pk)
    assert (_status(part), faults()) == ("cancelled", [])
    assert list(Refund.objects.order_by("pk").values_list("amount_minor", flat=True)) == [2490, 0]


def test_what_was_paid_elsewhere_is_left_to_people(caplog: pytest.LogCaptureFixture) -> None:
    part = part_of(paid_order(Bought(variant=buyable())))
    with clock.at(_in(settings.SHIP_WITHIN_DAYS)):
        cancel_unshipped(vendor_order_id=part.pk)
    assert (_status(part), Refund.objects.count()) == ("open", 0)
    assert part.number in caplog.text


def test_a_parcel_is_taken_for_delivered_and_the_part_completed() -> None:
    part = part_of(sold())
    parcel = fulfill_vendor_order(part=part, actor=None)
    with clock.at(_in(settings.DELIVERED_AFTER_DAYS, short=True)):
        take_as_delivered(fulfillment_id=parcel.pk)
    assert _status(part) == "shipped"
    with clock.at(_in(settings.DELIVERED_AFTER_DAYS)):
        for _ in range(2):
            take_as_delivered(fulfillment_id=parcel.pk)
        complete_part(vendor_order_id=part.pk)
        assert (_status(part), list(over())) == ("delivered", [])
    with clock.at(_in(settings.DELIVERED_AFTER_DAYS + settings.RETURN_DAYS)):
        assert list(over()) == [part]
        for _ in range(2):
            complete_part(vendor_order_id=part.pk)
    assert (_status(part), Refund.objects.count()) == ("completed", 0)
