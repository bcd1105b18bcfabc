"""Refunds made on the provider's pages: in the books, once, where it can be told what they are of."""

import pytest

from checkout.models import Order, Payment, Refund
from checkout.operations.refunds import settle_refund
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownPayment
from marketplace.kernel.money import Money
from payouts import checking
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed
from tests.support import payments
from tests.support.payments import confirm, receive_all

pytestmark = pytest.mark.django_db


def paid(vendors: int = 1) -> Order:
    order = placed(*(buyable() for _ in range(vendors)))
    confirm(intent_of(order))
    receive_all()
    return order


def refund_there(order: Order, minor: int) -> str:
    """People give money back on the pages of the provider."""
    return payments.refund_there(intent_of(order).charge_ref or "", Money(minor, order.currency))


def refunded() -> list[tuple[str, int]]:
    return list(Refund.objects.order_by("pk").values_list("status", "amount_minor"))


def right() -> bool:
    return not [fault for _, faults in checking.check() for fault in faults]


def test_26_a_refund_of_the_dashboard_is_booked_once_with_its_reversals() -> None:
    order = paid()
    ref = refund_there(order, 500)
    for _ in range(2):
        receive_all()
        settle_refund(provider="sandbox", ref=ref)
    assert refunded() == [("succeeded", 500)]
    assert Payment.objects.get().refunded_minor == 500
    assert order.ledger_transactions.filter(kind="refund").count() == 1
    assert right()
    # Nothing was asked of the provider: it is theirs.
    assert [each.ref for each in registry.default().list_refunds(order.placed_at)] == [ref]


def test_of_several_vendors_the_whole_is_told_apart_and_a_part_is_not() -> None:
    order = paid(vendors=2)
    with pytest.raises(UnknownPayment):
        settle_refund(provider="sandbox", ref=refund_there(order, 500))
    assert refunded() == []
    settle_refund(provider="sandbox", ref=refund_there(paid(vendors=2), 2980))
    assert refunded() == [("succeeded", 1490), ("succeeded", 1490)]
    assert right()


def test_what_failed_again_and_what_is_anothers_are_not_adopted() -> None:
    order = paid()
    ref = refund_there(order, 500)
    Payment.objects.update(provider_ref="another")
    with pytest.raises(UnknownPayment):
        settle_refund(provider="sandbox", ref=ref)
    assert refunded() == []
