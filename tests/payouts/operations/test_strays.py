"""Payments that pay nothing here go back once, by decision of the staff."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from checkout.models import Payment
from marketplace.accounts.models import User
from marketplace.gateway import registry
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxEvent, SandboxRefund
from marketplace.kernel import clock
from marketplace.kernel.audit import entries_of
from marketplace.kernel.money import Money
from payouts.errors import DiscrepancyNotRefundable
from payouts.models import AccountKind, Discrepancy, LedgerEntry, LedgerTransaction, StrayRefund
from payouts.operations.reconcile import reconcile
from payouts.operations.strays import refund_stray, send_stray_refund
from tests.factories.accounts import UserFactory
from tests.factories.sold import sold
from tests.support import payments, queue
from tests.support.books import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    user: User = UserFactory.create(is_staff=True)
    return user


def met() -> Discrepancy:
    """The one difference that a reconciliation meets."""
    with clock.at(clock.now() + timedelta(minutes=2)):
        reconcile(provider="sandbox")
    return Discrepancy.objects.get()


def second() -> Discrepancy:
    """An order of 10.00 that was paid once more, by 14.90."""
    order = sold()
    payment = Payment.objects.get()
    payments.confirm(payments.opened(1490, order=order.number, payment=str(payment.uuid)))
    payments.receive_all()
    return met()


def orphan() -> Discrepancy:
    payments.confirm(payments.opened(1490, order="A-UNKNOWN", payment="unknown"))
    SandboxEvent.objects.all().delete()  # told for days, and never settled
    return met()


def amount() -> Money | None:
    return StrayRefund.objects.get().amount


@pytest.mark.parametrize("plant", [second, orphan])
def test_h17_a_second_payment_goes_back_once_and_differs_no_more(
    plant: Callable[[], Discrepancy], staff: User
) -> None:
    differs = plant()
    queue.run_queued()
    posted = LedgerTransaction.objects.count()
    for _ in range(2):
        refund_stray(discrepancy=differs, actor=staff, reason="Paid twice", idempotency_key="once")
    queue.run_queued()
    stray = StrayRefund.objects.get()
    send_stray_refund(stray_refund_id=stray.pk)
    assert (stray.status, amount(), SandboxRefund.objects.count()) == ("made", Money(1490, "EUR"), 1)
    assert Receipt.EARLY not in payments.receive_all()
    assert met().status == "gone"
    # The provider keeps its fee of what went back, too: 2.9 % of 14.90, and 0.30.
    fee = LedgerEntry.objects.get(
        transaction__reference__startswith="stray-fee:", account__kind=AccountKind.PROVIDER_FEE
    )
    assert (fee.amount_minor, LedgerTransaction.objects.count(), faults()) == (-73, posted + 1, [])
    assert [entry.reason for entry in entries_of(stray)] == ["Paid twice"]
    with pytest.raises(DiscrepancyNotRefundable):
        refund_stray(discrepancy=met(), actor=staff, reason="Again")


def test_what_went_back_by_hand_does_not_go_back_again(staff: User) -> None:
    differs = orphan()
    payments.refund_there(_charge(differs), Money(490, "EUR"))
    refund_stray(discrepancy=differs, actor=staff, reason="Unknown")
    queue.run_queued()
    assert amount() == Money(1000, "EUR")


def test_what_the_provider_refuses_can_be_asked_for_again(staff: User) -> None:
    differs = orphan()
    payments.refund_there(_charge(differs), Money(1490, "EUR"))
    stray = refund_stray(discrepancy=differs, actor=staff, reason="Unknown")
    queue.run_queued()
    stray.refresh_from_db()
    assert (stray.status, stray.refusal, stray.amount) == ("failed", "nothing_left", None)
    again = refund_stray(discrepancy=differs, actor=staff, reason="Unknown still")
    assert (again.pk, again.version, again.status) == (stray.pk, 2, "created")


def test_a_payment_that_pays_an_order_after_all_stays(staff: User) -> None:
    differs = orphan()
    Payment.objects.filter(order=sold()).update(provider_ref=differs.ref)
    with pytest.raises(DiscrepancyNotRefundable):
        refund_stray(discrepancy=differs, actor=staff, reason="Unknown")
    assert not StrayRefund.objects.exists()


def _charge(differs: Discrepancy) -> str:
    return registry.default().get_payment(differs.ref).charge_ref or ""


def test_the_fee_is_posted_where_a_webhook_was_first(staff: User) -> None:
    stray = refund_stray(discrepancy=orphan(), actor=staff, reason="Unknown")
    StrayRefund.objects.update(status="made")
    for _ in range(2):
        send_stray_refund(stray_refund_id=stray.pk)
    assert LedgerTransaction.objects.filter(reference__startswith="stray-fee:").count() == 1
    assert SandboxRefund.objects.count() == 0
