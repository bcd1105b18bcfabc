"""The sandbox's objects have the keys of Stripe's: of its library's classes, and of its own examples."""

import gzip
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
import stripe
from django.conf import settings

from marketplace.gateway import registry
from marketplace.gateway.models.sandbox import (
    SandboxAccount,
    SandboxBalanceTransaction,
    SandboxCard,
    SandboxCharge,
    SandboxCustomer,
    SandboxDispute,
    SandboxFraudWarning,
    SandboxIntent,
    SandboxPayout,
    SandboxRefund,
    SandboxReversal,
    SandboxSetup,
    SandboxTransfer,
)
from marketplace.gateway.sandbox import control, shapes
from marketplace.kernel.money import Money
from tests.support import payments

# Stripe's published examples of its objects, as its own mock server answers them.
FIXTURES: Final = settings.SALES_DATA / "stripe" / "fixtures3.json.gz"
ROWS: Final[Mapping[str, Any]] = {
    "payment_intent": SandboxIntent,
    "charge": SandboxCharge,
    "refund": SandboxRefund,
    "customer": SandboxCustomer,
    "payment_method": SandboxCard,
    "setup_intent": SandboxSetup,
    "account": SandboxAccount,
    "transfer": SandboxTransfer,
    "transfer_reversal": SandboxReversal,
    "payout": SandboxPayout,
    "dispute": SandboxDispute,
    "radar.early_fraud_warning": SandboxFraudWarning,
    "balance_transaction": SandboxBalanceTransaction,
}
CLASSES: Final[Mapping[str, type[stripe.StripeObject]]] = {
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "customer": stripe.Customer,
    "payment_method": stripe.PaymentMethod,
    "setup_intent": stripe.SetupIntent,
    "account": stripe.Account,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
    "payout": stripe.Payout,
    "dispute": stripe.Dispute,
    "radar.early_fraud_warning": stripe.radar.EarlyFraudWarning,
    "balance_transaction": stripe.BalanceTransaction,
}


def keys() -> Mapping[str, set[str]]:
    """The keys of one object of each kind."""
    sandbox = registry.default()
    paid = payments.paid()
    sandbox.refund(paid.charge_ref or "", amount=Money(1, "EUR"), metadata={}, key="re:1")
    owner = sandbox.create_customer(email="", name="", metadata={}, key="cus:1")
    sandbox.start_setup(owner.ref, metadata={}, key="seti:1")
    vendor = sandbox.create_account(email="", country="DE", metadata={}, key="acct:1").ref
    control.onboard(vendor)
    half = Money(400, "EUR")
    sent = sandbox.transfer(
        vendor, amount=half, charge_ref=paid.charge_ref, group="", metadata={}, key="tr:1"
    )
    sandbox.reverse_transfer(sent.ref, amount=Money(1, "EUR"), metadata={}, key="trr:1")
    control.settle()
    control.pay_out(vendor, Money(1, "EUR"))
    control.dispute(paid.charge_ref or "")
    control.warn(paid.charge_ref or "")
    told = {name: shapes.of(rows.objects.latest("pk")) for name, rows in ROWS.items()}
    assert {name: shape["object"] for name, shape in told.items()} == {name: name for name in ROWS}
    return {name: set(shape) for name, shape in told.items()}


@pytest.mark.django_db
def test_every_key_is_one_of_stripes_and_none_that_is_always_there_is_missing() -> None:
    for name, ours in keys().items():
        theirs = CLASSES[name].__annotations__
        always = {
            key
            for key, kind in theirs.items()
            if key.islower()
            and not key.startswith("_")
            and "None" not in repr(kind)
            and "Optional" not in repr(kind)
        }
        assert (ours - set(theirs), always - ours) == (set(), set()), name


@pytest.mark.realdata
@pytest.mark.django_db
def test_every_key_of_stripes_examples_is_there() -> None:
    examples = json.loads(gzip.decompress(FIXTURES.read_bytes()))["resources"]
    for name, ours in keys().items():
        assert set(examples[name]) - ours == set(), name
