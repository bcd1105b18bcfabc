"""What is booked when money goes back, and when it does not after all."""

from datetime import timedelta

import pytest

from analytics.models import SalesEntry
from checkout.models import Payment, Refund, RefundReason
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund, settle_refund
from marketplace.gateway.models import SandboxRefund
from marketplace.gateway.sandbox import refunds as sandbox_refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import LedgerTransaction
from tests.factories.sold import part_of, sold
from tests.support.books import earned, faults, owed

pytestmark = pytest.mark.django_db


def test_a_refund_that_fails_is_posted_back() -> None:
    part = part_of(sold(ships=490))
    before = owed(part), earned()
    refund = refund_vendor_order(
        part=part,
        asked=Asked(amount=Money(1100, "EUR")),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    assert (owed(part), earned()) != before
    send_refund(refund_id=refund.pk)
    SandboxRefund.objects.update(fails_at=clock.now())
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert sandbox_refunds.fail_due() == 1
    settle_refund(provider="sandbox", ref=SandboxRefund.objects.get().ref)
    refund.refresh_from_db()
    kinds = list(LedgerTransaction.objects.order_by("pk").values_list("kind", flat=True))
    assert (refund.status, kinds) == ("failed", ["sale", "refund", "refund_failed"])
    assert ((owed(part), earned()), faults()) == (before, [])
    assert sum(SalesEntry.objects.values_list("refund_minor", flat=True)) == 0
    assert (Payment.objects.get().refunded_minor, Refund.objects.count()) == (0, 1)
