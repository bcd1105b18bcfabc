"""A history comes here once, whatever stands in it and however often it is brought."""

from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Product
from checkout.models import Order, OrderLine, Payment, Refund, RefundLine, VendorOrder
from checkout.operations.history.bringing import ImportRunning
from marketplace.accounts.models import BillingProfile
from payouts import checking
from payouts.models import LedgerAccount
from recommend.models import Purchase
from tests.support.histories import imported, line_of, rejected, state, written
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def _is_checked() -> bool:
    return [fault for _, faults in checking.check() for fault in faults] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shop"


def test_an_order_of_two_vendors_comes_paid_and_settled(folder: Path) -> None:
    written(
        folder,
        line_of("A1", "1", quantity="3", unit_price="2.155", shipping="4.90"),
        line_of("A1", "2", vendor="v2", product="p2", sold_at="2020-02-29T23:59:59Z"),
    )
    outcome = imported(folder)
    order = Order.objects.get()
    assert (outcome.orders, outcome.lines, outcome.rejected.total()) == (1, 2, 0)
    # 6.465 is halfway: to the even 6.46.
    assert (order.subtotal_minor, order.shipping_minor, order.total_minor) == (1646, 490, 2136)
    assert (order.source, order.reference, order.payment_state) == ("shop", "A1", "paid")
    assert order.cart is None
    assert order.paid_at is not None
    assert (order.placed_at, order.paid_at.isoformat()) == (order.paid_at, "2020-02-29T23:59:59+00:00")
    parts = VendorOrder.objects.order_by("pk").values_list(
        "number", "vendor__reference", "total_minor", "status"
    )
    assert list(parts) == [
        (f"{order.number}-1", "v1", 1136, "completed"),
        (f"{order.number}-2", "v2", 1000, "completed"),
    ]
    assert Payment.objects.get().amount_minor == 2136
    assert set(LedgerAccount.objects.exclude(vendor=None).values_list("balance_minor", flat=True)) == {0}
    assert _is_checked()


def test_vendors_listings_and_customers_come_as_they_are_known(folder: Path) -> None:
    written(folder, line_of("A1"), line_of("A2", product="p2", customer=""), line_of("A3", vendor="v2"))
    imported(folder)
    vendor = Vendor.objects.get(reference="v1")
    assert (vendor.name, vendor.status, vendor.currency) == ("v1", "approved", "EUR")
    assert (vendor.timezone, vendor.members.count()) == ("Europe/Berlin", 0)
    listings = Product.objects.order_by("vendor", "reference")
    assert [
        (each.vendor.reference, each.reference, each.title, each.category.name, each.status)
        for each in listings
    ] == [
        ("v1", "p1", "Cup", "Tea ware", "archived"),
        ("v1", "p2", "p2", "Imported", "archived"),
        ("v2", "p1", "Cup", "Tea ware", "archived"),
    ]
    assert {(each.on_hand, each.is_active) for p in listings for each in p.variants.all()} == {(0, False)}
    profiles = BillingProfile.objects.order_by("reference").values_list("reference", "email")
    assert list(profiles) == [("", ""), ("c1", "")]
    assert not BillingProfile.objects.exclude(user=None, guest=None).exists()
    bought = Purchase.objects.filter(billing_profile__reference="c1")
    assert set(bought.values_list("product__vendor__reference", "product__reference")) == {
        ("v1", "p1"),
        ("v2", "p1"),
    }


def test_what_came_back_is_a_refund_without_a_payment(folder: Path) -> None:
    written(
        folder,
        line_of("A1"),
        line_of("C1", quantity="-2", unit_price="2.50", shipping="-1.00", sold_at="2020-03-02T10:00:00Z"),
    )
    outcome = imported(folder)
    refund, line = Refund.objects.get(), RefundLine.objects.get()
    assert (outcome.orders, outcome.refunds, Order.objects.get().reference) == (1, 1, "A1")
    assert (refund.payment, refund.order, refund.amount_minor, refund.status) == (
        None,
        None,
        600,
        "succeeded",
    )
    assert refund.occurred_at.isoformat() == "2020-03-02T10:00:00+00:00"
    assert (line.quantity, line.amount_minor, line.shipping_minor, line.order_line) == (2, 500, 100, None)
    assert line.commission_reversal.amount_minor == 62
    assert _is_checked()


