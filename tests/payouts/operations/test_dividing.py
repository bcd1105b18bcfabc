"""Refunds of the provider's pages, of an order of several vendors: booked once, as the staff say."""

from datetime import timedelta
from decimal import Decimal

import pytest

from checkout.errors import RefundExceedsPaid, RefundSharesMismatch
from checkout.models import Order, Payment, Refund
from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from payouts.errors import DiscrepancyNoRefund
from payouts.models import Discrepancy
from payouts.operations.dividing import book_refund
from payouts.operations.reconcile import reconcile
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.sold import sold
from tests.support.books import faults
from tests.support.payments import receive_all, refund_there

pytestmark = pytest.mark.django_db


def met(provider: PaymentProvider) -> Discrepancy:
    """The refund, as a reconciliation finds it a little later."""
    receive_all()
    with clock.at(clock.now() + timedelta(minutes=2)):
        reconcile(provider=provider.name)
    return Discrepancy.objects.get(kind="refund_unknown")


def parts(order: Order) -> list[int]:
    return list(order.vendor_orders.order_by("pk").values_list("pk", flat=True))


def test_26_a_refund_of_several_vendors_is_booked_as_people_say(provider: PaymentProvider) -> None:
    order, other, finance = sold(buyable(), buyable()), sold(), UserFactory.create(is_staff=True)
    first, second = parts(order)
    refund_there(Payment.objects.get(order=order).charge_ref, Money(700, "EUR"))
    differs = met(provider)
    assert differs.status == "open"
    for shares, refusal in (
        ({first: "5.00"}, RefundSharesMismatch),
        ({first: "8.00", second: "-1.00"}, RefundSharesMismatch),
        ({first: "2.00", parts(other)[0]: "5.00"}, NotFound),
        ({}, RefundSharesMismatch),
    ):
        with pytest.raises(refusal):
            book_refund(discrepancy=differs, shares=_of(shares), actor=finance)
    assert not Refund.objects.exists()
    for shares in ({first: "5.00", second: "2.00"}, {first: "7.00"}):
        book_refund(discrepancy=differs, shares=_of(shares), actor=finance)
    told = list(Refund.objects.order_by("pk").values_list("vendor_order", "amount_minor", "status"))
    assert told == [(first, 500, "succeeded"), (second, 200, "succeeded")]
    assert (faults(), Payment.objects.get(order=order).refunded_minor) == ([], 700)
    differs = met(provider)
    assert (differs.status, Discrepancy.objects.filter(status="open").count()) == ("gone", 0)
    with pytest.raises(DiscrepancyNoRefund):
        book_refund(discrepancy=differs, shares={}, actor=finance)


def test_no_part_gives_more_than_it_has(provider: PaymentProvider) -> None:
    order, finance = sold(buyable(), buyable()), UserFactory.create(is_staff=True)
    first = parts(order)[0]
    refund_there(Payment.objects.get(order=order).charge_ref, Money(1100, "EUR"))
    differs = met(provider)
    with pytest.raises(RefundExceedsPaid) as refused:
        book_refund(discrepancy=differs, shares=_of({first: "11.00"}), actor=finance)
    assert (refused.value.left, Refund.objects.count()) == (Money(1000, "EUR"), 0)


def _of(shares: dict[int, str]) -> dict[int, Decimal]:
    return {key: Decimal(amount) for key, amount in shares.items()}
