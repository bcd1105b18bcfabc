"""Balances, payouts and holds, read by a vendor's people and by the platform."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import LedgerEntry, Payout, PayoutSchedule
from payouts.operations.claiming import claim
from payouts.operations.holds import Holding, place_hold
from tests.factories.accounts import UserFactory
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from tests.support.payable import payee, sale
from tests.support.staff import with_role
from vendors.models import Vendor
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

BALANCE = """query($slug: String!) { viewer { vendor(slug: $slug) { balance {
  pending { amount } available { amount } reserved { amount } negative { amount } inTransit { amount }
  byCurrency { currency available { amount } whyNot moreAt } nextPayoutOn whyNot
} } } }"""
PAYOUTS = """query($slug: String!) { viewer { vendor(slug: $slug) { payouts { edges { node {
  status isOurs amount { amount currency }
  entries { totalCount edges { node { kind amount { amount } vendorOrder { number } } } }
} } } } } }"""
LEDGER = """query($slug: String!) { viewer { vendor(slug: $slug) { ledger { edges { node {
  account kind amount { amount } balanceAfter { amount currency }
} } } } } }"""
HOLDS = """query($slug: String!) { viewer { vendor(slug: $slug) { payoutHolds { edges { node {
  cause reason amount { amount } releaseOn releasedAt vendorOrder { number }
} } } } } }"""
PLATFORM = """query($vendor: ID, $status: PayoutStatus) { platform {
  payouts(vendor: $vendor, status: $status) { edges { node { status amount { amount } } } }
  payoutHolds(vendor: $vendor, isOpen: true) { edges { node { reason vendor { slug } } } }
  unpaidVendors { vendor { slug } balance { whyNot available { amount } } }
} }"""


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def asked(vendor: Vendor, document: str, role: VendorRole = VendorRole.FINANCE) -> dict[str, Any]:
    told = GraphQL(member_of(vendor, role)).ask(document, slug=vendor.slug)
    account: dict[str, Any] = told["viewer"]["vendor"]
    return account


def test_a_vendor_reads_what_it_has_and_when_it_is_paid() -> None:
    vendor = payee()
    sale(vendor)
    sale(vendor, 2000, delivered=timedelta(days=1))
    day = clock.now().date() + timedelta(days=3)
    PayoutSchedule.objects.create(vendor=vendor, next_on=day, minimum_minor=10_000)
    place_hold(asked=Holding(vendor=vendor, amount=Money(500, "EUR"), reason="-"), actor=UserFactory.create())
    balance = asked(vendor, BALANCE)["balance"]
    assert balance["byCurrency"][0].pop("moreAt").startswith(str((clock.now() + timedelta(days=6)).date()))
    assert balance == {
        "pending": {"amount": "18.00"},
        "available": {"amount": "85.00"},
        "reserved": {"amount": "5.00"},
        "negative": {"amount": "0.00"},
        "inTransit": {"amount": "0.00"},
        "byCurrency": [{"currency": "EUR", "available": {"amount": "85.00"}, "whyNot": "BELOW_MINIMUM"}],
        "nextPayoutOn": day.isoformat(),
        "whyNot": "BELOW_MINIMUM",
    }
    refused = GraphQL(member_of(vendor, VendorRole.FULFILMENT))
    assert refused.codes(BALANCE, slug=vendor.slug) == ["NOT_PERMITTED"]


def test_each_payout_drills_down_to_the_entries_that_sum_to_it() -> None:
    vendor = payee()
    parts = [sale(vendor), sale(vendor, 2000)]
    claim(vendor_id=vendor.pk)
    (payout,) = nodes(asked(vendor, PAYOUTS)["payouts"])
    assert (payout["status"], payout["isOurs"], payout["amount"]["amount"]) == ("CLAIMED", True, "108.00")
    assert (payout["entries"]["totalCount"], nodes(payout["entries"])) == (
        2,
        [
            {"kind": "SALE", "amount": {"amount": amount}, "vendorOrder": {"number": part.number}}
            for part, amount in zip(reversed(parts), ("18.00", "90.00"), strict=True)
        ],
    )


def test_the_ledger_tells_what_each_account_held_after_each_entry() -> None:
    vendor = payee()
    sale(vendor)
    sale(vendor, 2000)
    rows = nodes(asked(vendor, LEDGER)["ledger"])
    assert [(row["account"], row["balanceAfter"]["amount"]) for row in rows] == [
        ("VENDOR_ACCOUNT", "-108.00"),
        ("VENDOR_PAYABLE", "108.00"),
        ("VENDOR_ACCOUNT", "-90.00"),
        ("VENDOR_PAYABLE", "90.00"),
    ]
    assert LedgerEntry.objects.filter(account__vendor=vendor).count() == 4


@pytest.mark.parametrize("document", [PAYOUTS, LEDGER, HOLDS])
def test_one_and_three_cost_the_same(document: str) -> None:
    vendor = payee()
    client, counts = GraphQL(member_of(vendor, VendorRole.FINANCE)), []
    for more in (1, 2):
        for _ in range(more):
            part = sale(vendor)
            place_hold(
                asked=Holding(vendor=vendor, part=part, amount=Money(1, "EUR"), reason="-"),
                actor=UserFactory.create(),
            )
            claim(vendor_id=vendor.pk)
        with CaptureQueriesContext(connection) as captured:
            client.ask(document, slug=vendor.slug)
        counts.append(len(captured))
    assert counts == [COUNTS[document]] * 2
    assert Payout.objects.count() == 3


COUNTS = {PAYOUTS: 6, LEDGER: 5, HOLDS: 5}


def test_the_platform_reads_who_is_paid_held_and_not_paid() -> None:
    vendor, other = payee(), payee()
    sale(vendor)
    sale(other)
    place_hold(asked=Holding(vendor=other, reason="Look"), actor=UserFactory.create())
    for each in (vendor, other):
        PayoutSchedule.objects.create(vendor=each, next_on=clock.now().date())
        claim(vendor_id=each.pk)
    staff = GraphQL(with_role("Finance"))
    told = staff.ask(PLATFORM)["platform"]
    assert nodes(told["payouts"]) == [{"status": "CLAIMED", "amount": {"amount": "90.00"}}]
    assert nodes(told["payoutHolds"]) == [{"reason": "Look", "vendor": {"slug": other.slug}}]
    unpaid = {each["vendor"]["slug"]: each["balance"] for each in told["unpaidVendors"]}
    assert unpaid[other.slug] == {"whyNot": "HELD", "available": {"amount": "90.00"}}
    mine = staff.ask(PLATFORM, vendor=encode_id("VendorAccount", other.pk), status="CLAIMED")["platform"]
    assert nodes(mine["payouts"]) == []
    codes = GraphQL(with_role("Support")).codes(PLATFORM)
    assert codes == ["NOT_PERMITTED"] * 3