def test_a_return_within_an_order_knows_the_line_it_was_bought_on(folder: Path) -> None:
    written(folder, line_of("A1", "1", quantity="5"), line_of("A1", "2", quantity="-2"))
    imported(folder)
    assert Order.objects.get().total_minor == 5000
    assert (Refund.objects.get().order, RefundLine.objects.get().order_line) == (
        Order.objects.get(),
        OrderLine.objects.get(),
    )
    assert _is_checked()


@pytest.mark.parametrize(("price", "total"), [("0.00", 0), ("-11062.06", -1106206)])
def test_a_price_of_zero_or_below_is_kept_and_makes_no_payment(folder: Path, price: str, total: int) -> None:
    imported(written(folder, line_of("A1", unit_price=price)))
    line = OrderLine.objects.get()
    assert (Order.objects.get().total_minor, line.amount_minor) == (total, total)
    assert (line.commission.amount_minor, line.commission.base_minor, Payment.objects.count()) == (0, 0, 0)
    assert _is_checked()


def test_the_lines_of_an_order_need_not_stand_together(folder: Path) -> None:
    written(folder, line_of("A1", "1"), line_of("A2", "1"), line_of("A1", "2"))
    imported(folder)
    totals = Order.objects.order_by("reference").values_list("reference", "total_minor")
    assert list(totals) == [("A1", 2000), ("A2", 1000)]


def test_the_second_time_nothing_changes(folder: Path) -> None:
    written(folder, line_of("A1"), line_of("A2", customer=""), line_of("C1", quantity="-1"))
    imported(folder)
    before = state()
    again = imported(folder)
    assert state() == before
    assert (again.orders, again.refunds, again.lines, again.known) == (0, 0, 0, 3)
    assert (again.vendors, again.listings, again.customers) == (0, 0, 0)


def test_a_longer_history_adds_what_is_new(folder: Path) -> None:
    imported(written(folder, line_of("A1")))
    outcome = imported(written(folder, line_of("A1"), line_of("A2", vendor="v2", customer="c2")))
    assert (outcome.known, outcome.orders, outcome.listings, outcome.customers) == (1, 1, 1, 1)
    assert Order.objects.count() == 2


def test_an_order_that_has_come_is_closed(folder: Path) -> None:
    imported(written(folder, line_of("A1", "1"), line_of("A2", "1")))
    before = state()
    imported(written(folder, line_of("A1", "1"), line_of("A1", "2"), line_of("A2", "1", unit_price="11.00")))
    assert rejected(folder) == [
        ("order_lines", 3, "order", "order_closed"),
        ("order_lines", 4, "unit_price", "line_changed"),
    ]
    assert state() == before


def test_another_source_may_use_the_same_references(tmp_path: Path) -> None:
    for name in ("north", "south"):
        imported(written(tmp_path / name, line_of("A1")))
    assert Order.objects.filter(reference="A1").count() == 2
    assert Vendor.objects.filter(reference="v1").count() == 2


def test_a_dry_run_changes_nothing_and_says_what_would_come(folder: Path) -> None:
    outcome = imported(
        written(folder, line_of("A1"), line_of("A2", currency="XXX"), line_of("C1", quantity="-1")),
        is_dry_run=True,
    )
    assert (outcome.orders, outcome.refunds, outcome.lines, outcome.rejected.total()) == (1, 1, 2, 1)
    assert (Order.objects.count(), Vendor.objects.count(), BillingProfile.objects.count()) == (0, 0, 0)


def test_an_order_is_held_back_until_it_can_come_whole(folder: Path) -> None:
    rows = [line_of("A1", "1"), line_of("A1", "2", quantity="none"), line_of("A2")]
    imported(written(folder, *rows), is_whole_orders=True)
    assert [code for *_, code in rejected(folder)] == ["order_held", "bad_quantity"]
    assert Order.objects.get().reference == "A2"
    rows[1] = line_of("A1", "2", quantity="2")
    imported(written(folder, *rows), is_whole_orders=True)
    assert (rejected(folder), Order.objects.get(reference="A1").total_minor) == ([], 3000)


def test_it_leaves_no_table_behind(folder: Path) -> None:
    imported(written(folder, line_of("A1")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'history%'")
        assert cursor.fetchone() == (0,)


def test_a_rate_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="10001 basis points"):
        imported(written(folder, line_of("A1")), commission_bps=10_001)
    assert (Order.objects.count(), ImportRunning.code) == (0, "import_running")
