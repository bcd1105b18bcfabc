"""What is claimed, by whom, and why not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from checkout.models import CaseTopic, OrderCase, OrderReview, OrderReviewCause, Return, VendorOrder
from checkout.operations.reviews import hold, release_order
from checkout.risk import Found
from marketplace.kernel import clock
from payouts.availability import WhyNot
from payouts.balances import Balance, balances
from payouts.models import (
    AccountKind,
    Dispute,
    DisputeShare,
    HoldCause,
    LedgerAccount,
    Payout,
    PayoutAccount,
    PayoutEntry,
    PayoutHold,
    PayoutSchedule,
    Transfer,
)
from payouts.operations.claiming import Claimed, claim
from tests.support.accounts import opened_account
from tests.support.books import faults
from tests.support.payable import adjusted, deliver, payee, refunded, sale, sent, sold, transferred
from vendors.models import Vendor, VendorStatus

pytestmark = pytest.mark.django_db


def balance(vendor: Vendor) -> Balance:
    """The one balance of a vendor."""
    (found,) = balances([vendor.pk])[vendor.pk]
    return found


def sum_of(payout: Payout) -> int:
    return sum(PayoutEntry.objects.filter(payout=payout).values_list("entry__amount_minor", flat=True))


def why_not(vendor: Vendor) -> WhyNot | None:
    claimed = claim(vendor_id=vendor.pk)
    return None if claimed.payout_ids else claimed.reasons[vendor.currency]


def test_a_payout_is_the_sum_of_what_was_available_and_is_made_once() -> None:
    vendor = payee()
    parts = [sale(vendor), sale(vendor, 2000)]
    sale(vendor, 5000, delivered=None)
    assert (balance(vendor).available.minor, balance(vendor).pending.minor) == (10_800, 4500)
    claimed = claim(vendor_id=vendor.pk)
    payout = Payout.objects.get()
    assert claimed == Claimed(payout_ids=[payout.pk])
    assert (payout.amount_minor, payout.status, payout.is_ours) == (10_800, "claimed", True)
    assert sum_of(payout) == 10_800
    assert set(payout.claims.values_list("entry__vendor_order", flat=True)) == {part.pk for part in parts}
    assert why_not(vendor) == WhyNot.NOTHING_AVAILABLE
    after = balance(vendor)
    assert (after.available.minor, after.pending.minor, after.in_transit.minor) == (0, 4500, 10_800)
    kept = dict(LedgerAccount.objects.filter(vendor=vendor).values_list("kind", "balance_minor"))
    assert kept == {AccountKind.VENDOR_PAYABLE: 4500, AccountKind.VENDOR_ACCOUNT: -4500}
    assert faults() == []


def test_h6_a_refund_after_the_payout_is_netted_with_the_next_sale() -> None:
    vendor = payee()
    first = sale(vendor)
    assert why_not(vendor) is None
    refunded(first)
    assert (balance(vendor).negative.minor, balance(vendor).available.minor) == (9000, 0)
    assert why_not(vendor) == WhyNot.IN_DEBT
    second = sold(vendor, 20_000)
    transferred(second, netted_minor=9000)
    deliver(second, clock.now() - timedelta(days=7))
    assert (balance(vendor).available.minor, balance(vendor).negative.minor) == (9000, 0)
    assert why_not(vendor) is None
    payout = Payout.objects.latest("pk")
    entries = payout.claims.order_by("pk").values_list("entry__amount_minor", flat=True)
    assert (payout.amount_minor, sorted(entries)) == (9000, [-9000, 18_000])
    assert [each.balance_minor for each in LedgerAccount.objects.filter(vendor=vendor)] == [0, 0]
    assert (why_not(vendor), faults()) == (WhyNot.NOTHING_AVAILABLE, [])


@pytest.mark.parametrize(("currency", "paid", "owed"), [("JPY", 1255, 1129), ("KWD", 1255, 1129)])
def test_h9_what_is_shown_is_what_is_paid_out(currency: str, paid: int, owed: int) -> None:
    vendor = payee(currency)
    sale(vendor, paid)
    shown = balance(vendor).available
    claim(vendor_id=vendor.pk)
    payout = Payout.objects.get()
    assert payout.amount == shown
    assert (shown.minor, shown.currency) == (owed, currency)


def test_h21_what_is_pending_is_not_paid_out_and_of_the_suspended_nothing_is() -> None:
    vendor = payee()
    part = sold(vendor)
    transferred(part)
    assert (balance(vendor).available.minor, balance(vendor).pending.minor) == (0, 9000)
    arrived = clock.now()
    deliver(part, arrived)
    with clock.at(arrived + timedelta(days=7) - timedelta(seconds=1)):
        assert (balance(vendor).available.minor, balance(vendor).more_at) == (0, arrived + timedelta(days=7))
        assert why_not(vendor) == WhyNot.NOTHING_AVAILABLE
    with clock.at(arrived + timedelta(days=7)):
        assert (balance(vendor).available.minor, balance(vendor).pending.minor) == (9000, 0)
        Vendor.objects.update(status=VendorStatus.SUSPENDED)
        assert why_not(vendor) == WhyNot.FROZEN
        assert (balance(vendor).available.minor, Payout.objects.count()) == (9000, 0)
        Vendor.objects.update(status=VendorStatus.APPROVED)
        assert why_not(vendor) is None


def _dispute(part: VendorOrder) -> None:
    dispute = Dispute.objects.create(
        payment=part.order.payments.get(), provider="sandbox", ref="du_1", status="warning", amount_minor=1
    )
    DisputeShare.objects.create(dispute=dispute, vendor_order=part, amount_minor=1)


OPEN: dict[str, Callable[[VendorOrder], object]] = {
    "a hold": lambda part: PayoutHold.objects.create(
        vendor=part.vendor, vendor_order=part, cause=HoldCause.RISK, reason="Look", currency="EUR"
    ),
    "a dispute": _dispute,
    "a return": lambda part: Return.objects.create(vendor_order=part, number=f"{part.number}-R1"),
    "a complaint": lambda part: OrderCase.objects.create(
        vendor_order=part, number=f"{part.number}-C1", topic=CaseTopic.DAMAGED
    ),
    "a review": lambda part: OrderReview.objects.create(order=part.order),
    "a transfer": lambda part: Transfer.objects.filter(vendor_order=part).update(status="sending"),
    "the refund of what was cancelled": lambda part: VendorOrder.objects.filter(pk=part.pk).update(
        status="cancelled"
    ),
}


def test_a_part_waits_for_what_is_open_about_it_and_no_other_part_does() -> None:
    vendor = payee()
    parts = [sale(vendor, 1000 * place) for place in range(1, len(OPEN) + 1)]
    for part, happen in zip(parts, OPEN.values(), strict=True):
        happen(part)
    free = sale(vendor, 50_000)
    claim(vendor_id=vendor.pk)
    payout = Payout.objects.get()
    assert list(payout.claims.values_list("entry__vendor_order", flat=True)) == [free.pk]
    assert balance(vendor).pending.minor == sum(900 * place for place in range(1, len(OPEN) + 1))


def test_f126_what_was_sent_before_people_looked_waits_with_its_payout() -> None:
    part = sale(payee())
    assert Transfer.objects.get().status == "made"
    review = hold(part.order_id, [Found(cause=OrderReviewCause.VELOCITY_EMAIL, reference="a", facts={})])
    assert (review is not None, why_not(part.vendor)) == (True, WhyNot.NOTHING_AVAILABLE)
    assert balance(part.vendor).available.minor == 0
    release_order(review=OrderReview.objects.get(), actor=None)
    assert why_not(part.vendor) is None


def test_what_is_about_no_part_goes_along_once_it_has_come() -> None:
    vendor = payee()
    given, asked = adjusted(vendor, 700), adjusted(vendor, -200)
    sale(vendor, 1000)
    assert balance(vendor).available.minor == 700
    sent(vendor, given.entries.get(account__vendor=vendor).amount, occasion=given)
    assert balance(vendor).available.minor == 1400
    assert why_not(vendor) is None
    claimed = Payout.objects.get().claims.values_list("entry__transaction", flat=True)
    assert {given.pk, asked.pk} < set(claimed)


def test_why_a_vendor_is_not_paid() -> None:
    vendor, stranger = payee(), sold(payee()).vendor
    part = sale(vendor)
    PayoutAccount.objects.filter(vendor=stranger).delete()
    assert why_not(stranger) == WhyNot.ACCOUNT_MISSING
    opened_account(stranger)
    assert why_not(stranger) == WhyNot.ACCOUNT_NOT_ACTIVE
    PayoutAccount.objects.update(bank_changed_at=clock.now() - timedelta(hours=71))
    assert why_not(vendor) == WhyNot.COOLING_DOWN
    PayoutAccount.objects.update(bank_changed_at=clock.now() - timedelta(hours=72))
    hold = PayoutHold.objects.create(vendor=vendor, cause=HoldCause.RISK, reason="Look", currency="EUR")
    assert why_not(vendor) == WhyNot.HELD
    hold.delete()
    with override_settings(PAYOUT_MINIMUMS="EUR 90.01"):
        assert why_not(vendor) == WhyNot.BELOW_MINIMUM
    PayoutSchedule.objects.filter(vendor=vendor).update(minimum_minor=9001)
    assert why_not(vendor) == WhyNot.BELOW_MINIMUM
    PayoutSchedule.objects.filter(vendor=vendor).update(minimum_minor=9000)
    Transfer.objects.filter(vendor_order=part).update(amount_minor=9500, planned_minor=9500)
    LedgerAccount.objects.filter(kind=AccountKind.VENDOR_ACCOUNT).update(balance_minor=-8999)
    assert why_not(vendor) == WhyNot.WAITS_FOR_MONEY
    assert Payout.objects.count() == 0
    LedgerAccount.objects.filter(kind=AccountKind.VENDOR_ACCOUNT).update(balance_minor=-9000)
    assert why_not(vendor) is None


def test_what_was_claimed_is_not_looked_through_again() -> None:
    vendor = payee()
    sale(vendor)
    waiting = sale(vendor, delivered=None)
    claim(vendor_id=vendor.pk)
    account = LedgerAccount.objects.get(vendor=vendor, kind=AccountKind.VENDOR_PAYABLE)
    first_left = account.entries.get(vendor_order=waiting).pk
    assert account.claimed_through == first_left - 1
    deliver(waiting, clock.now() - timedelta(days=8))
    claim(vendor_id=vendor.pk)
    account.refresh_from_db()
    assert account.claimed_through == first_left
    assert [payout.amount_minor for payout in Payout.objects.order_by("pk")] == [9000, 9000]


def test_a_claim_is_a_constant_number_of_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    vendor = payee()
    sale(vendor)
    claim(vendor_id=vendor.pk)
    for parts in (1, 3):
        for _ in range(parts):
            sale(vendor)
        with django_assert_num_queries(11):
            assert len(claim(vendor_id=vendor.pk).payout_ids) == 1
