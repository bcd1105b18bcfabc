"""A refund that failed is tried again: once, under a new key, for what is due by then."""

import pytest
from pytest_django import Settings

from checkout.errors import RefundExceedsPaid
from checkout.models import Payment, PaymentStatus, Refund, RefundReason, VendorOrder
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from checkout.operations.retry import retry_refund
from checkout.selectors.refunds import failed_refunds
from marketplace.gateway.models import SandboxRefund
from marketplace.kernel.errors import TransitionNotAllowed
from tests.factories.orders import intent_of, payment_of, placed
from tests.factories.sold import line_of, part_of, sold
from tests.support.books import earned, faults, owed
from tests.support.payments import confirm
from tests.support.providers import Grudging, named
from tests.support.replay import broken, on_account

pytestmark = pytest.mark.django_db


def _failed(part: VendorOrder, settings: Settings, **asked: object) -> Refund:
    """A refund that the provider has refused for good."""
    refund = refund_vendor_order(
        part=part,
        asked=Asked(**asked),  # type: ignore[arg-type]  # as each test names them
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    sandbox = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = named(Grudging)
    send_refund(refund_id=refund.pk)
    settings.PAYMENT_PROVIDERS = sandbox
    refund.refresh_from_db()
    assert refund.status == "failed"
    return refund


def test_it_goes_back_under_another_key_and_is_booked_once_more(settings: Settings) -> None:
    part = part_of(sold(quantity=3, ships=490))
    failed = _failed(part, settings, units={line_of(part).pk: 3}, is_shipping=True)
    assert (owed(part), Payment.objects.get().refunded_minor) == (3490 - 300, 0)
    assert list(failed_refunds(Refund.objects.all())) == [failed]
    again = retry_refund(refund=failed, actor=None)
    assert (again.amount_minor, again.version, again.retry_of) == (3490, 2, failed)
    assert again.key == f"re:{again.uuid}:v2" != failed.key
    assert retry_refund(refund=failed, actor=None) == again
    send_refund(refund_id=again.pk)
    again.refresh_from_db()
    assert (again.status, SandboxRefund.objects.get().ref) == ("succeeded", again.provider_ref)
    assert list(failed_refunds(Refund.objects.all())) == []
    assert (owed(part), earned(), Payment.objects.get().refunded_minor) == (0, 0, 3490)
    assert (faults(), broken(), on_account(part.order_id)) == ([], [], [])


def test_what_went_back_another_way_meanwhile_does_not_go_back_twice(settings: Settings) -> None:
    part = part_of(sold(quantity=2))
    failed = _failed(part, settings, units={line_of(part).pk: 2})
    asked = Asked(units={line_of(part).pk: 1})
    refund_vendor_order(part=part, asked=asked, reason=RefundReason.OTHER, actor=None)
    rest = retry_refund(refund=failed, actor=None)
    assert (rest.amount_minor, faults(), broken()) == (1000, [], [])
    other = _failed_again(rest)
    refund_vendor_order(part=part, asked=asked, reason=RefundReason.OTHER, actor=None)
    with pytest.raises(RefundExceedsPaid):
        retry_refund(refund=other, actor=None)
    assert (Payment.objects.get().refunded_minor, on_account(part.order_id)) == (2000, [])


def _failed_again(refund: Refund) -> Refund:
    """The bank sends it back after the provider had reported it as given."""
    send_refund(refund_id=refund.pk)
    row = SandboxRefund.objects.get(ref=Refund.objects.get(pk=refund.pk).provider_ref)
    SandboxRefund.objects.filter(pk=row.pk).update(status="failed")
    settle_refund(provider="sandbox", ref=row.ref)
    refund.refresh_from_db()
    assert refund.status == "failed"
    return refund


def test_only_what_has_failed_is_tried_again() -> None:
    part = part_of(sold())
    refund = refund_vendor_order(
        part=part, asked=Asked(units={line_of(part).pk: 1}), reason=RefundReason.OTHER, actor=None
    )
    for _ in range(2):
        with pytest.raises(TransitionNotAllowed):
            retry_refund(refund=refund, actor=None)
        send_refund(refund_id=refund.pk)
        refund.refresh_from_db()
    assert (refund.status, Refund.objects.count(), Payment.objects.get().refunded_minor) == (
        "succeeded",
        1,
        1000,
    )


def test_what_was_paid_too_late_is_tried_again_whole(settings: Settings) -> None:
    order = placed()
    confirm(intent_of(order))
    payment = payment_of(order)
    payment.status, payment.charge_ref = PaymentStatus.SUCCEEDED, intent_of(order).charge_ref or ""
    payment.save()
    facts = {"amount_minor": payment.amount_minor, "currency": "EUR", "reason": "order expired"}
    failed = Refund.objects.create(payment=payment, order=order, status="failed", **facts)
    again = retry_refund(refund=failed, actor=None)
    send_refund(refund_id=again.pk)
    again.refresh_from_db()
    assert (again.status, payment_of(order).refunded_minor) == ("succeeded", payment.amount_minor)
    assert (Refund.objects.count(), on_account(order.pk)) == (2, [])
