"""What a paid order, and a history, leave in the sales entries."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.models import SalesEntry
from analytics.operations import record_history, record_sale
from checkout.events import HistoryImported, OrderPaid
from checkout.models import Order, OrderLine, PaymentState, Refund
from marketplace.kernel.events import publish
from payouts.models import Commission
from payouts.operations.sales import post_sale
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.history import returned

pytestmark = pytest.mark.django_db


def settled(order: Order) -> Order:
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order


def kept(order: Order) -> Order:
    """The order with the commissions of its lines, as payouts keeps them: a tenth."""
    Commission.objects.bulk_create(
        Commission(
            order_line=line,
            currency=line.currency,
            rate_bps=1000,
            base_minor=max(line.amount_minor, 0),
            amount_minor=max(line.amount_minor, 0) // 10,
        )
        for line in OrderLine.objects.filter(vendor_order__order=order)
    )
    return order


def imported(*, orders: list[Order] | None = None, refunds: list[Refund] | None = None) -> HistoryImported:
    event = HistoryImported(
        order_ids=tuple(order.pk for order in orders or []),
        refund_ids=tuple(refund.pk for refund in refunds or []),
        commission_bps=1000,
    )
    with transaction.atomic():
        record_history(event)
    return event


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
        ("line", {"order_line": None}, "a_sales_entry_is_of_one_thing"),
        ("line", {"kind": "shipping"}, "a_sales_entry_is_of_one_thing"),
        ("line", {"kind": "gift"}, "a_sales_entry_is_of_one_thing"),
        ("shipping", {"commission_minor": 1}, "a_sale_adds_and_what_goes_off_it_subtracts"),
        ("line", {"is_first_part": True}, "a_sales_entry_is_of_one_thing"),
        ("line", {"kind": "refund"}, "a_sale_adds_and_what_goes_off_it_subtracts"),
        ("shipping", {"kind": "refund"}, "a_sales_entry_is_of_one_thing"),
        ("line", {"units": -1}, "a_sale_adds_and_what_goes_off_it_subtracts"),
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


def test_an_order_is_counted_by_its_first_part_and_goes_where_its_address_is() -> None:
    variants = VariantFactory.create_batch(2)
    order = paid_order(*(Bought(variant=variant) for variant in variants))
    Order.objects.update(shipping_address={"country": "FR"})
    settled(order)
    assert set(SalesEntry.objects.values_list("kind", "vendor", "is_first_part", "country")) == {
        ("line", variants[0].vendor_id, False, "FR"),
        ("line", variants[1].vendor_id, False, "FR"),
        ("shipping", variants[0].vendor_id, True, "FR"),
        ("shipping", variants[1].vendor_id, False, "FR"),
    }


def test_what_came_back_stands_on_its_own_day_and_takes_off() -> None:
    variant = VariantFactory.create()
    order = kept(paid_order(Bought(variant=variant, quantity=3)))
    Order.objects.update(shipping_address={"country": "FR"})
    line = OrderLine.objects.get()
    at = datetime(2026, 4, 1, tzinfo=UTC)
    known = returned(
        variant, at=at, amount_minor=2000, quantity=2, shipping_minor=490, commission_minor=200, line=line
    )
    unknown = returned(variant, at=at, amount_minor=700)
    imported(orders=[order], refunds=[known, unknown])
    columns = (
        "order", "order_line", "product", "country", "occurred_at",
        "gross_minor", "refund_minor", "shipping_minor", "commission_minor", "units",
    )  # fmt: skip
    entries = SalesEntry.objects.filter(kind="refund").order_by("refund_line")
    assert list(entries.values_list(*columns)) == [
        (order.pk, line.pk, variant.product_id, "FR", at, 0, -2000, -490, 200, -2),
        (None, None, variant.product_id, "", at, 0, -700, 0, 0, -1),
    ]
    assert SalesEntry.objects.exclude(kind="refund").count() == 2


def test_amounts_of_a_history_stand_by_their_sign() -> None:
    variant = VariantFactory.create()
    order = paid_order(Bought(variant=variant))
    OrderLine.objects.update(reference="1", amount_minor=-1000)
    kept(order)
    refund = returned(variant, at=datetime(2026, 4, 1, tzinfo=UTC), amount_minor=-300)
    imported(orders=[order], refunds=[refund])
    columns = ("kind", "gross_minor", "refund_minor", "units")
    assert sorted(SalesEntry.objects.values_list(*columns)) == [
        ("line", 0, -1000, 1),
        ("refund", 300, 0, -1),
        ("shipping", 0, 0, 0),
    ]


def test_a_history_that_comes_twice_is_written_once() -> None:
    variant = VariantFactory.create()
    order = kept(paid_order(Bought(variant=variant)))
    refund = returned(variant, at=datetime(2026, 4, 1, tzinfo=UTC), amount_minor=300)
    imported(orders=[order], refunds=[refund])
    imported(orders=[order], refunds=[refund])
    assert SalesEntry.objects.count() == 3


def test_a_history_whose_commissions_are_not_decided_is_not_written() -> None:
    variant = VariantFactory.create()
    refund = returned(variant, at=datetime(2026, 4, 1, tzinfo=UTC), amount_minor=300, is_decided=False)
    with pytest.raises(IntegrityError, match="commission_minor"):
        imported(orders=[paid_order(Bought(variant=variant))])
    with pytest.raises(IntegrityError, match="commission_minor"):
        imported(refunds=[refund])
    assert SalesEntry.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_size_of_a_batch_costs_no_statements(count: int) -> None:
    variants = VariantFactory.create_batch(count)
    orders = [kept(paid_order(Bought(variant=variant))) for variant in variants]
    refunds = [
        returned(variant, at=datetime(2026, 4, 1, tzinfo=UTC), amount_minor=300) for variant in variants
    ]
    with CaptureQueriesContext(connection) as statements:
        event = imported(orders=orders, refunds=refunds)
    own = [each for each in statements if "SAVEPOINT" not in each["sql"]]
    assert (len(own), len(event.order_ids), SalesEntry.objects.count()) == (2, count, 3 * count)


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_vendors_costs_no_statements(count: int) -> None:
    order = paid_order(*(Bought(variant=variant) for variant in VariantFactory.create_batch(count)))
    with transaction.atomic():
        post_sale(OrderPaid(order_id=order.pk))
    with CaptureQueriesContext(connection) as statements:
        record_sale(OrderPaid(order_id=order.pk))
    assert len(statements) == 1
    assert SalesEntry.objects.count() == 2 * count
