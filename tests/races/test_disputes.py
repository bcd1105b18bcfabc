"""A dispute that two hear of at the same moment, beside what it would be without the lock of its payment."""

from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError

from checkout.models import Order, OrderLine, Payment, Refund, VendorOrder
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.money import Money
from payouts.models import Dispute, LedgerTransaction
from payouts.operations import disputes
from payouts.operations.disputes import settle_dispute
from tests.factories.sold import sold
from tests.support.books import faults
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes

pytestmark = pytest.mark.django_db(transaction=True)


def _heard_twice(ref: str) -> Counter[type]:
    name = settings.PAYMENT_PROVIDER
    return Counter(map(type, at_once(*[lambda: settle_dispute(provider=name, ref=ref)] * 2)))


def _opened(order: Order) -> str:
    """A dispute at the bank, of half of what was paid, which nobody here has heard of."""
    return control.dispute(Payment.objects.get(order=order).charge_ref, amount=Money(500, "EUR")).ref


def _booked() -> Counter[str]:
    kinds = LedgerTransaction.objects.filter(kind__startswith="dispute").values_list("kind", flat=True)
    return Counter(kinds)


OPENED = {"dispute_withdrawn": 1, "dispute_fee": 1}


def test_28_two_who_hear_of_a_dispute_book_it_once_at_its_beginning_and_at_its_end(
    provider: PaymentProvider,
) -> None:
    ref = _opened(sold())
    assert _heard_twice(ref) == {Dispute: 2}
    assert (Dispute.objects.count(), _booked(), faults()) == (1, OPENED, [])
    control.decide(ref, wins=False)
    assert _heard_twice(ref) == {Dispute: 2}
    assert (_booked(), faults()) == ({**OPENED, "dispute_lost": 1}, [])
    assert (Refund.objects.get().amount_minor, Payment.objects.get().refunded_minor) == (500, 500)


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(key: int) -> Any:
        part = VendorOrder.objects.select_related("order").get(pk=key)
        return part, list(OrderLine.objects.filter(vendor_order=part))

    monkeypatch.setattr(disputes, "lock_part", read)
    monkeypatch.setattr(disputes, "lock_one", read_before_either_writes())


@pytest.mark.unwatched
def test_28_without_the_locks_the_second_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    order = sold()
    ref = _opened(order)
    _without_locks(monkeypatch)
    assert _heard_twice(ref) == {Dispute: 1, IntegrityError: 1}
    control.decide(ref, wins=False)
    _without_locks(monkeypatch)
    assert _heard_twice(ref) == {Dispute: 1, TransitionNotAllowed: 1}
