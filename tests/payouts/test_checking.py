"""Each claim about the books, and that its fault is found. The database is made to forget its rules first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from checkout.events import OrderPaid
from checkout.models import Order, PaymentState
from marketplace.kernel.events import publish
from payouts import checking
from payouts.models import LedgerAccount, LedgerTransaction
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sale() -> Order:
    """An order of two vendors, paid and posted."""
    order = paid_order(*(Bought(variant=variant) for variant in VariantFactory.create_batch(2)))
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order


def faults() -> dict[str, int]:
    """How many faults each claim has, those without left out."""
    return {claim: len(found) for claim, found in checking.check() if found}


@contextmanager
def without_rules() -> Iterator[Any]:
    """A cursor for which no trigger runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_books_that_are_right_have_no_fault() -> None:
    assert faults() == {}


def test_a_transaction_off_zero_is_found() -> None:
    with without_rules() as cursor:
        cursor.execute(
            "UPDATE payouts_ledgerentry SET amount_minor = amount_minor + 1 WHERE amount_minor = 200"
        )
    assert faults() == {checking.SUMS_TO_ZERO.claim: 1, checking.POSTING.claim: 2}


def test_a_balance_off_its_entries_is_found() -> None:
    account = LedgerAccount.objects.filter(vendor__isnull=False).first()
    assert account is not None
    LedgerAccount.objects.filter(pk=account.pk).update(balance_minor=901)
    assert list(checking.check())[1] == (
        checking.BALANCES.claim,
        [f"account {account.pk}: 901 kept, 900 summed"],
    )


def test_a_paid_order_without_its_posting_is_found() -> None:
    paid_order(Bought(variant=VariantFactory.create()))
    assert faults() == {checking.POSTED.claim: 1, checking.COMMISSIONS.claim: 1}


def test_a_posting_of_an_order_nobody_paid_is_found(sale: Order) -> None:
    Order.objects.update(payment_state=PaymentState.PENDING, paid_at=None)
    assert faults() == {checking.POSTED.claim: 1, checking.COMMISSIONS.claim: 2}


def test_a_second_posting_of_an_order_is_found(sale: Order) -> None:
    first = LedgerTransaction.objects.get()
    LedgerTransaction.objects.create(
        kind=first.kind,
        reference="again",
        order=sale,
        occurred_at=first.occurred_at,
        recorded_at=first.recorded_at,
    )
    assert faults() == {checking.POSTED.claim: 1, checking.POSTING.claim: 4}


def test_a_share_of_another_vendor_is_found() -> None:
    accounts = LedgerAccount.objects.filter(vendor__isnull=False).values_list("pk", flat=True)
    with without_rules() as cursor:
        cursor.execute(
            "UPDATE payouts_ledgerentry SET vendor_order_id = NULL WHERE account_id = %s", [accounts[0]]
        )
    assert faults() == {checking.POSTING.claim: 2}


def test_a_line_without_its_commission_is_found() -> None:
    with without_rules() as cursor:
        cursor.execute("DELETE FROM payouts_commission WHERE id = (SELECT min(id) FROM payouts_commission)")
    assert faults() == {checking.POSTING.claim: 4, checking.COMMISSIONS.claim: 1}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payouts_commission SET rate_bps = 900",
        "UPDATE payouts_commission SET fixed_minor = 1",
        "UPDATE payouts_commission SET cap_minor = 1",
        "UPDATE payouts_commission SET tax_bps = 1900",
    ],
)
def test_a_commission_off_its_terms_is_found(change: str) -> None:
    with without_rules() as cursor:
        cursor.execute(change)
    assert faults() == {checking.DECIDED: 2}
