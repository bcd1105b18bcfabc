"""What Finance does about money, and nobody else."""

from typing import Final

import pytest

from checkout.models import Remitter
from marketplace.api.scalars import encode_id
from marketplace.staff import FINANCE, SUPPORT
from payouts.models import Adjustment, Transfer
from tests.factories.checkout import TaxRuleFactory, buyable
from tests.factories.sold import part_of, sold
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from tests.support.moved import followed, payable
from tests.support.staff import with_role

pytestmark = pytest.mark.django_db

ADJUSTED: Final = "... on AdjustVendorBalanceSuccess { adjustment { reason amount { amount } } }"
REMITTED: Final = "... on RecordTaxRemittanceSuccess { reference }"
RETRIED: Final = "... on RetryTransferSuccess { transfer { status amount { amount } } }"


def test_finance_adjusts_a_vendors_balance_once() -> None:
    order = sold(buyable())
    part = part_of(order)
    asked = {
        "vendor": encode_id("VendorAccount", part.vendor_id),
        "vendorOrder": encode_id("VendorOrder", part.pk),
        "amount": "-2.50",
        "reason": "Packed badly.",
        "idempotencyKey": "a",
    }
    finance = GraphQL(with_role(FINANCE))
    for _ in range(2):
        made = mutate(finance, "adjustVendorBalance", ADJUSTED, **asked)["adjustment"]
        assert made == {"reason": "Packed badly.", "amount": {"amount": "-2.50"}}
    assert Adjustment.objects.count() == 1
    assert (
        mutate(GraphQL(with_role(SUPPORT)), "adjustVendorBalance", ADJUSTED, **asked)["code"] == "NOT_FOUND"
    )
    elsewhere = asked | {"vendorOrder": encode_id("VendorOrder", part_of(sold(buyable())).pk)}
    assert mutate(finance, "adjustVendorBalance", ADJUSTED, **elsewhere)["code"] == "NOT_FOUND"
    other = asked | {"amount": "-2.51"}
    assert mutate(finance, "adjustVendorBalance", ADJUSTED, **other)["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_finance_notes_tax_that_was_remitted() -> None:
    TaxRuleFactory.create(name="Levy", rate_bps=1000, remitter=Remitter.PLATFORM)
    sold(buyable())
    asked = {"amount": "1.00", "currency": "EUR", "note": "October", "idempotencyKey": "a"}
    finance = GraphQL(with_role(FINANCE))
    first = mutate(finance, "recordTaxRemittance", REMITTED, **asked)
    assert first == mutate(finance, "recordTaxRemittance", REMITTED, **asked)
    again = asked | {"idempotencyKey": "b"}
    assert mutate(finance, "recordTaxRemittance", REMITTED, **again)["code"] == "MORE_THAN_TAX_DUE"
    assert mutate(GraphQL(with_role(SUPPORT)), "recordTaxRemittance", REMITTED, **again)["code"] == (
        "NOT_PERMITTED"
    )


def test_finance_sends_a_transfer_again() -> None:
    pot = buyable()
    followed(sold(pot))
    payable(pot.vendor)
    transfer = encode_id("Transfer", Transfer.objects.get().pk)
    finance = GraphQL(with_role(FINANCE))
    assert (
        mutate(GraphQL(with_role(SUPPORT)), "retryTransfer", RETRIED, transfer=transfer)["code"]
        == "NOT_FOUND"
    )
    sent = mutate(finance, "retryTransfer", RETRIED, transfer=transfer)["transfer"]
    assert sent == {"status": "MADE", "amount": {"amount": "9.00"}}
    assert mutate(finance, "retryTransfer", RETRIED, transfer=transfer)["code"] == "TRANSITION_NOT_ALLOWED"
