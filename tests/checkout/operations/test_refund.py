"""A vendor gives back what is due, once, and never more than was paid."""

import pytest

from checkout.errors import RefundExceedsPaid, TooManyUnits
from checkout.models import Payment, Refund, RefundReason, VendorOrder
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput
from marketplace.kernel.money import Money
from tests.factories.checkout import Bought, buyable
from tests.factories.sold import line_of, part_of, sold, sold_as
from tests.support.books import earned, faults, owed

pytestmark = pytest.mark.django_db


def _refund(part: VendorOrder, **asked: object) -> Refund:
    return refund_vendor_order(
        part=part,
        asked=Asked(**asked),  # type: ignore[arg-type]  # as each test names them
        reason=RefundReason.GOODWILL,
        actor=None,
    )


def _euro(minor: int) -> Money:
    return Money(minor, "EUR")


def test_h5_a_refund_gives_commission_back() -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=10_000), shipping_minor=2000))
    assert (owed(part), earned()) == (11_000, 1000)
    _refund(part, amount=_euro(5000))
    assert (owed(part), earned()) == (6500, 500)
    _refund(part, amount=_euro(7000))
    assert (owed(part), earned(), faults()) == (0, 0, [])


def test_h1_three_refunds_reverse_0_65_0_64_0_65() -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=215, quantity=3), commission_bps=3000))
    given, before = [], earned()
    for _ in range(3):
        _refund(part, units={line_of(part).pk: 1})
        given.append(before - earned())
        before = earned()
    assert (given, before, owed(part), faults()) == ([65, 64, 65], 0, 0, [])


def test_h19_42_00_and_30_00_both_stand_and_not_29_00_more() -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=10_000)))
    _refund(part, amount=_euro(4200))
    _refund(part, amount=_euro(3000))
    assert list(part.refunds.order_by("pk").values_list("amount_minor", flat=True)) == [4200, 3000]
    with pytest.raises(RefundExceedsPaid) as refused:
        _refund(part, amount=_euro(2900))
    assert refused.value.left == _euro(2800)
    assert Payment.objects.get().refunded_minor == 7200


def test_h6_a_vendor_may_come_to_owe() -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=10_000), shipping_minor=500))
    _refund(part, is_shipping=True)
    _refund(part, units={line_of(part).pk: 1})
    assert (owed(part), earned(), faults()) == (0, 0, [])


def test_shipping_alone() -> None:
    part = part_of(sold(ships=490))
    refund = _refund(part, is_shipping=True)
    line = refund.lines.get()
    assert (refund.amount_minor, line.kind, line.shipping_minor, line.amount_minor) == (
        490,
        "shipping",
        490,
        0,
    )
    with pytest.raises(RefundExceedsPaid):
        _refund(part, is_shipping=True)
    assert faults() == []


def test_an_amount_is_shared_by_the_lines_and_then_the_shipping() -> None:
    tea = buyable()
    mug = buyable(vendor=tea.vendor)
    part = part_of(sold_as(Bought(variant=tea), Bought(variant=mug, unit_minor=500), shipping_minor=300))
    refund = _refund(part, amount=_euro(1600))
    assert [(line.kind, line.paid_minor) for line in refund.lines.all()] == [
        ("amount", 1000),
        ("amount", 500),
        ("shipping", 100),
    ]


def test_units_that_were_paid_back_are_cancelled_for_nothing() -> None:
    part = part_of(sold(quantity=2, ships=490))
    _refund(part, units={line_of(part).pk: 1})
    cancel_vendor_order(part=part, actor=None, reason=CancelReason.OTHER)
    assert list(Refund.objects.order_by("pk").values_list("amount_minor", flat=True)) == [1000, 1490]
    assert (owed(part), faults()) == (0, [])


def test_units_that_came_back_stand_on_the_shelf_again() -> None:
    tea = buyable(on_hand=5)
    part = part_of(sold(tea, quantity=2))
    with pytest.raises(TooManyUnits):  # it never left: it can be cancelled
        _refund(part, units={line_of(part).pk: 1}, is_restocked=True)
    fulfill_vendor_order(part=part, actor=None)
    _refund(part, units={line_of(part).pk: 1}, is_restocked=True)
    tea.refresh_from_db()
    assert (tea.on_hand, line_of(part).returned, Refund.objects.count()) == (4, 1, 1)


@pytest.mark.parametrize(
    "asked", [{}, {"amount": Money(0, "EUR")}, {"is_shipping": True, "is_restocked": True}]
)
def test_what_says_nothing_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        _refund(part_of(sold()), **asked)


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        _refund(part_of(sold()), amount=Money(100, "USD"))


def test_what_was_paid_elsewhere_does_not_go_back_from_here() -> None:
    part = part_of(sold())
    part.order.source = "elsewhere"
    part.order.cart = None
    part.order.reference = "1"
    part.order.save()
    with pytest.raises(RefundExceedsPaid):
        _refund(part, is_shipping=True)
