"""Transfers: sent once, when the vendor can have them, less what it owes and what went back before."""

from datetime import timedelta

import pytest

from checkout.models import Order, OrderReview, Payment, Promotion
from checkout.operations.place import place_order
from checkout.operations.reviews import release_order
from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.models import SandboxTransfer
from marketplace.gateway.sandbox import control
from marketplace.kernel import audit, clock
from marketplace.kernel.money import Money
from payouts.models import LedgerTransaction, PayoutAccount, Transfer
from payouts.operations import transfers
from payouts.operations.accounts import sync_account
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import ready_cart
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import sold
from tests.support.books import faults
from tests.support.disputed import decided, disputed
from tests.support.moved import apart, followed, given_back, paid_out, payable, returned, sent
from tests.support.queue import queued, run_queued
from vendors.models import Vendor, VendorReason
from vendors.operations.life import reinstate, suspend

pytestmark = pytest.mark.django_db


def sale(minor: int = 10_000, vendor: Vendor | None = None) -> Order:
    """Something at this price is sold, of a vendor that can be paid unless another is named."""
    variant = buyable(price_minor=minor, vendor=vendor)
    if vendor is None:
        payable(variant.vendor)
    return sold(variant)


def given(minor: int = 10_000) -> Order:
    """The platform pays for all of an order; there is no payment. Of a vendor that can be paid."""
    sale = PromotionFactory.create(rate_bps=10_000)
    pot = buyable(price_minor=minor)
    payable(pot.vendor)
    order = place_order(cart=ready_cart(pot, ships=0))
    Promotion.objects.filter(pk=sale.pk).update(is_automatic=False)
    return order


def vendor_of(order: Order) -> Vendor:
    return order.vendor_orders.get().vendor


def kinds() -> list[str]:
    """What was posted of transfers, the oldest first."""
    rows = LedgerTransaction.objects.filter(reference__startswith="transfer").order_by("pk")
    return [f"{kind} {reference[-2:]}" for kind, reference in rows.values_list("kind", "reference")]


def test_each_vendor_of_an_order_gets_its_share_of_the_charge_once() -> None:
    clay, wood = buyable(price_minor=10_000), buyable(price_minor=2000)
    payable(clay.vendor, wood.vendor)
    order = sold(clay, wood, ships=500)
    for _ in range(2):
        followed(order)
    assert sent() == [("charge", "made", 9500, 0, 0), ("charge", "made", 2300, 0, 0)]
    there = SandboxTransfer.objects.order_by("pk").first()
    assert there is not None
    assert there.metadata["transfer"] == str(Transfer.objects.order_by("pk")[0].uuid)
    assert (there.group, SandboxTransfer.objects.count()) == (f"order_{order.number}", 2)
    assert (apart(), faults()) == ([], [])


def test_30_a_vendor_that_cannot_be_paid_waits_and_is_paid_once_when_it_can() -> None:
    order = followed(sale(vendor=buyable().vendor))
    assert (sent(), Transfer.objects.get().waiting) == ([("charge", "queued", 0, 0, 0)], "account")
    payable(vendor_of(order))
    assert [name for name, _ in queued()].count("send_waiting") == 1
    run_queued()
    assert (sent(), SandboxTransfer.objects.count()) == ([("charge", "made", 9000, 0, 0)], 1)


def test_h21_a_suspended_vendor_waits_until_it_is_reinstated() -> None:
    order, admin = sale(), UserFactory.create(is_staff=True)
    suspend(vendor=vendor_of(order), actor=admin, reason=VendorReason.OTHER, note="We look.")
    followed(order)
    assert (sent()[0][1], Transfer.objects.get().waiting) == ("queued", "suspended")
    reinstate(vendor=vendor_of(order), actor=admin)
    run_queued()
    assert (sent(), apart()) == ([("charge", "made", 9000, 0, 0)], [])


def test_what_people_look_at_waits_until_they_have_decided() -> None:
    order = sale()
    review = OrderReview.objects.create(order=order)
    followed(order)
    assert (sent()[0][1], Transfer.objects.get().waiting) == ("queued", "review")
    with clock.at(clock.now() + timedelta(hours=1)):
        assert list(transfers.left_over()) == []
    release_order(review=review, actor=UserFactory.create(is_staff=True), note="Known.")
    assert ("follow_review", {"review_id": review.pk}) in queued()
    run_queued()
    assert sent() == [("charge", "made", 9000, 0, 0)]


def test_h7_h33_what_the_platform_pays_of_a_discount_is_of_its_own_balance() -> None:
    followed(sale(500_000))  # something to pay it of
    followed(given())
    PromotionFactory.create(rate_bps=2000)
    followed(sale())
    assert sent()[1:] == [
        ("balance", "made", 9000, 0, 0),
        ("charge", "made", 8000, 0, 0),
        ("balance", "made", 1000, 0, 0),
    ]
    assert [row.charge_ref != "" for row in Transfer.objects.order_by("pk")] == [True, False, True, False]
    assert (apart(), faults()) == ([], [])


def test_20_without_the_platforms_money_it_waits_and_is_asked_again_by_another_key() -> None:
    order = followed(given())
    row = Transfer.objects.get()
    assert (row.status, row.waiting, row.refusal, row.version) == (
        "queued",
        "funds",
        "balance_insufficient",
        2,
    )
    assert (kinds(), order.payment_state) == (["transfer v1", "transfer_failed v1"], "paid")
    followed(sale(50_000))
    assert [each.pk for each in transfers.left_over()] == [row.pk]
    transfers.send_transfer(transfer_id=row.pk)
    row.refresh_from_db()
    assert (row.status, row.amount_minor, row.attempts, apart()) == ("made", 9000, 2, [])
    assert [move.after for move in audit.entries_of(row)] == [
        {"status": "sending"},
        {"status": "queued"},
        {"status": "sending"},
        {"status": "made"},
    ]


