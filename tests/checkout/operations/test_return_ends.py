"""What came back is paid back, or sent again."""

import pytest

from catalog.errors import OutOfStock
from checkout.errors import NotExchangeable, RefundExceedsPaid
from checkout.models import (
    VENDOR_FAULTS,
    Refund,
    Return,
    ReturnPolicy,
    ReturnReason,
    ReturnWish,
    VendorOrder,
)
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.return_ends import exchange_return, refund_return
from checkout.operations.return_policies import save_return_policy
from checkout.operations.returns import Wanted, answer_return, receive_return, request_return
from marketplace.kernel.errors import InvalidInput, TransitionNotAllowed
from marketplace.kernel.money import Money
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.support.books import faults, owed

pytestmark = pytest.mark.django_db


def _back(units: int = 2, on_hand: int = 3, *, kept_bps: int = 5000) -> tuple[VendorOrder, Return]:
    """Of three that were bought, so many are back on the shelf."""
    tea = buyable(on_hand=on_hand)
    ReturnPolicy.objects.create(vendor=tea.vendor, days=30, restocking_bps=kept_bps)
    part = part_of(sold(tea, quantity=3, ships=490))
    fulfill_vendor_order(part=part, actor=None)
    wanted = {line_of(part).pk: Wanted(units=units, reason=ReturnReason.NO_LONGER_WANTED)}
    asked = request_return(part=part, wanted=wanted, wish=ReturnWish.EXCHANGE, actor=None)
    answer_return(asked=asked, is_approved=True, answer="", actor=None)
    return part, receive_return(asked=asked, actor=None)


def test_paid_back_less_a_fee() -> None:
    part, asked = _back()
    refund = refund_return(asked=asked, actor=None, fee=Money(301, "EUR"))
    line = refund.lines.get()
    assert (refund.amount_minor, line.quantity, line.fee_minor) == (1699, 2, 301)
    asked.refresh_from_db()
    assert (asked.status, asked.refund, faults()) == ("refunded", refund, [])
    assert owed(part) == 3490 - 1699 - (300 - 170)
    with pytest.raises((TransitionNotAllowed, RefundExceedsPaid)):
        refund_return(asked=asked, actor=None)
    assert Refund.objects.count() == 1


def test_a_fee_is_no_more_than_was_agreed() -> None:
    _, asked = _back(kept_bps=1000)
    for minor in (201, -1):
        with pytest.raises(InvalidInput):
            refund_return(asked=asked, actor=None, fee=Money(minor, "EUR"))
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(("fee", "kept"), [(None, 450), (Money(0, "EUR"), 0), (Money(449, "EUR"), 449)])
def test_what_was_agreed_when_it_was_ordered_is_kept_unless_less_is_said(
    fee: Money | None, kept: int
) -> None:
    part, asked = _back(kept_bps=2250)
    save_return_policy(vendor=part.vendor, days=60, restocking_bps=5000, actor=None)
    refund = refund_return(asked=asked, actor=None, fee=fee)
    assert (refund.amount_minor, refund.lines.get().fee_minor, faults()) == (2000 - kept, kept, [])


@pytest.mark.parametrize("reason", sorted(VENDOR_FAULTS))
def test_nothing_is_kept_of_what_the_vendor_is_at_fault_for(reason: ReturnReason) -> None:
    _, asked = _back()
    asked.lines.update(reason=reason)
    with pytest.raises(InvalidInput):
        refund_return(asked=asked, actor=None, fee=Money(1, "EUR"))
    refund = refund_return(asked=asked, actor=None)
    assert (refund.amount_minor, refund.lines.get().fee_minor) == (2000, 0)


def test_the_same_is_sent_again() -> None:
    part, asked = _back()
    parcel = exchange_return(asked=asked, actor=None)
    asked.refresh_from_db()
    line = line_of(part)
    assert (parcel.return_of, asked.status, parcel.lines.get().quantity) == (asked, "exchanged", 2)
    assert (line.shipped, line.returned, line.variant.on_hand, Refund.objects.count()) == (3, 0, 0, 0)
    # It may come back once more.
    wanted = {line.pk: Wanted(units=3, reason=ReturnReason.DAMAGED)}
    assert request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=None).number[-2:] == "R2"


def test_another_variant_of_the_product_at_that_price() -> None:
    part, asked = _back()
    product = line_of(part).product
    blue = VariantFactory.create(product=product, price_minor=1000, on_hand=1, options={"Colour": "blue"})
    dear = VariantFactory.create(product=product, price_minor=1001, on_hand=9, options={"Colour": "gold"})
    with pytest.raises(NotExchangeable):
        exchange_return(asked=asked, actor=None, variant=dear)
    with pytest.raises(OutOfStock):
        exchange_return(asked=asked, actor=None, variant=blue)
    asked.refresh_from_db()
    assert (asked.status, part.fulfillments.count()) == ("received", 1)
