"""What a paid order leaves in the sales entries."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.models import SalesEntry
from analytics.operations import record_sale
from checkout.events import OrderPaid
from checkout.models import Order, PaymentState
from marketplace.kernel.events import publish
from payouts.operations import post_sale
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order

pytestmark = pytest.mark.django_db


def settled(order: Order) -> Order:
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order


def test_each_line_and_each_vendors_shipping_has_its_entry() -> None:
    clay, wood = VariantFactory.create_batch(2)
    paid_at = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    order = paid_order(
        Bought(variant=clay, unit_minor=5000, quantity=2, discount_minor=1000),
        Bought(variant=wood, unit_minor=645),
        shipping_minor={clay.vendor_id: 2000},
        tax_bps=1900,
        paid_at=paid_at,
    )
    settled(order)
    columns = (
        "kind", "vendor", "product", "gross_minor", "discount_minor",
        "shipping_minor", "commission_minor", "tax_minor", "units",
    )  # fmt: skip
    assert sorted(SalesEntry.objects.values_list(*columns)) == [
        ("line", clay.vendor_id, clay.product_id, 10_000, -1000, 0, -900, 1710, 2),
        ("line", wood.vendor_id, wood.product_id, 645, 0, 0, -64, 123, 1),
        ("shipping", clay.vendor_id, None, 0, 0, 2000, 0, 380, 0),
        ("shipping", wood.vendor_id, None, 0, 0, 0, 0, 0, 0),
    ]
    assert set(SalesEntry.objects.values_list("order", "occurred_at", "currency")) == {
        (order.pk, paid_at, "EUR")
    }


def test_an_order_that_is_paid_twice_is_sold_once() -> None:
    settled(settled(paid_order(Bought(variant=VariantFactory.create()))))
    assert SalesEntry.objects.count() == 2


def test_an_order_that_is_not_paid_is_not_sold() -> None:
    order = paid_order(Bought(variant=VariantFactory.create()))
    Order.objects.update(payment_state=PaymentState.PENDING, paid_at=None)
    with pytest.raises(IntegrityError, match="occurred_at"), transaction.atomic():
        record_sale(OrderPaid(order_id=order.pk))
    assert SalesEntry.objects.count() == 0


def test_an_order_whose_commissions_are_not_decided_is_not_sold() -> None:
    order = paid_order(Bought(variant=VariantFactory.create()))
    with pytest.raises(IntegrityError, match="commission_minor"), transaction.atomic():
        record_sale(OrderPaid(order_id=order.pk))
    assert SalesEntry.objects.count() == 0


def test_what_is_written_stays() -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SalesEntry.objects.update(units=2)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SalesEntry.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("line", {"order_line": None}, "a_sales_entry_is_of_a_line_or_of_shipping"),
        ("line", {"kind": "shipping"}, "a_sales_entry_is_of_a_line_or_of_shipping"),
        ("line", {"kind": "gift"}, "a_sales_entry_is_of_a_line_or_of_shipping"),
        ("shipping", {"commission_minor": 1}, "a_sale_adds_and_what_goes_off_it_subtracts"),
        ("line", {}, "a_line_is_sold_once"),
        ("shipping", {}, "a_vendors_part_is_shipped_once"),
    ],
)
def test_the_database_knows_what_a_sale_is(kind: str, change: dict[str, object], rule: str) -> None:
    settled(paid_order(Bought(variant=VariantFactory.create())))
    entry = SalesEntry.objects.get(kind=kind)
    entry.pk = None
    for name, value in change.items():
        setattr(entry, name, value)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_vendors_costs_no_statements(count: int) -> None:
    order = paid_order(*(Bought(variant=variant) for variant in VariantFactory.create_batch(count)))
    with transaction.atomic():
        post_sale(OrderPaid(order_id=order.pk))
    with CaptureQueriesContext(connection) as statements:
        record_sale(OrderPaid(order_id=order.pk))
    assert len(statements) == 1
    assert SalesEntry.objects.count() == 2 * count
