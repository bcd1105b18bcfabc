"""A history is booked as sales of ours are, and settled in the same moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from checkout.events import HistoryImported
from checkout.models import Order, Refund
from marketplace.kernel.money import basis_points
from payouts import ledger, selectors
from payouts.history import kept
from payouts.models import Commission, LedgerAccount, LedgerEntry, LedgerTransaction
from payouts.operations.sales import post_history
from tests.support.histories import imported, line_of, written
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(
        tmp_path / "shop",
        line_of("A1", "1", unit_price="4.20", shipping="1.00"),
        line_of("A1", "2", vendor="v2", unit_price="20.00"),
        line_of("C1", quantity="-1", unit_price="4.20", sold_at="2020-04-01T00:00:00Z"),
    )


def _entries(kind: str) -> set[tuple[str, str | None, int]]:
    entries = LedgerEntry.objects.filter(transaction__kind=kind)
    return set(entries.values_list("account__kind", "account__vendor__reference", "amount_minor"))


@given(base=st.integers(0, 10**13), bps=st.integers(0, 10_000))
def test_a_commission_is_rounded_as_everywhere(base: int, bps: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kept('%(base)s::bigint')}", {"base": base, "bps": bps})
        assert cursor.fetchone() == (basis_points(base, bps),)


def test_a_sale_is_posted_and_settled(folder: Path) -> None:
    imported(folder)
    # 12.5 % of 4.20 is 0.525: to the even 0.52.
    assert _entries("sale") == {
        ("buyer_clearing", None, -2520),
        ("vendor_payable", "v1", 468),
        ("vendor_payable", "v2", 1750),
        ("commission", None, 302),
    }
    assert _entries("refund") == {
        ("buyer_clearing", None, 420),
        ("vendor_payable", "v1", -368),
        ("commission", None, -52),
    }
    assert _entries("settlement") == {
        ("buyer_clearing", None, 2520),
        ("vendor_payable", "v1", -468),
        ("vendor_payable", "v2", -1750),
        ("external_settlement", None, -302),
        ("buyer_clearing", None, -420),
        ("vendor_payable", "v1", 368),
        ("external_settlement", None, 52),
    }


def test_nothing_is_payable_and_the_commission_is_what_was_earned(folder: Path) -> None:
    imported(folder)
    assert {str(money) for vendor in Vendor.objects.all() for money in selectors.payable(vendor)} == {
        "0.00 EUR"
    }
    assert {kind: money.minor for kind, money in selectors.trial_balance()} == {
        "buyer_clearing": 0,
        "commission": 250,
        "external_settlement": -250,
        "vendor_payable": 0,
    }


def test_each_is_booked_at_its_moment(folder: Path) -> None:
    imported(folder)
    moments = LedgerTransaction.objects.order_by("occurred_at", "kind").values_list("kind", "occurred_at")
    march, april = datetime(2020, 3, 1, 10, tzinfo=UTC), datetime(2020, 4, 1, tzinfo=UTC)
    assert list(moments) == [
        ("sale", march),
        ("settlement", march),
        ("refund", april),
        ("settlement", april),
    ]


def test_the_second_time_nothing_is_booked_whatever_the_rate(folder: Path) -> None:
    imported(folder)
    before = (Commission.objects.count(), LedgerEntry.objects.count(), LedgerAccount.objects.count())
    with transaction.atomic():
        post_history(
            HistoryImported(
                order_ids=(Order.objects.get().pk,),
                refund_ids=(Refund.objects.get().pk,),
                commission_bps=5000,
            )
        )
    assert (Commission.objects.count(), LedgerEntry.objects.count(), LedgerAccount.objects.count()) == before


def _posting(account: str, minor: int, vendor: str = "NULL") -> str:
    return (
        f"SELECT 'sale' AS kind, 'sale:x' AS reference, NULL::bigint AS order_id, now() AS occurred_at,"
        f" '{account}' AS account, 'EUR' AS currency, {vendor}::bigint AS vendor_id,"
        f" NULL::bigint AS vendor_order_id, {minor}::bigint AS amount_minor"
    )


def test_postings_that_move_a_vendors_balance_are_refused(folder: Path) -> None:
    imported(folder)
    vendor = str(Vendor.objects.first().pk)  # type: ignore[union-attr]  # there are two
    postings = f"{_posting('vendor_payable', 5, vendor)} UNION ALL {_posting('commission', -5)}"
    with pytest.raises(ledger.BalanceMoved), transaction.atomic():
        ledger.post_many(postings, {})
    assert not LedgerTransaction.objects.filter(reference="sale:x").exists()


def test_postings_that_do_not_sum_to_zero_are_refused() -> None:
    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
        ledger.post_many(_posting("commission", -5), {})


@pytest.mark.django_db(transaction=True)
def test_many_are_posted_inside_a_transaction_only() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        ledger.post_many(_posting("commission", -5), {})
