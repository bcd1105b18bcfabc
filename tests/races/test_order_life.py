"""What two people do to one order at the same moment, beside what it would be without the lock."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from checkout.errors import PaymentUnderWay, RefundExceedsPaid
from checkout.models import Order, Payment, Refund, RefundReason, VendorOrder
from checkout.operations import expire, giving_back, parts, pay, settle
from checkout.operations.cancel import CancelReason, cancel_vendor_order
from checkout.operations.expire import cancel_order
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from checkout.operations.settle import settle_payment
from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.money import Money
from tests.factories.checkout import Bought, buyable
from tests.factories.orders import intent_of, payment_of, placed
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


def test_h19_29_two_refunds_of_60_00_on_100_00(provider: PaymentProvider) -> None:
    part = part_of(sold(buyable(price_minor=10_000)))
    outcomes = at_once(_refund(part, 6000), _refund(part, 6000))
    assert _kinds(outcomes) == {Refund: 1, RefundExceedsPaid: 1}
    assert (Payment.objects.get().refunded_minor, Refund.objects.get().amount_minor) == (6000, 6000)
    send_refund(refund_id=Refund.objects.get().pk)
    assert [each.amount.minor for each in provider.list_refunds(Refund.objects.get().created_at)] == [6000]
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


def _cancelled_while_paying(order: Order, *, is_confirmed: bool) -> list[object]:
    """The buyer gives the order up in one window and pays for it in another; what came of either."""
    intent = intent_of(order)
    if is_confirmed:
        confirm(intent)

    def buy() -> None:
        confirm(intent)
        settle_payment(provider="sandbox", ref=intent.ref)

    return list(at_once(lambda: cancel_order(order=Order.objects.get(pk=order.pk)), buy))


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_buyer_who_cancels_while_paying_has_the_goods_or_the_money(is_confirmed: bool) -> None:
    tea = buyable(on_hand=20)
    for _ in range(4):
        order = placed(tea)
        outcomes = _cancelled_while_paying(order, is_confirmed=is_confirmed)
        assert {type(each) for each in outcomes} <= {Order, type(None), PaymentUnderWay, TransitionNotAllowed}
        order.refresh_from_db()
        # It ended before it was paid, or was paid; then it goes out, or its money goes back.
        paid = order.total_minor if order.payment_state == "paid" else 0
        refunded = sum(order.refunds.values_list("amount_minor", flat=True))
        assert (order.status, refunded) in {("cancelled", paid), ("expired", 0), ("paid", 0)}
        assert payment_of(order).refunded_minor == refunded
        tea.refresh_from_db()
        goes_out = Order.objects.filter(vendor_orders__status="open").count()
        assert (tea.on_hand, tea.reserved) == (20 - goes_out, 0)
    assert faults() == []


def test_without_the_carts_lock_one_of_them_meets_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    order = placed(buyable())
    intent = intent_of(order)
    confirm(intent)
    read = read_before_either_writes()
    monkeypatch.setattr(settle, "lock_one", read)
    monkeypatch.setattr(expire, "lock_one", read)
    # Nor is the payment closed first: both take the order for one that waits.
    monkeypatch.setattr(pay, "stop", lambda *_, **__: True)
    outcomes = at_once(
        lambda: cancel_order(order=order), lambda: settle_payment(provider="sandbox", ref=intent.ref)
    )
    # The row of stock, or the move of the order, does not let the second one through.
    assert _kinds(outcomes) & Counter([IntegrityError, TransitionNotAllowed])
