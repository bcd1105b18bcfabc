"""Payments and refunds: what the port promises, whoever keeps it."""

from datetime import timedelta

import pytest
from django.conf import settings

from marketplace.gateway import marks
from marketplace.gateway.provider import Intent, IntentStatus, PaymentProvider, ProviderRefused, RefundStatus
from marketplace.gateway.sandbox import intents, refunds
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments

KEY = "pi:one:v1"


def start(provider: PaymentProvider, minor: int = 1000, key: str = KEY) -> Intent:
    return provider.start_payment(
        amount=Money(minor, "EUR"),
        metadata={"payment": "1"},
        email="ada@example.com",
        key=key,
        group="cart_1",
    )


def refused(code: str) -> "pytest.RaisesExc[ProviderRefused]":
    return pytest.raises(ProviderRefused, match=f"^{code}: ")


def test_a_payment_is_opened_once_changed_tried_and_made(provider: PaymentProvider) -> None:
    before = clock.now()
    intent = start(provider)
    assert start(provider).ref == intent.ref
    with refused("idempotency_key_reused"):
        start(provider, 1001)
    assert intent.metadata == {"payment": "1", marks.INSTALLATION: settings.SITE_URL}
    assert (intent.status, intent.charge_ref, intent.customer_ref) == (
        IntentStatus.REQUIRES_METHOD,
        None,
        None,
    )
    assert (
        provider.update_payment(intent.ref, amount=Money(1250, "EUR"), key="pi:one:v2").amount.minor == 1250
    )
    told = []
    for number in (
        payments.DECLINED,
        payments.NO_FUNDS,
        payments.EXPIRED,
        payments.WRONG_CVC,
        payments.ATTACHES_THEN_DECLINES,
    ):
        payments.confirm(intent, number)
        told.append(provider.get_payment(intent.ref).decline_code)
    assert told == ["generic_decline", "insufficient_funds", "expired_card", "incorrect_cvc", "card_declined"]
    payments.confirm(intent, payments.ASKS_BUYER, return_url="/back")
    asked = provider.get_payment(intent.ref)
    assert (asked.status, asked.decline_code) == (IntentStatus.REQUIRES_ACTION, None)
    assert asked.action_url is not None
    assert asked.action_url.startswith(f"{settings.SITE_URL}/sandbox/3ds/{intent.ref}")
    payments.answer_bank(intent, "fail")
    assert provider.get_payment(intent.ref).decline_code == "authentication_failed"
    payments.confirm(intent, payments.ASKS_BUYER)
    payments.answer_bank(intent)
    paid = provider.get_payment(intent.ref)
    assert (paid.status, paid.amount, paid.decline_code) == (IntentStatus.SUCCEEDED, Money(1250, "EUR"), None)
    assert (paid.card_brand, paid.card_last4, paid.card_ref) == ("visa", "3155", None)
    assert paid.charge_ref
    for _ in range(2):
        with refused("unexpected_state"):
            provider.cancel_payment(intent.ref, key="pi:one:c1")
    with refused("unexpected_state"):
        provider.update_payment(intent.ref, amount=Money(1000, "EUR"), key="pi:one:v3")
    assert [each.ref for each in provider.list_payments(before)] == [intent.ref]
    assert provider.list_payments(clock.now() + timedelta(minutes=1)) == []


def test_a_payment_is_closed_once_and_takes_no_card_then(provider: PaymentProvider) -> None:
    intent = start(provider)
    closed = provider.cancel_payment(intent.ref, key="pi:one:c1")
    assert closed.status == IntentStatus.CANCELED
    assert provider.cancel_payment(intent.ref, key="pi:one:c1").status == IntentStatus.CANCELED
    assert provider.cancel_payment(intent.ref, key="pi:one:c2").status == IntentStatus.CANCELED
    assert payments.confirm(intent).status_code == 409
    with refused("resource_missing"):
        provider.get_payment("pi_unknown")
    with refused("resource_missing"):
        provider.cancel_payment("pi_unknown", key="pi:two:c1")
    with refused("amount_too_small"):
        start(provider, 49, "pi:two:v1")
    with refused("amount_too_large"):
        start(provider, 100_000_000, "pi:two:v2")


def test_a_payment_under_way_waits_for_its_bank(provider: PaymentProvider) -> None:
    intent = start(provider)
    intents.hold(intent.ref)
    payments.confirm(intent)
    assert provider.get_payment(intent.ref).status == IntentStatus.PROCESSING
    with refused("unexpected_state"):
        provider.cancel_payment(intent.ref, key="pi:one:c1")
    intents.finish(intent.ref)
    assert provider.get_payment(intent.ref).status == IntentStatus.SUCCEEDED


def test_a_charge_is_given_back_in_parts_and_never_beyond(provider: PaymentProvider) -> None:
    before = clock.now()
    intent = start(provider)
    payments.confirm(intent, payments.REFUND_FAILS)
    charge = provider.get_payment(intent.ref).charge_ref or ""

    def refund(minor: int, key: str) -> str:
        made = provider.refund(charge, amount=Money(minor, "EUR"), metadata={"refund": key}, key=key)
        assert (made.status, made.amount.minor, made.charge_ref) == (RefundStatus.SUCCEEDED, minor, charge)
        assert (made.payment_ref, made.metadata["refund"]) == (intent.ref, key)
        return made.ref

    part = refund(400, "re:1:v1")
    assert refund(400, "re:1:v1") == part
    with refused("amount_too_large"):
        refund(601, "re:2:v1")
    with refused("amount_too_large"):
        refund(601, "re:2:v1")
    rest = refund(600, "re:3:v1")
    with pytest.raises(ProviderRefused):
        refund(1, "re:4:v1")
    assert [each.ref for each in provider.list_refunds(before)] == [part, rest]
    with clock.at(clock.now() + timedelta(minutes=2)):
        refunds.fail_due()
    failed = provider.get_refund(part)
    assert (failed.status, failed.failure_code) == (RefundStatus.FAILED, "expired_or_canceled_card")
    with refused("resource_missing"):
        provider.get_refund("re_unknown")


def test_what_happened_is_listed_the_oldest_first(provider: PaymentProvider) -> None:
    before = clock.now()
    intent = start(provider)
    payments.confirm(intent)
    told = provider.list_events(before, is_undelivered=True)
    assert [(event.provider, event.type, event.object_type, event.account) for event in told] == [
        (provider.name, "payment_intent.created", "payment_intent", ""),
        (provider.name, "charge.succeeded", "charge", ""),
        (provider.name, "payment_intent.succeeded", "payment_intent", ""),
    ]
    assert told[0].object_ref == intent.ref
    assert provider.list_events(before) == told
    assert provider.list_events(clock.now() + timedelta(minutes=1)) == []


def test_the_provider_tells_what_it_kept_of_a_charge(provider: PaymentProvider) -> None:
    payments.confirm(start(provider))
    charge = provider.get_payment(start(provider).ref).charge_ref or ""
    assert provider.get_fee(charge) == Money(59, "EUR")  # 2.9 % and 0.30
    with refused("resource_missing"):
        provider.get_fee("ch_unknown")
