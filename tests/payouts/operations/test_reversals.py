"""Reversals: after the buyer has the money, once for each refund and transfer, never more than there is."""

from datetime import timedelta

import pytest

from checkout.models import Order, Refund, RefundReason
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from marketplace.gateway.models import SandboxReversal, SandboxTransfer
from marketplace.gateway.sandbox import control, refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import Reversal, Transfer
from payouts.operations import reversals
from tests.factories.checkout import buyable
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import part_of, sold
from tests.support.books import faults
from tests.support.disputed import decided, disputed
from tests.support.moved import apart, followed, given_back, paid_out, payable, returned, sent
from tests.support.payments import REFUND_FAILS
from tests.support.queue import queued

pytestmark = pytest.mark.django_db


def delivered(minor: int = 10_000, *, card: str = "4242424242424242") -> Order:
    """Something was sold and its vendor has its share."""
    variant = buyable(price_minor=minor)
    payable(variant.vendor)
    return followed(sold(variant, card=card))


def test_the_buyer_has_it_first_and_then_it_comes_back() -> None:
    order = delivered()
    asked = Asked(amount=Money(5000, "EUR"))
    refund = refund_vendor_order(part=part_of(order), asked=asked, reason=RefundReason.GOODWILL, actor=None)
    followed(order)
    assert (returned(), SandboxReversal.objects.exists()) == ([], False)
    send_refund(refund_id=refund.pk)
    assert ("follow_refund", {"refund_id": refund.pk}) in queued()
    for _ in range(2):
        followed(order)
    assert (returned(), sent()) == ([("made", 4500, 0)], [("charge", "made", 9000, 0, 4500)])
    assert SandboxReversal.objects.get().metadata["reversal"] == str(Reversal.objects.get().uuid)
    assert (apart(), faults()) == ([], [])


def test_22_three_refunds_of_all_take_back_all_to_the_last_cent() -> None:
    order = delivered(645)
    for minor in (215, 215, 215):
        given_back(order, minor)
        followed(order)
    taken = [amount for _, amount, _ in returned()]
    assert (sum(taken), sent()) == (581, [("charge", "made", 581, 0, 581)])
    assert (apart(), faults()) == ([], [])


def test_27_what_came_back_for_a_refund_that_failed_is_sent_again_of_the_balance() -> None:
    order = delivered(card=REFUND_FAILS)
    delivered(200_000)  # something to pay it of
    refund = given_back(order, 10_000)
    followed(order)
    assert returned() == [("made", 9000, 0)]
    with clock.at(clock.now() + timedelta(minutes=2)):
        refunds.fail_due()
    settle_refund(provider="sandbox", ref=refund.provider_ref)
    followed(order)
    assert Refund.objects.get().status == "failed"
    assert sent()[0] == ("charge", "made", 9000, 0, 9000)
    assert sent()[-1] == ("balance", "made", 9000, 0, 0)
    assert (apart(), faults()) == ([], [])


def test_h6_25_what_is_not_there_is_owed_and_nothing_goes_below_zero() -> None:
    order = delivered()
    vendor = part_of(order).vendor
    paid_out(vendor, 7000)
    given_back(order, 10_000)
    followed(order)
    assert (returned(), apart(), faults()) == ([("made", 2000, 7000)], [], [])


def test_what_the_provider_does_not_give_back_is_posted_back_and_owed() -> None:
    order = delivered()
    account = Transfer.objects.get().account
    assert account is not None
    control.settle()
    control.pay_out(account.ref, Money(9000, "EUR"))  # by somebody there, of which nothing stands here
    given_back(order, 5000)
    followed(order)
    row = Reversal.objects.get()
    assert (row.status, row.short_minor, row.refusal) == ("short", 4500, "balance_insufficient")
    assert (Transfer.objects.get().reversed_minor, SandboxReversal.objects.exists()) == (0, False)
    assert faults() == []


def test_7_what_the_platform_had_paid_comes_back_when_nothing_moves_at_the_buyers() -> None:
    PromotionFactory.create(rate_bps=2000)
    order = delivered()
    delivered(200_000)
    assert [row[2] for row in sent()[:1]] == [8000]
    followed(order)
    given_back(order, 8000)
    followed(order)
    assert [row[4] for row in sent() if row[2] == row[4]] == [8000, 1000]
    assert (apart(), faults()) == ([], [])


def test_22_a_dispute_takes_back_what_is_held_and_losing_it_changes_nothing_more() -> None:
    order = delivered()
    dispute = disputed(order)
    assert ("follow_order", {"order_id": order.pk}) in queued()
    followed(order)
    assert returned() == [("made", 9000, 0)]
    decided(dispute, wins=False)
    for _ in range(2):
        followed(order)
    assert (returned(), sent()) == ([("made", 9000, 0)], [("charge", "made", 9000, 0, 9000)])
    assert (apart(), faults()) == ([], [])


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_day_it_is_looked_for_before_it_is_asked_again(is_known: bool) -> None:
    order = delivered()
    given_back(order, 5000)
    followed(order)
    Reversal.objects.update(status="sending", ref="", version=7)
    if not is_known:
        SandboxReversal.objects.all().delete()
        SandboxTransfer.objects.update(reversed_minor=0)
    with clock.at(clock.now() + timedelta(hours=21)):
        assert reversals.left_over() == [Reversal.objects.get().pk]
        followed(order)
    assert (Reversal.objects.get().status, SandboxReversal.objects.count()) == ("made", 1)
