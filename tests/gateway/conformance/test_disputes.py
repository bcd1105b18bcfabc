"""Disputes: what the port promises, whoever keeps it."""

from datetime import timedelta

import pytest

from marketplace.gateway.provider import DisputeStatus, Evidence, PaymentProvider, ProviderRefused
from marketplace.gateway.sandbox import control, disputes
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments


def charged(provider: PaymentProvider, number: str = payments.OK, key: str = "pi:1:v1") -> str:
    intent = provider.start_payment(amount=Money(1000, "EUR"), metadata={}, email="ada@example.com", key=key)
    payments.confirm(intent, number)
    return provider.get_payment(intent.ref).charge_ref or ""


@pytest.mark.unwatched  # what are many transactions elsewhere is one here
def test_a_dispute_is_answered_once_and_decided(provider: PaymentProvider) -> None:
    before = clock.now()
    charge = charged(provider, payments.DISPUTED)
    (opened,) = provider.list_disputes(before)
    assert (opened.status, opened.charge_ref, opened.amount) == (
        DisputeStatus.NEEDS_RESPONSE,
        charge,
        Money(1000, "EUR"),
    )
    assert (opened.withdrawn, opened.fee) == (Money(1000, "EUR"), Money(1500, "EUR"))
    assert (opened.is_evidence_sent, opened.is_charge_refundable) == (False, False)
    assert provider.get_payment(opened.payment_ref or "").charge_ref == charge
    with pytest.raises(ProviderRefused, match="charge_disputed"):
        provider.refund(charge, amount=Money(1, "EUR"), metadata={}, key="re:1:v1")

    def say(evidence: Evidence, key: str, *, is_final: bool) -> DisputeStatus:
        return provider.submit_evidence(opened.ref, evidence=evidence, is_final=is_final, key=key).status

    sent = Evidence(shipping_carrier="Post", other=disputes.WINNING)
    assert say(Evidence(customer_name="Ada"), "ev:1:v1", is_final=False) == DisputeStatus.NEEDS_RESPONSE
    assert [say(sent, "ev:1:v2", is_final=True) for _ in range(2)] == [DisputeStatus.UNDER_REVIEW] * 2
    with pytest.raises(ProviderRefused):
        say(sent, "ev:1:v3", is_final=True)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert disputes.decide_due() == 1
    won = provider.get_dispute(opened.ref)
    assert (won.status, won.withdrawn.minor, won.is_evidence_sent) == (DisputeStatus.WON, 0, True)
    assert won.is_charge_refundable
    told = [event.type for event in provider.list_events(before) if event.object_ref == opened.ref]
    assert told == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


@pytest.mark.unwatched
def test_a_dispute_nobody_answers_is_lost_and_an_inquiry_moves_nothing(provider: PaymentProvider) -> None:
    # Elsewhere no clock can be stopped: the time for evidence is over as it begins.
    control.terms(evidence_days=0)
    lost = control.dispute(charged(provider), amount=Money(600, "EUR"), reason="product_not_received")
    asked = control.dispute(charged(provider, key="pi:2:v1"), is_inquiry=True)
    inquiry = provider.get_dispute(asked.ref)
    assert (inquiry.status, inquiry.withdrawn.minor) == (DisputeStatus.WARNING, 0)
    assert inquiry.is_charge_refundable
    with pytest.raises(ProviderRefused):
        provider.submit_evidence(lost.ref, evidence=Evidence(other="late"), is_final=True, key="ev:1:v1")
    assert (disputes.decide_due(), disputes.decide_due()) == (2, 0)
    ended = provider.get_dispute(lost.ref)
    assert (ended.status, ended.reason, ended.withdrawn) == (
        DisputeStatus.LOST,
        "product_not_received",
        Money(600, "EUR"),
    )
    assert provider.get_dispute(asked.ref).status == DisputeStatus.WARNING_CLOSED
