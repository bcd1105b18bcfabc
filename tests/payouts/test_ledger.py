"""The one writer: once, to zero, never changed."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import clock
from marketplace.kernel.append_only import TRUNCATE_TRIGGER
from payouts.ledger import ReferenceTaken, post
from payouts.models import (
    AccountKind,
    Commission,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    TransactionKind,
)
from payouts.postings import AccountName, Posting
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def platform(kind: AccountKind, minor: int, currency: str = "EUR") -> Posting:
    return Posting(account=AccountName(kind=kind, currency=currency), amount_minor=minor)


def owed_to(vendor: Vendor, minor: int, currency: str = "EUR") -> Posting:
    name = AccountName(kind=AccountKind.VENDOR_PAYABLE, currency=currency, vendor_id=vendor.pk)
    return Posting(account=name, amount_minor=minor)


def booked(*postings: Posting, reference: str = "sale:1") -> bool:
    with transaction.atomic():
        return post(kind=TransactionKind.SALE, reference=reference, occurred_at=NOON, postings=postings)


def sold(vendor: Vendor, minor: int, reference: str = "sale:1") -> bool:
    return booked(platform(AccountKind.BUYER_CLEARING, -minor), owed_to(vendor, minor), reference=reference)


def balance(vendor: Vendor) -> int | None:
    return LedgerAccount.objects.get(vendor=vendor).balance_minor


def test_a_posting_makes_its_accounts_and_moves_the_vendors_balance() -> None:
    vendor = VendorFactory.create()
    with clock.at(datetime(2026, 3, 30, tzinfo=UTC)):
        assert sold(vendor, 900)
    made = LedgerTransaction.objects.get()
    assert (made.kind, made.occurred_at, made.recorded_at.day) == ("sale", NOON, 30)
    assert {str(entry.account): entry.amount_minor for entry in made.entries.all()} == {
        "buyer_clearing:EUR": -900,
        f"vendor_payable:{vendor.pk}:EUR": 900,
    }
    assert balance(vendor) == 900
    assert LedgerAccount.objects.get(vendor=None).balance_minor is None


def test_several_postings_in_one_transaction_are_looked_at_one_by_one() -> None:
    vendor = VendorFactory.create()
    with transaction.atomic():
        assert sold(vendor, 900, "sale:1")
        assert sold(vendor, -900, "sale:2")
        assert sold(vendor, 40, "sale:3")
    assert (balance(vendor), LedgerAccount.objects.count()) == (40, 2)


def test_the_same_again_posts_nothing() -> None:
    vendor = VendorFactory.create()
    assert [sold(vendor, 900), sold(vendor, 900)] == [True, False]
    assert (balance(vendor), LedgerEntry.objects.count()) == (900, 2)


def test_another_posting_under_the_reference_is_a_fault() -> None:
    vendor = VendorFactory.create()
    sold(vendor, 900)
    with pytest.raises(ReferenceTaken, match="sale:1"):
        sold(vendor, 901)
    assert (balance(vendor), LedgerEntry.objects.count()) == (900, 2)


@pytest.mark.parametrize(("minor", "currency"), [(899, "EUR"), (900, "USD")])
def test_what_does_not_sum_to_zero_in_each_currency_is_refused_at_once(minor: int, currency: str) -> None:
    vendor = VendorFactory.create()
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        booked(platform(AccountKind.BUYER_CLEARING, -900), owed_to(vendor, minor, currency))
    assert (LedgerTransaction.objects.count(), LedgerEntry.objects.count()) == (0, 0)


def test_an_account_is_moved_once_and_by_something() -> None:
    vendor = VendorFactory.create()
    with pytest.raises(IntegrityError, match="a_transaction_moves_an_account_once"):
        booked(owed_to(vendor, 5), owed_to(vendor, -5))
    with pytest.raises(IntegrityError, match="an_entry_moves_something"):
        booked(owed_to(vendor, 0))


def test_nothing_at_all_can_be_posted() -> None:
    assert booked()
    assert (LedgerTransaction.objects.count(), LedgerEntry.objects.count()) == (1, 0)


def test_an_entry_added_behind_the_writers_back_is_refused_too() -> None:
    vendor = VendorFactory.create()
    sold(vendor, 900)
    LedgerEntry.objects.create(
        transaction=LedgerTransaction.objects.get(),
        account=LedgerAccount.objects.create(kind=AccountKind.COMMISSION, currency="EUR"),
        amount_minor=1,
    )
    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
        connection.check_constraints()
    # What is put off would fail the end of the test as well.
    transaction.set_rollback(True)


@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry, Commission])
def test_what_is_written_stays(model: type[LedgerTransaction | LedgerEntry | Commission]) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model._base_manager.update(id=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model._base_manager.all()._raw_delete("default")


def test_an_account_stays_what_it_is() -> None:
    sold(VendorFactory.create(), 900)
    for change in ({"currency": "USD"}, {"kind": "commission"}, {"vendor": None}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            LedgerAccount.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LedgerAccount.objects.all()._raw_delete("default")


def test_the_tables_refuse_to_be_emptied() -> None:
    # By name: the template database of the tests has this trigger switched off.
    tables = ["payouts_commission", "payouts_ledgerentry", "payouts_ledgertransaction"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = %s AND tgrelid::regclass::text = ANY(%s)",
            [TRUNCATE_TRIGGER, tables],
        )
        assert sorted(table for (table,) in cursor.fetchall()) == tables


@pytest.mark.parametrize(
    ("kind", "has_vendor", "minor"),
    [
        ("vendor_payable", False, None),
        ("commission", True, 0),
        ("commission", False, 0),
        ("vendor_payable", True, None),
    ],
)
def test_only_a_vendors_account_has_a_vendor_and_a_balance(
    kind: str,
    has_vendor: bool,
    minor: int | None,
) -> None:
    vendor = VendorFactory.create() if has_vendor else None
    with pytest.raises(IntegrityError, match="only_a_vendors_account"), transaction.atomic():
        LedgerAccount.objects.create(kind=kind, currency="EUR", vendor=vendor, balance_minor=minor)


def test_an_account_exists_once() -> None:
    LedgerAccount.objects.create(kind=AccountKind.COMMISSION, currency="EUR")
    with pytest.raises(IntegrityError, match="an_account_is_one_kind"), transaction.atomic():
        LedgerAccount.objects.create(kind=AccountKind.COMMISSION, currency="EUR")


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_written_in_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        post(kind=TransactionKind.SALE, reference="sale:1", occurred_at=NOON, postings=[])
    assert LedgerTransaction.objects.count() == 0


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_vendors_costs_no_statements(count: int) -> None:
    vendors = VendorFactory.create_batch(count)
    shares = [owed_to(vendor, 10) for vendor in vendors]
    booked(platform(AccountKind.BUYER_CLEARING, -10 * count), *shares)
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        post(
            kind=TransactionKind.SALE,
            reference="sale:2",
            occurred_at=NOON,
            postings=[platform(AccountKind.BUYER_CLEARING, -10 * count), *shares],
        )
    assert len(statements) == 3  # lock, write, check
    assert {balance(vendor) for vendor in vendors} == {20}
