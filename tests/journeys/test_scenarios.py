"""Scenarios of payments, told by their numbers in docs/payments-stripe.md, on each provider."""

from datetime import timedelta

import pytest
from django.test import override_settings

from checkout.errors import OrderUnderReview, PaymentQuarantined, RefundExceedsPaid
from checkout.models import Order, OrderReview, Payment, Refund, RefundReason
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.refunds import send_refund
from checkout.operations.reviews import reject_order
from checkout.operations.settle import settle_payment
from marketplace.gateway import inbox
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxIntent, WebhookEvent
from marketplace.gateway.provider import GatewayEvent, PaymentProvider
from marketplace.gateway.sandbox import refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import checking
from payouts.models import Discrepancy, LedgerTransaction
from payouts.operations.reconcile import reconcile
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import part_of, sold
from tests.support import payments
from tests.support.moved import apart, followed, payable, sent


def hear(provider: PaymentProvider) -> list[Receipt]:
    """All that the provider has to tell, the newest first."""
    told = provider.list_events(clock.now() - timedelta(hours=1))
    return [inbox.take(event) for event in reversed(told)]


def newest(provider: PaymentProvider) -> list[GatewayEvent]:
    """What there is to tell, the newest first."""
    return list(reversed(provider.list_events(clock.now() - timedelta(hours=1))))


def come_back(order: Order) -> str:
    """The buyer comes back from paying; what the order is then."""
    payment = Payment.objects.get(order=order)
    settle_payment(provider=payment.provider, ref=payment.provider_ref)
    order.refresh_from_db()
    return order.payment_state


def is_right() -> bool:
    return not [fault for _, faults in checking.check() for fault in faults]


def test_1_2_5_16_17_of_whatever_comes_first_an_order_is_paid_once(provider: PaymentProvider) -> None:
    heard, returned = placed(buyable()), placed(buyable())
    for order in (heard, returned):
        payments.confirm(intent_of(order), payments.DECLINED)
        assert come_back(order) == "pending"
        payments.confirm(intent_of(order), payments.ASKS_BUYER)
        payments.answer_bank(intent_of(order), "fail")
        assert come_back(order) == "pending"
        payments.confirm(intent_of(order), payments.ASKS_BUYER)
        payments.answer_bank(intent_of(order))
    assert come_back(returned) == "paid"
    assert set(hear(provider)) <= {Receipt.APPLIED, Receipt.IGNORED}
    assert set(hear(provider)) == {Receipt.REPLAYED}
    for order in (heard, returned):
        assert come_back(order) == "paid"
        assert LedgerTransaction.objects.filter(order=order).count() == 1
    assert is_right()


def test_12_13_14_h17_what_is_not_the_orders_payment_pays_nothing(provider: PaymentProvider) -> None:
    order = placed(buyable())
    known = intent_of(order)
    with override_settings(SITE_URL="https://rehearsal.example"):
        payments.confirm(payments.opened(1490, payment="another", order="another"))
    payments.confirm(payments.opened(1490, payment="unknown", order="UNKNOWN"))
    assert {Receipt.EARLY, Receipt.IGNORED} == set(hear(provider))
    assert WebhookEvent.objects.filter(outcome="received").count() == 1
    SandboxIntent.objects.filter(ref=known.ref).update(amount_minor=1491)
    payments.confirm(known)
    with pytest.raises(PaymentQuarantined):
        come_back(order)
    order.refresh_from_db()
    assert (order.payment_state, LedgerTransaction.objects.count()) == ("pending", 0)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert reconcile(provider=provider.name).outcome == "different"
    kinds = Discrepancy.objects.filter(status="open").values_list("kind", flat=True)
    assert set(kinds) == {"payment_amount", "payment_orphan", "event_unsettled"}


def test_26_27_34_what_nobody_told_us_is_found_and_settled(provider: PaymentProvider) -> None:
    order = placed(buyable())
    payments.confirm(intent_of(order), payments.REFUND_FAILS)
    payments.refund_there(provider.get_payment(intent_of(order).ref).charge_ref or "", Money(500, "EUR"))
    later = clock.now() + timedelta(minutes=2)
    with clock.at(later):
        assert reconcile(provider=provider.name).outcome == "clean"
    assert set(Discrepancy.objects.values_list("status", flat=True)) == {"healed"}
    assert (Refund.objects.get().status, Refund.objects.get().amount_minor) == ("succeeded", 500)
    with clock.at(later):
        refunds.fail_due()
        assert reconcile(provider=provider.name).outcome == "clean"
        assert reconcile(provider=provider.name).healed == 0
    assert (Refund.objects.get().status, Payment.objects.get().refunded_minor) == ("failed", 0)
    assert is_right()


def test_21_22_23_what_goes_back_in_parts_comes_to_all_that_was_paid(provider: PaymentProvider) -> None:
    tea, mug = buyable(price_minor=215), buyable(price_minor=1001)
    PromotionFactory.create(rate_bps=1000)
    payable(tea.vendor, mug.vendor)
    order = sold(tea, mug, quantity=3, ships=490)
    line = part_of(order, tea).lines.get()
    asked = [Asked(units={line.pk: 1})] * 3 + [Asked(is_shipping=True)]
    for each in asked:
        made = refund_vendor_order(
            part=part_of(order, tea), asked=each, reason=RefundReason.DAMAGED, actor=None
        )
        send_refund(refund_id=made.pk)
    told = provider.list_refunds(clock.now() - timedelta(hours=1))
    # A tenth of 6.45 is the platform's: 0.64 of the three.
    assert [refund.amount.minor for refund in told] == [194, 193, 194, 490]
    with pytest.raises(RefundExceedsPaid):
        refund_vendor_order(
            part=part_of(order, tea), asked=asked[-1], reason=RefundReason.DAMAGED, actor=None
        )
    followed(order)
    assert [row[2] for row in sent()] == [3003 - 300 + 490]
    assert (is_right(), apart()) == (True, [])


def test_f126_what_a_bank_warns_of_is_held_rejected_and_paid_back(provider: PaymentProvider) -> None:
    before, held = placed(buyable()), placed(buyable())
    payments.confirm(intent_of(before), payments.WARNED_OF)
    payments.confirm(payments.opened(1490, payment="unknown", order="UNKNOWN"), payments.WARNED_OF)
    with override_settings(SITE_URL="https://rehearsal.example"):
        payments.confirm(payments.opened(1490), payments.WARNED_OF)
    # The newest first: each warning comes before its payment is known.
    heard = zip(newest(provider), hear(provider), strict=True)
    warnings = [receipt for event, receipt in heard if event.object_type == "radar.early_fraud_warning"]
    assert warnings == [Receipt.IGNORED, Receipt.EARLY, Receipt.EARLY]
    assert not OrderReview.objects.exists()
    hear(provider)
    review = OrderReview.objects.get()
    assert (review.order, before.vendor_orders.get().status) == (before, "open")
    hear(provider)
    assert review.findings.count() == 1
    with pytest.raises(OrderUnderReview):
        fulfill_vendor_order(part=before.vendor_orders.get(), actor=None)
    assert come_back(held) == "pending"
    reject_order(review=review, actor=None, idempotency_key="a")
    send_refund(refund_id=Refund.objects.get().pk)
    (warning, *_) = provider.list_fraud_warnings(clock.now() - timedelta(hours=1))
    assert (warning.is_actionable, Refund.objects.get().status) == (False, "succeeded")
    hear(provider)
    assert (before.vendor_orders.get().status, OrderReview.objects.count()) == ("cancelled", 1)
    assert is_right()
