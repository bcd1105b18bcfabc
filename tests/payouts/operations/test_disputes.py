"""Disputes: what is held, what is booked, and that it is so once, in whatever order it is told."""

import itertools
from datetime import timedelta

import pytest

from checkout.errors import PaymentDisputed, RefundExceedsPaid
from checkout.models import Order, Payment, Refund, RefundReason
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import Dispute, DisputeShare, LedgerTransaction, TransactionKind
from payouts.operations.disputes import remind_of_due, settle_dispute
from payouts.selectors import trial_balance
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory
from tests.payouts.operations.test_sales import posted, worked
from tests.support.books import earned, faults, owed
from tests.support.disputed import decided, disputed
from tests.support.payments import receive_all
from tests.support.queue import queued

pytestmark = pytest.mark.django_db


def pot() -> Order:
    """The pot of docs/ledger.md, sold."""
    return sold(buyable(price_minor=10_000, vendor=VendorFactory.create(name="Clay")))


def books() -> dict[str, int]:
    """What stands on each kind of account, in minor units."""
    return {kind.value: money.minor for kind, money in trial_balance() if money.minor}


SOLD = {"buyer_clearing": -10_000, "vendor_payable": 9000, "commission": 1000}


def test_h22_a_dispute_holds_what_the_vendor_has_of_it_and_the_platform_pays_the_fee() -> None:
    order = pot()
    dispute = disputed(order)
    assert posted(order, TransactionKind.DISPUTE_WITHDRAWN) == worked("A dispute, worked", rows=4)
    assert books() == {
        "buyer_clearing": 1500,
        "commission": 1000,
        "dispute_receivable": -10_000,
        "provider_fee": -1500,
        "vendor_reserve": 9000,
    }
    assert (owed(part_of(order)), dispute.status, dispute.fee_minor) == (0, "needs_response", 1500)
    assert faults() == []


def test_h22_a_dispute_that_is_lost_takes_the_share_and_the_commission_back(
    provider: PaymentProvider,
) -> None:
    order = pot()
    dispute = decided(disputed(order), wins=False)
    assert posted(order, TransactionKind.DISPUTE_LOST) == worked("A dispute that is lost, worked", rows=4)
    assert books() == {"buyer_clearing": 1500, "provider_fee": -1500}
    assert (owed(part_of(order)), earned(), dispute.status) == (0, 0, "lost")
    refund, payment = Refund.objects.get(), Payment.objects.get()
    assert (refund.amount_minor, refund.status, payment.refunded_minor) == (10_000, "succeeded", 10_000)
    with pytest.raises(RefundExceedsPaid):
        refund_vendor_order(
            part=part_of(order), asked=Asked(amount=Money(1, "EUR")), reason=RefundReason.OTHER, actor=None
        )
    assert faults() == []


def test_h22_a_dispute_that_is_won_gives_the_vendor_its_share_again(provider: PaymentProvider) -> None:
    order = pot()
    dispute = decided(disputed(order), wins=True)
    fee = -dispute.fee_minor
    expected = {**SOLD, "buyer_clearing": -10_000 - fee, "provider_fee": fee}
    assert books() == {kind: minor for kind, minor in expected.items() if minor}
    assert (owed(part_of(order)), Payment.objects.get().is_disputed) == (9000, False)
    assert faults() == []


@pytest.mark.parametrize("wins", [True, False])
def test_28_events_of_a_dispute_in_any_order_and_number_have_one_effect(
    provider: PaymentProvider, wins: bool
) -> None:
    dispute = disputed(pot())
    control.decide(dispute.ref, wins=wins)
    first = decided_books = None
    told = list(SandboxEvent.objects.filter(object_ref=dispute.ref).order_by("pk"))
    assert len(told) >= 3
    for order in itertools.islice(itertools.permutations(told), 6 if provider.name == "sandbox" else 2):
        for event in [*order, order[0]]:
            settle_dispute(provider=provider.name, ref=event.object_ref)
        decided_books = (books(), LedgerTransaction.objects.count(), Refund.objects.count())
        first = first or decided_books
        assert decided_books == first
    assert faults() == []


def test_28_a_dispute_after_a_partial_refund_is_of_the_remainder_and_of_each_part(
    provider: PaymentProvider,
) -> None:
    clay, wood = buyable(price_minor=10_001), buyable(price_minor=2003)
    order = sold(clay, wood)
    refund_vendor_order(
        part=part_of(order, clay),
        asked=Asked(amount=Money(5000, "EUR")),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    before = books()
    payment = Payment.objects.get()
    dispute = disputed(order, payment.amount_minor - payment.refunded_minor)
    shares = list(DisputeShare.objects.order_by("pk").values_list("amount_minor", flat=True))
    assert (sum(shares), shares) == (7004, [5001, 2003])
    assert books()["vendor_reserve"] == before["vendor_payable"]
    decided(dispute, wins=False)
    assert books() == {"buyer_clearing": 1500, "provider_fee": -1500}
    assert faults() == []


def test_28_nothing_else_goes_back_while_it_is_open() -> None:
    order = pot()
    inquiry = disputed(order, is_inquiry=True)
    assert (inquiry.status, books(), Payment.objects.get().is_disputed) == ("warning", SOLD, False)
    control.escalate(inquiry.ref)
    receive_all()
    asked = Asked(amount=Money(100, "EUR"))
    with pytest.raises(PaymentDisputed):
        refund_vendor_order(part=part_of(order), asked=asked, reason=RefundReason.OTHER, actor=None)
    assert not Refund.objects.exists()
    decided(Dispute.objects.get(), wins=True)
    refund_vendor_order(part=part_of(order), asked=asked, reason=RefundReason.OTHER, actor=None)
    assert (Refund.objects.get().amount_minor, faults()) == (100, [])


def test_mail_of_a_dispute_goes_once() -> None:
    dispute = disputed(pot())
    settle_dispute(provider="sandbox", ref=dispute.ref)
    decided(dispute, wins=True)
    receive_all()
    told = [each for each in queued() if each[0].startswith("mail_dispute")]
    assert told == [
        ("mail_dispute_opened", {"dispute_id": dispute.pk}),
        ("mail_dispute_closed", {"dispute_id": dispute.pk}),
    ]


def test_of_a_dispute_that_nobody_answered_is_told_again_two_days_before() -> None:
    dispute = disputed(pot())
    assert (remind_of_due(), dispute.evidence_due_at is not None) == (0, True)
    with clock.at((dispute.evidence_due_at or clock.now()) - timedelta(days=1)):
        assert (remind_of_due(), remind_of_due()) == (1, 0)
    assert queued().count(("mail_dispute_due", {"dispute_id": dispute.pk})) == 1


def test_a_dispute_of_nothing_of_ours_is_unknown() -> None:
    with pytest.raises(UnknownObject):
        settle_dispute(provider="sandbox", ref="du_nobody")
    assert not Dispute.objects.exists()
