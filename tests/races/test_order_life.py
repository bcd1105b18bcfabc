"""What two people do to one order at the same moment, beside what it would be without the lock."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from checkout.errors import PaymentUnderWay, RefundExceedsPaid
from checkout.models import Order, Payment, Refund, RefundReason, VendorOrder
from checkout.operations import giving_back, parts
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.expire import cancel_order
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.settle import settle_payment
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.money import Money
from tests.factories.checkout import Bought, buyable
from tests.factories.orders import intent_of, placed
from tests.factories.sold import line_of, part_of, sold, sold_as
from tests.support.books import faults
from tests.support.payments import confirm
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes

pytestmark = pytest.mark.django_db(transaction=True)


def _kinds(outcomes: Any) -> Counter[type]:
    return Counter(map(type, outcomes))


def _refund(part: VendorOrder, minor: int) -> Callable[[], object]:
    return lambda: refund_vendor_order(
        part=part, asked=Asked(amount=Money(minor, "EUR")), reason=RefundReason.GOODWILL, actor=None
    )


def test_h19_two_refunds_of_60_00_on_100_00() -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=10_000)))
    outcomes = at_once(_refund(part, 6000), _refund(part, 6000))
    assert _kinds(outcomes) == {Refund: 1, RefundExceedsPaid: 1}
    assert (Payment.objects.get().refunded_minor, Refund.objects.get().amount_minor) == (6000, 6000)
    assert faults() == []


def test_h19_without_the_locks_both_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    part = part_of(sold_as(Bought(variant=buyable(), unit_minor=10_000)))
    monkeypatch.setattr(parts, "lock_one", read_before_either_writes())
    monkeypatch.setattr(giving_back, "lock_one", read_before_either_writes())
    outcomes = at_once(_refund(part, 6000), _refund(part, 6000))
    # Both find enough left; at best the ledger notices that more comes back than was ever sold.
    assert _kinds(outcomes)[RefundExceedsPaid] == 0


def _cancel(part: VendorOrder) -> Callable[[], object]:
    return lambda: cancel_vendor_order(part=part, actor=None, reason=CancelReason.OTHER)


def test_what_is_sent_is_not_cancelled_at_the_same_moment() -> None:
    part = part_of(sold(quantity=2))
    outcomes = at_once(_cancel(part), lambda: fulfill_vendor_order(part=part, actor=None))
    line = line_of(part)
    assert _kinds(outcomes)[TransitionNotAllowed] == 1
    assert sorted((line.cancelled, line.shipped)) == [0, 2]
    assert Refund.objects.count() == (1 if line.cancelled else 0)
    assert faults() == []


def test_without_the_lock_the_database_has_to_refuse_one(monkeypatch: pytest.MonkeyPatch) -> None:
    part = part_of(sold(quantity=2))
    monkeypatch.setattr(parts, "lock_one", read_before_either_writes())
    outcomes = at_once(_cancel(part), lambda: fulfill_vendor_order(part=part, actor=None))
    kinds = _kinds(outcomes)
    # By the row that moved behind its back, or by the count of units.
    assert kinds[TransitionNotAllowed] + kinds[IntegrityError] == 1


def test_a_buyer_who_cancels_while_paying_has_the_goods_or_the_money() -> None:
    order = placed(buyable())
    confirm(intent_of(order))
    ref = intent_of(order).ref
    outcomes = at_once(
        lambda: cancel_order(order=Order.objects.get(pk=order.pk)),
        lambda: settle_payment(provider="sandbox", ref=ref),
    )
    order.refresh_from_db()
    assert {type(each) for each in outcomes} <= {Order, type(None), PaymentUnderWay, TransitionNotAllowed}
    is_cancelled = order.status == "cancelled"
    assert is_cancelled == bool(Refund.objects.count())
    refunded = Payment.objects.get().refunded_minor
    assert refunded == (order.total_minor if is_cancelled else 0)
    assert faults() == []
