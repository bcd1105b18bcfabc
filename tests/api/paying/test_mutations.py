"""Schedules, payouts that are asked for, runs and holds, over HTTP."""

from datetime import timedelta

import pytest
from django.test import override_settings

from marketplace.api.scalars import encode_id
from marketplace.kernel import audit, clock
from payouts.models import Payout, PayoutHold, PayoutSchedule
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from tests.support.payable import payee, sale
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

SCHEDULE = """__typename ... on SavePayoutScheduleSuccess { schedule {
  interval minimum { amount } delayDays reserveRate reserveDays nextOn
} }"""
REQUEST = "__typename ... on RequestPayoutSuccess { payout { status amount { amount } } }"
RUN = "__typename ... on RunPayoutsSuccess { vendors payouts unpaid { reason count } }"
HOLD = """__typename ... on PayoutHoldSuccess { hold {
  id cause reason amount { amount } releaseOn releasedAt vendor { slug }
} }"""


def test_a_vendor_says_how_often_and_staff_how_late() -> None:
    vendor = payee()
    client, key = GraphQL(member_of(vendor, VendorRole.FINANCE)), encode_id("VendorAccount", vendor.pk)
    done = mutate(client, "savePayoutSchedule", SCHEDULE, vendor=key, interval="MANUAL", minimum="25.00")
    assert done["schedule"] == {
        "interval": "MANUAL",
        "minimum": {"amount": "25.00"},
        "delayDays": None,
        "reserveRate": "0",
        "reserveDays": 0,
        "nextOn": None,
    }
    assert mutate(client, "savePayoutSchedule", SCHEDULE, vendor=key, delayDays=0)["code"] == "NOT_PERMITTED"
    with override_settings(PAYOUT_MINIMUMS="EUR 30.00"):
        low = mutate(client, "savePayoutSchedule", SCHEDULE, vendor=key, minimum="29.99")
    assert (low["code"], low["field"]) == ("INVALID_INPUT", "minimum")
    staff = GraphQL(with_role("Finance"))
    given = {"delayDays": 14, "reserveRate": "12.50", "reserveDays": 90}
    terms = mutate(staff, "savePayoutSchedule", SCHEDULE, vendor=key, **given)["schedule"]
    assert (terms["delayDays"], terms["reserveRate"], terms["reserveDays"]) == (14, "12.5", 90)
    assert PayoutSchedule.objects.get().reserve_bps == 1250
    again = mutate(staff, "savePayoutSchedule", SCHEDULE, vendor=key, usesDefaultDelay=True)
    assert again["schedule"]["delayDays"] is None
    actions = [each.action for each in audit.entries_of(vendor)]
    assert actions.count("payouts.schedule_changed") == 3


def test_a_vendor_asks_to_be_paid_once_for_a_key() -> None:
    vendor = payee()
    client, key = GraphQL(member_of(vendor, VendorRole.FINANCE)), encode_id("VendorAccount", vendor.pk)
    early = mutate(client, "requestPayout", "... on NothingToPayOutError { why }", vendor=key)
    assert early["why"] == "nothing_available"
    sale(vendor)
    for _ in range(2):
        done = mutate(client, "requestPayout", REQUEST, vendor=key, idempotencyKey="k")
        assert done["payout"] == {"status": "CLAIMED", "amount": {"amount": "90.00"}}
    assert Payout.objects.count() == 1


def test_staff_run_payouts_and_nobody_else() -> None:
    vendor = payee()
    sale(vendor)
    key, staff = encode_id("VendorAccount", vendor.pk), GraphQL(with_role("Finance"))
    PayoutSchedule.objects.create(vendor=vendor, next_on=clock.now().date() + timedelta(days=3))
    nobody = mutate(staff, "runPayouts", RUN)
    assert (nobody["vendors"], nobody["payouts"], nobody["unpaid"]) == (0, 0, [])
    one = mutate(staff, "runPayouts", RUN, vendor=key)
    assert (one["vendors"], one["payouts"]) == (1, 1)
    again = mutate(staff, "runPayouts", RUN, vendor=key)
    assert again["unpaid"] == [{"reason": "NOTHING_AVAILABLE", "count": 1}]
    assert mutate(GraphQL(member_of(vendor)), "runPayouts", RUN, vendor=key)["code"] == "NOT_FOUND"


def test_staff_hold_and_release() -> None:
    vendor = payee()
    part = sale(vendor)
    key, staff = encode_id("VendorAccount", vendor.pk), GraphQL(with_role("Finance"))
    asked = {"vendor": key, "vendorOrder": encode_id("VendorOrder", part.pk), "reason": "An odd order"}
    more = mutate(staff, "placeHold", "... on HoldTooLargeError { left { amount } }", amount="90.01", **asked)
    assert more["left"] == {"amount": "90.00"}
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    placed = mutate(staff, "placeHold", HOLD, amount="40.00", releaseOn=day, idempotencyKey="k", **asked)[
        "hold"
    ]
    assert (placed["cause"], placed["amount"], placed["releaseOn"]) == ("RISK", {"amount": "40.00"}, day)
    assert placed["vendor"] == {"slug": vendor.slug}
    released = mutate(staff, "releaseHold", HOLD, hold=placed["id"], note="All is well")
    assert released["hold"]["releasedAt"] is not None
    assert mutate(staff, "releaseHold", HOLD, hold=placed["id"])["code"] == "HOLD_ENDED"
    support = GraphQL(with_role("Support"))
    assert mutate(support, "releaseHold", HOLD, hold=placed["id"])["code"] == "NOT_FOUND"
    assert mutate(support, "placeHold", HOLD, vendor=key, reason="-")["code"] == "NOT_FOUND"
    junk = mutate(staff, "placeHold", HOLD, vendor=key, reason="-", amount="1", currency="XXY")
    assert (junk["code"], PayoutHold.objects.count()) == ("INVALID_INPUT", 1)
