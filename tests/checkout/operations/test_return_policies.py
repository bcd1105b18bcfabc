"""How vendors take things back, and what of it orders agree to."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from checkout.errors import ReturnWindowClosed
from checkout.models import ReturnPolicy, ReturnReason, ReturnWish
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.return_policies import save_return_policy
from checkout.operations.returns import Wanted, request_return
from checkout.selectors.returns import agreed_terms, is_over, over
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def test_it_is_set_within_bounds_and_on_record() -> None:
    vendor = VendorFactory.create()
    for days, bps, field in (
        (13, 0, "days"),
        (366, 0, "days"),
        (14, 5001, "restockingRate"),
        (14, -1, "restockingRate"),
    ):
        with pytest.raises(InvalidInput) as refused:
            save_return_policy(vendor=vendor, days=days, restocking_bps=bps, actor=None)
        assert refused.value.field == field
    assert ReturnPolicy.objects.count() == 0
    for bps in (1000, 1000, 0):
        save_return_policy(vendor=vendor, days=14, restocking_bps=bps, actor=None)
    changed, made = audit.log_of(f"vendor:{vendor.pk}")
    assert (made.before, made.after) == (None, {"days": 14, "restocking_bps": 1000})
    assert (changed.before, changed.after) == (made.after, {"days": 14, "restocking_bps": 0})


def test_an_order_keeps_the_days_it_was_placed_under(settings: Settings) -> None:
    tea = buyable(on_hand=9)
    save_return_policy(vendor=tea.vendor, days=20, restocking_bps=1500, actor=None)
    part = part_of(sold(tea))
    save_return_policy(vendor=tea.vendor, days=14, restocking_bps=0, actor=None)
    settings.LEAST_RETURN_DAYS = 16
    later = part_of(sold(tea))
    assert [(each.return_days, each.restocking_bps) for each in (part, later)] == [(20, 1500), (16, 0)]
    part.return_days = None
    assert agreed_terms(part).days == settings.RETURN_DAYS
    mark_delivered(fulfillment=fulfill_vendor_order(part=part, actor=None), actor=None)
    part = part_of(part.order)
    wanted = {line_of(part).pk: Wanted(units=1, reason=ReturnReason.OTHER)}
    with clock.at(clock.now() + timedelta(days=19)):
        assert (is_over(part), over().exists()) == (False, False)
    with clock.at(clock.now() + timedelta(days=20, seconds=1)):
        assert (is_over(part), list(over())) == (True, [part])
        with pytest.raises(ReturnWindowClosed):
            request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=None)
