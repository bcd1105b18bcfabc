"""Holds: placed and released once, traceable, and never more than there is."""

from datetime import timedelta

import pytest
from django.test import override_settings

from marketplace.gateway.sandbox import control
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput
from marketplace.kernel.money import Money
from payouts import jobs
from payouts.errors import HoldEnded, HoldTooLarge
from payouts.models import (
    AccountKind,
    HoldCause,
    LedgerAccount,
    LedgerTransaction,
    Payout,
    PayoutHold,
    PayoutSchedule,
)
from payouts.operations.claiming import claim
from payouts.operations.holds import Holding, hold_new_vendor, place_hold, release_due, release_hold
from tests.factories.accounts import UserFactory
from tests.payouts.operations.test_claiming import balance
from tests.support.books import faults
from tests.support.payable import payee, sale
from tests.support.payments import receive_all
from tests.support.queue import run_queued
from vendors.events import VendorApproved
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def held(vendor: Vendor) -> int:
    """What the ledger says is held of a vendor."""
    account = LedgerAccount.objects.filter(vendor=vendor, kind=AccountKind.VENDOR_HELD).first()
    return (account.balance_minor or 0) if account else 0


def test_an_amount_is_held_once_for_a_key_and_comes_back_once() -> None:
    vendor, staff = payee(), UserFactory.create()
    sale(vendor)
    asked = Holding(vendor=vendor, amount=Money(4000, "EUR"), reason="An odd order")
    hold, again = (place_hold(asked=asked, actor=staff, idempotency_key="k") for _ in range(2))
    assert (hold, held(vendor), balance(vendor).available.minor) == (again, 4000, 5000)
    assert balance(vendor).reserved.minor == 4000
    other = Holding(vendor=vendor, amount=Money(1, "EUR"), reason="An odd order")
    with pytest.raises(IdempotencyKeyReused):
        place_hold(asked=other, actor=staff, idempotency_key="k")
    claim(vendor_id=vendor.pk)
    assert Payout.objects.get().amount_minor == 5000
    for _ in range(2):
        release_hold(hold=hold, actor=staff, note="All is well", idempotency_key="r")
    with pytest.raises(HoldEnded):
        release_hold(hold=hold, actor=staff)
    assert (held(vendor), balance(vendor).available.minor, faults()) == (0, 4000, [])
    actions = [each.action for each in audit.entries_of(vendor) if each.actor_id == staff.pk]
    assert actions == ["payouts.hold_placed", "payouts.hold_released"]


def test_a_hold_of_a_part_is_of_that_part_and_one_of_everything_of_all() -> None:
    vendor, staff = payee(), UserFactory.create()
    first, second = sale(vendor), sale(vendor, 2000)
    place_hold(asked=Holding(vendor=vendor, part=first, amount=Money(9000, "EUR"), reason="-"), actor=staff)
    whole = place_hold(asked=Holding(vendor=vendor, part=second, reason="-"), actor=staff)
    assert (balance(vendor).available.minor, balance(vendor).pending.minor) == (0, 1800)
    release_hold(hold=whole, actor=staff)
    assert balance(vendor).available.minor == 1800
    place_hold(asked=Holding(vendor=vendor, reason="-"), actor=staff)
    assert not claim(vendor_id=vendor.pk).payout_ids


def test_no_more_is_held_than_there_is_and_nothing_without_a_reason() -> None:
    vendor, staff = payee(), UserFactory.create()
    part, foreign = sale(vendor), sale(payee())
    sale(vendor, 1000)
    today = clock.now().date()
    with pytest.raises(HoldTooLarge) as refusal:
        place_hold(
            asked=Holding(vendor=vendor, part=part, amount=Money(9001, "EUR"), reason="-"), actor=staff
        )
    assert refusal.value.left == Money(9000, "EUR")
    for asked in (
        Holding(vendor=vendor, reason=" "),
        Holding(vendor=vendor, reason="-", release_on=today - timedelta(days=1)),
        Holding(vendor=vendor, reason="-", amount=Money(0, "EUR")),
        Holding(vendor=vendor, part=foreign, reason="-"),
    ):
        with pytest.raises(InvalidInput):
            place_hold(asked=asked, actor=staff)
    assert (PayoutHold.objects.count(), held(vendor)) == (0, 0)


