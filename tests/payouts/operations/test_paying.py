"""Runs: whoever is due is paid, once, and a missed day is caught up once."""

import threading
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from marketplace.kernel import clock
from marketplace.kernel.events import publish
from payouts import claimable, jobs
from payouts.availability import WhyNot
from payouts.models import Payout, PayoutEntry, PayoutSchedule
from payouts.operations import claiming, paying
from payouts.operations.claiming import claim
from tests.support.books import faults
from tests.support.payable import payee, sale
from tests.support.queue import queued
from tests.support.races import at_once
from vendors.models import Vendor

TUESDAY = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("UTC"))


def day_of(vendor: Vendor) -> date | None:
    return PayoutSchedule.objects.get(vendor=vendor).next_on


@pytest.mark.django_db
def test_vendors_are_paid_on_their_day_and_a_missed_one_is_caught_up_once() -> None:
    with clock.at(TUESDAY):
        due, other = payee(), payee()
        Vendor.objects.filter(pk=due.pk).update(timezone="Asia/Tokyo")
        sale(due)
        sale(other)
        PayoutSchedule.objects.create(vendor=other, interval="manual")
        assert paying.pay_due() == paying.Run()
        assert (day_of(due), day_of(other)) == (date(2026, 12, 7), None)
    # It is Monday in Tokyo, and Sunday here.
    with clock.at(datetime(2026, 12, 6, 14, 59, tzinfo=ZoneInfo("UTC"))):
        assert paying.pay_due().vendors == 0
    with clock.at(datetime(2026, 12, 16, 15, tzinfo=ZoneInfo("UTC"))):
        assert paying.pay_due() == paying.Run(vendors=1, payouts=1)
        assert day_of(due) == date(2026, 12, 21)
        sale(due)
        jobs.pay_vendors()
    assert [payout.amount_minor for payout in Payout.objects.all()] == [9000]
    assert queued().count(("send_payout", {"payout_id": Payout.objects.get().pk})) == 1


@pytest.mark.django_db
def test_a_day_on_which_something_stood_in_the_way_is_caught_up_when_it_does_no_more() -> None:
    vendor = payee()
    sale(vendor)
    yesterday = clock.now().date() - timedelta(days=1)
    PayoutSchedule.objects.create(vendor=vendor, interval="weekly", next_on=yesterday)
    Vendor.objects.update(status="suspended")
    assert paying.pay_due() == paying.Run(vendors=1, reasons={WhyNot.FROZEN: 1})
    assert day_of(vendor) == yesterday
    Vendor.objects.update(status="approved")
    assert [paying.pay_due().payouts for _ in range(2)] == [1, 0]


@pytest.mark.django_db
def test_one_vendor_is_paid_now_and_keeps_its_day() -> None:
    vendor, other = payee(), payee()
    sale(vendor)
    sale(other)
    assert paying.pay_vendor(vendor=vendor) == paying.Run(vendors=1, payouts=1)
    run = paying.pay_vendor(vendor=vendor)
    assert (run.payouts, run.reasons) == (0, {WhyNot.NOTHING_AVAILABLE: 1})
    assert Payout.objects.get().account.vendor == vendor


@pytest.mark.django_db
def test_every_vendor_has_its_turn_beyond_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paying, "CHUNK", 2)
    vendors = [payee() for _ in range(3)]
    for vendor in vendors:
        sale(vendor)
    paying.pay_due()
    PayoutSchedule.objects.update(next_on=clock.now().date())
    assert paying.pay_due().payouts == 3


def two_sales() -> Vendor:
    vendor = payee()
    sale(vendor)
    sale(vendor, 2000)
    PayoutSchedule.objects.create(vendor=vendor, next_on=clock.now().date())
    return vendor


@pytest.mark.django_db(transaction=True)
def test_h35_of_two_schedulers_at_once_one_makes_the_payout() -> None:
    vendor = two_sales()
    runs = at_once(*[paying.pay_due] * 2, partial(claim, vendor_id=vendor.pk))
    assert not [run for run in runs if isinstance(run, Exception)]
    payout = Payout.objects.get()
    assert (payout.amount_minor, PayoutEntry.objects.count(), faults()) == (10_800, 2, [])


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_both_would_claim_and_the_index_undoes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both look before either has written."""
    vendor = two_sales()
    both_look, facts = threading.Barrier(2), claimable.facts

    def look(vendors: list[int], now: datetime) -> Mapping[str, Any]:
        both_look.wait(timeout=10)
        return facts(vendors, now)

    def linger(event: object) -> None:
        time.sleep(0.3)
        publish(event)

    monkeypatch.setattr(claiming, "lock", list)
    monkeypatch.setattr(claimable, "facts", look)
    monkeypatch.setattr(claiming, "publish", linger)
    outcomes = at_once(*[partial(claim, vendor_id=vendor.pk)] * 2)
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [IntegrityError]
    assert (Payout.objects.count(), faults()) == (1, [])
