"""Warnings of fraud: what the port promises, whoever keeps it."""

import pytest

from marketplace.gateway.provider import FraudWarning, PaymentProvider, ProviderRefused
from marketplace.gateway.sandbox import control
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tests.support import payments


def charged(provider: PaymentProvider, number: str, key: str) -> tuple[str, str]:
    """A payment and its charge."""
    intent = provider.start_payment(amount=Money(1000, "EUR"), metadata={}, email="ada@example.com", key=key)
    payments.confirm(intent, number)
    return intent.ref, provider.get_payment(intent.ref).charge_ref or ""


def test_f126_a_bank_warns_of_a_charge_until_it_is_disputed_or_given_back(provider: PaymentProvider) -> None:
    before = clock.now()
    payment, charge = charged(provider, payments.WARNED_OF, "pi:1:v1")
    disputed_payment, disputed = charged(provider, payments.OK, "pi:2:v1")
    second = control.warn(disputed, fraud_type="made_with_stolen_card").ref
    first = provider.list_fraud_warnings(before)[0]
    assert first == FraudWarning(
        ref=first.ref,
        charge_ref=charge,
        payment_ref=payment,
        fraud_type="unauthorized_use_of_card",
        is_actionable=True,
        created_at=first.created_at,
    )
    assert [each.ref for each in provider.list_fraud_warnings(before)] == [first.ref, second]
    provider.refund(charge, amount=Money(999, "EUR"), metadata={}, key="re:1:v1")
    assert provider.get_fraud_warning(first.ref).is_actionable
    provider.refund(charge, amount=Money(1, "EUR"), metadata={}, key="re:2:v1")
    control.dispute(disputed)
    told = [provider.get_fraud_warning(ref) for ref in (first.ref, second)]
    assert [(each.is_actionable, each.payment_ref, each.fraud_type) for each in told] == [
        (False, payment, "unauthorized_use_of_card"),
        (False, disputed_payment, "made_with_stolen_card"),
    ]
    events = [each for each in provider.list_events(before) if each.object_ref in {first.ref, second}]
    assert {(each.type, each.object_type, each.account) for each in events} == {
        ("radar.early_fraud_warning.created", "radar.early_fraud_warning", "")
    }
    with pytest.raises(ProviderRefused, match=r"^resource_missing: "):
        provider.get_fraud_warning("issfr_unknown")
    with pytest.raises(ProviderRefused):
        control.warn(charge, fraud_type="bad mood")