def test_a_hold_ends_by_its_day() -> None:
    vendor, staff = payee(), UserFactory.create()
    sale(vendor)
    asked = Holding(
        vendor=vendor,
        amount=Money(4000, "EUR"),
        reason="-",
        release_on=(clock.now() + timedelta(days=3)).date(),
    )
    hold = place_hold(asked=asked, actor=staff)
    assert release_due() == 0
    with clock.at(clock.now() + timedelta(days=3, hours=1)):
        jobs.pay_vendors()
    hold.refresh_from_db()
    assert (hold.released_at is None, hold.released_by, held(vendor), release_due()) == (False, None, 0, 0)


def test_of_each_sale_a_part_is_reserved_for_a_while() -> None:
    vendor = payee()
    PayoutSchedule.objects.create(vendor=vendor, reserve_bps=1000, reserve_days=30)
    parts = [sale(vendor), sale(vendor, 2005)]
    sale(vendor, 5000, delivered=None)
    # 10 % of 90.00, and of 18.04 (2005 less 10 %, 200.5, half to even).
    shown = balance(vendor)
    assert (shown.available.minor, shown.reserved.minor) == (9000 + 1805 - 900 - 180, 1080)
    claim(vendor_id=vendor.pk)
    holds = PayoutHold.objects.order_by("pk")
    assert [(each.vendor_order, each.amount_minor, each.cause) for each in holds] == [
        (parts[0], 900, HoldCause.ROLLING),
        (parts[1], 180, HoldCause.ROLLING),
    ]
    assert (Payout.objects.get().amount, held(vendor)) == (shown.available, 1080)
    assert (claim(vendor_id=vendor.pk).payout_ids, PayoutHold.objects.count(), faults()) == ([], 2, [])
    with clock.at(clock.now() + timedelta(days=31)):
        assert (release_due(), balance(vendor).available.minor) == (2, 1080)
        claim(vendor_id=vendor.pk)
        assert (Payout.objects.latest("pk").amount_minor, held(vendor)) == (1080, 0)
    assert (PayoutHold.objects.count(), faults()) == (2, [])


def test_who_is_new_is_paid_later_where_the_platform_says_so() -> None:
    vendor = payee()
    sale(vendor)
    hold_new_vendor(VendorApproved(vendor_id=vendor.pk))
    assert PayoutHold.objects.count() == 0
    with override_settings(NEW_VENDOR_HOLD_DAYS=14):
        for _ in range(2):
            hold_new_vendor(VendorApproved(vendor_id=vendor.pk))
    assert not claim(vendor_id=vendor.pk).payout_ids
    with clock.at(clock.now() + timedelta(days=15)):
        assert release_due() == 1
        assert len(claim(vendor_id=vendor.pk).payout_ids) == 1


def test_the_worked_payout_of_the_page_of_the_ledger() -> None:
    vendor = payee()
    sale(vendor)
    PayoutSchedule.objects.create(vendor=vendor, reserve_bps=1000, reserve_days=30)
    before = LedgerTransaction.objects.latest("pk").pk
    claim(vendor_id=vendor.pk)
    run_queued()
    control.fail_payout(Payout.objects.get().ref)
    receive_all()
    with clock.at(clock.now() + timedelta(days=31)):
        release_due()
    posted = LedgerTransaction.objects.filter(pk__gt=before).order_by("pk")
    assert [
        (each.kind, {entry.account.kind: entry.amount_minor for entry in each.entries.all()})
        for each in posted
    ] == [
        ("held", {"vendor_payable": -900, "vendor_held": 900}),
        ("payout", {"vendor_payable": -8100, "vendor_account": 8100}),
        ("payout_failed", {"vendor_payable": 8100, "vendor_account": -8100}),
        ("released", {"vendor_payable": 900, "vendor_held": -900}),
    ]
    assert faults() == []
