"""Money goes back once, or people hear of it."""

import logging
from datetime import timedelta

import pytest
from pytest_django import Settings

from checkout.models import Payment, PaymentStatus, Refund
from checkout.operations.refunds import send_refund, settle_refund
from marketplace.gateway.errors import UnknownPayment
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxRefund
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.gateway.sandbox import refunds as sandbox_refunds
from marketplace.kernel import clock
from tests.factories.orders import intent_of, payment_of, placed
from tests.support.payments import confirm, receive_all
from tests.support.providers import Grudging, Unreachable, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund() -> Refund:
    """What goes back on a payment that came too late."""
    order = placed()
    confirm(intent_of(order))
    payment = payment_of(order)
    payment.status, payment.charge_ref = PaymentStatus.SUCCEEDED, intent_of(order).charge_ref or ""
    payment.refunded_minor = payment.amount_minor
    payment.save()
    return Refund.objects.create(
        payment=payment,
        order=order,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reason="order expired",
    )


def test_it_is_sent_once_however_often_it_is_asked_for(refund: Refund) -> None:
    for _ in range(3):
        send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.status, SandboxRefund.objects.get().ref) == ("succeeded", refund.provider_ref)
    assert Payment.objects.get().refunded_minor == refund.amount_minor


def test_a_lost_answer_is_followed_by_the_same_call(refund: Refund, settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Unreachable)
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk)
    settings.PAYMENT_PROVIDERS = sandbox
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.status, SandboxRefund.objects.count()) == ("succeeded", 1)


def test_one_that_is_refused_is_told_and_may_go_another_way(
    refund: Refund, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PAYMENT_PROVIDERS = named(Grudging)
    with caplog.at_level(logging.ERROR):
        send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.status, Payment.objects.get().refunded_minor) == ("failed", 0)
    assert [record.name for record in caplog.records] == ["checkout.operations.refunds"]


def _fails_at_the_bank() -> None:
    """The buyer's bank sends the money back, which the provider had reported as given."""
    SandboxRefund.objects.update(fails_at=clock.now())
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert sandbox_refunds.fail_due() == 1


def test_one_that_fails_after_it_succeeded_is_heard_of(
    refund: Refund, caplog: pytest.LogCaptureFixture
) -> None:
    send_refund(refund_id=refund.pk)
    receive_all()
    _fails_at_the_bank()
    with caplog.at_level(logging.ERROR):
        assert receive_all() == [Receipt.APPLIED, Receipt.IGNORED]
    refund.refresh_from_db()
    assert (refund.status, Payment.objects.get().refunded_minor) == ("failed", 0)
    assert len([record for record in caplog.records if str(refund.uuid) in record.getMessage()]) == 1
    settle_refund(provider="sandbox", ref=refund.provider_ref)
    send_refund(refund_id=refund.pk)
    assert (Payment.objects.get().refunded_minor, SandboxRefund.objects.count()) == (0, 1)


def test_the_failure_may_be_heard_of_before_the_success_was_noted(refund: Refund, settings: Settings) -> None:
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Unreachable)
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk)
    settings.PAYMENT_PROVIDERS = sandbox
    _fails_at_the_bank()
    receive_all()
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert (refund.status, refund.provider_ref) == ("failed", SandboxRefund.objects.get().ref)
    assert Payment.objects.get().refunded_minor == 0


def test_a_refund_that_is_nobodys_changes_nothing(refund: Refund) -> None:
    with pytest.raises(UnknownPayment):
        settle_refund(provider="sandbox", ref="re_unknown")
    send_refund(refund_id=refund.pk)
    Refund.objects.update(provider_ref="another")
    SandboxRefund.objects.update(metadata={})
    with pytest.raises(UnknownPayment):
        settle_refund(provider="sandbox", ref=SandboxRefund.objects.get().ref)
    assert Refund.objects.get().status == "succeeded"