def test_30_an_account_that_was_closed_behind_our_back_takes_nothing_and_loses_nothing() -> None:
    order = sale()
    ref = PayoutAccount.objects.get().ref
    control.hold_account(ref)
    followed(order)
    row = Transfer.objects.get()
    assert (row.status, row.waiting, row.refusal) == (
        "queued",
        "refused",
        "insufficient_capabilities_for_transfer",
    )
    sync_account(provider="sandbox", ref=ref)
    assert list(transfers.left_over()) == []
    control.release_account(ref)
    sync_account(provider="sandbox", ref=ref)
    run_queued()
    assert (sent(), apart()) == ([("charge", "made", 9000, 0, 0)], [])


def test_24_what_went_back_before_the_transfer_is_not_sent() -> None:
    half, whole = sale(), sale()
    given_back(half, 5000)
    given_back(whole, 10_000)
    for order in (half, whole):
        followed(order)
    assert (sent(), returned()) == ([("charge", "made", 4500, 0, 0)], [])
    assert (apart(), faults()) == ([], [])


def test_24_a_transfer_that_waited_until_all_had_gone_back_is_cancelled() -> None:
    order = followed(sale(vendor=buyable().vendor))
    given_back(order, 10_000)
    payable(vendor_of(order))
    followed(order)
    assert (sent(), SandboxTransfer.objects.exists()) == ([("charge", "cancelled", 0, 0, 0)], False)


def test_h6_25_what_a_vendor_owes_is_kept_of_its_next_transfers() -> None:
    order = followed(sale())
    vendor = vendor_of(order)
    paid_out(vendor, 9000)
    given_back(order, 10_000)
    followed(order)
    assert returned() == [("short", 0, 9000)]
    followed(sale(5000, vendor))
    followed(sale(20_000, vendor))
    assert sent()[1:] == [("charge", "made", 0, 4500, 0), ("charge", "made", 13_500, 4500, 0)]
    assert SandboxTransfer.objects.count() == 2  # what was kept whole was never asked for
    assert (apart(), faults()) == ([], [])


def test_h22_what_is_won_goes_to_the_account_that_the_vendor_has_by_then() -> None:
    order = followed(sale())
    dispute = disputed(order)
    followed(order)
    assert (returned(), apart()) == ([("made", 9000, 0)], [])
    second = registry.default().create_account(email="a@example.com", country="DE", metadata={}, key="2").ref
    control.onboard(second)
    PayoutAccount.objects.update(ref=second)
    followed(sale(90_000, vendor_of(order)))  # something to pay it of
    decided(dispute, wins=True)
    followed(order)
    last = SandboxTransfer.objects.order_by("pk").last()
    assert last is not None
    assert (last.account.ref, last.amount_minor, last.charge) == (second, 9000, None)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_a_day_it_is_looked_for_before_it_is_sent_again(is_known: bool) -> None:
    order = followed(sale())
    row = Transfer.objects.get()
    # As if no answer had come, and the provider had forgotten the key.
    Transfer.objects.update(status="sending", ref="", made_at=None, version=7)
    with clock.at(clock.now() + timedelta(hours=21)):
        if not is_known:
            SandboxTransfer.objects.all().delete()
        followed(order)
    assert (Transfer.objects.get().status, SandboxTransfer.objects.count()) == ("made", 1)
    assert (Transfer.objects.get().ref == row.ref) is is_known


def test_a_key_that_is_known_with_other_words_was_used_for_this_transfer() -> None:
    order = followed(sale())
    Transfer.objects.update(status="sending", ref="", made_at=None)
    Order.objects.update(number="RENAMED")
    followed(order)
    assert (Transfer.objects.get().status, SandboxTransfer.objects.count()) == ("made", 1)
    assert kinds() == ["transfer v1"]


def test_an_event_tells_of_a_transfer_whose_answer_was_lost() -> None:
    followed(sale())
    ref = SandboxTransfer.objects.get().ref
    Transfer.objects.update(status="sending", ref="", made_at=None)
    for _ in range(2):
        transfers.hear_of_transfer(provider="sandbox", ref=ref)
    made = Transfer.objects.get()
    assert (made.status, made.ref, apart(), faults()) == ("made", ref, [], [])


def test_a_transfer_that_nobody_here_has_made_is_told_to_people(caplog: pytest.LogCaptureFixture) -> None:
    order = followed(sale())
    account = PayoutAccount.objects.get()
    charge = Payment.objects.get(order=order).charge_ref
    amount = Money(100, "EUR")
    ref = (
        registry.default()
        .transfer(account.ref, amount=amount, charge_ref=charge, group="", metadata={}, key="tr:theirs:v1")
        .ref
    )
    with pytest.raises(UnknownObject):
        transfers.hear_of_transfer(provider="sandbox", ref=ref)
    registry.default().reverse_transfer(
        Transfer.objects.get().ref, amount=amount, metadata={}, key="trr:theirs:v1"
    )
    transfers.hear_of_transfer(provider="sandbox", ref=Transfer.objects.get().ref)
    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert [text.partition(" of sandbox ")[2] for text in told] == [
        "goes to a vendor and is not known here",
        "more has come back than was asked for",
    ]
    assert Transfer.objects.count() == 1
