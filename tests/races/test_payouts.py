"""Sales that are posted at the same moment."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from checkout.events import OrderPaid
from marketplace.kernel.events import publish
from payouts import checking, ledger
from payouts.models import Commission, LedgerAccount, LedgerEntry, LedgerTransaction
from payouts.postings import Posting
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _settle(order_id: int) -> None:
    with transaction.atomic():
        publish(OrderPaid(order_id=order_id))


def _faults() -> list[str]:
    return [fault for _, faults in checking.check() for fault in faults]


def test_first_sales_of_the_same_vendors_at_once_make_their_accounts_once() -> None:
    variants = VariantFactory.create_batch(3)
    bought = [Bought(variant=variant) for variant in variants]
    orders = [paid_order(*(bought if number % 2 else reversed(bought))) for number in range(6)]
    outcomes = at_once(*(lambda order=order: _settle(order.pk) for order in orders))
    assert outcomes == [None] * 6
    assert LedgerAccount.objects.filter(vendor__isnull=False, balance_minor=5400).count() == 3
    assert (LedgerAccount.objects.count(), _faults()) == (5, [])


def test_an_order_settled_by_four_at_once_is_posted_once() -> None:
    order = paid_order(Bought(variant=VariantFactory.create()))
    outcomes = at_once(*[lambda: _settle(order.pk)] * 4)
    assert None in outcomes
    assert (LedgerTransaction.objects.count(), LedgerEntry.objects.count()) == (1, 3)
    assert (Commission.objects.count(), _faults()) == (1, [])


def _without_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer adds to the balance it has read, as one would who trusts that nobody else writes."""
    both_have_read = threading.Barrier(2)
    read_before = threading.local()
    write = ledger._write

    def read(queryset: QuerySet[LedgerAccount]) -> None:
        read_before.rows = list(queryset)
        both_have_read.wait(timeout=10)

    def add(what: dict[str, Any], postings: Sequence[Posting]) -> tuple[int, bool]:
        written = write(what, postings)
        moved = {posting.account.vendor_id: posting.amount_minor for posting in postings}
        for account in read_before.rows:
            account.balance_minor += moved[account.vendor_id]
            account.save(update_fields=["balance_minor"])
        return written

    monkeypatch.setattr(ledger, "lock", read)
    monkeypatch.setattr(ledger, "_write", add)


def test_without_the_lock_a_balance_loses_a_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = VariantFactory.create()
    _settle(paid_order(Bought(variant=variant)).pk)
    orders = [paid_order(Bought(variant=variant)) for _ in range(2)]
    _without_its_lock(monkeypatch)
    assert at_once(*(lambda order=order: _settle(order.pk) for order in orders)) == [None, None]
    assert LedgerAccount.objects.get(vendor=variant.vendor).balance_minor == 1800
    assert len(_faults()) == 1
