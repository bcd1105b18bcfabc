"""Purchases come of paid orders, each once."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from checkout.events import HistoryImported, OrderPaid
from checkout.models import Order, OrderLine
from marketplace.accounts.models import BillingProfile
from marketplace.kernel.clock import now
from marketplace.kernel.events import publish
from recommend.live import KEPT_REMOVALS
from recommend.models import Purchase, Removal
from recommend.operations import forget_removals, record_past_purchases, record_purchases
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import listed
from tests.factories.recommend import order_of

pytestmark = pytest.mark.django_db


def bought(profile: BillingProfile) -> dict[str, datetime]:
    rows = Purchase.objects.filter(billing_profile=profile)
    return dict(rows.values_list("product__slug", "first_bought_at"))


def test_a_paid_order_makes_a_purchase_of_each_product() -> None:
    other = BillingProfileFactory.create()
    profile = BillingProfileFactory.create()
    order = order_of(profile, listed(slug="hot"), listed(slug="tea"))
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    assert bought(profile) == {"hot": order.paid_at, "tea": order.paid_at}
    assert bought(other) == {}


def test_the_same_product_in_two_lines_is_one_purchase() -> None:
    order = order_of(BillingProfileFactory.create(), listed())
    line = OrderLine.objects.get()
    line.pk, line.characteristics = None, {"engraving": "Ada"}
    line.save()
    record_purchases(OrderPaid(order_id=order.pk))
    assert Purchase.objects.count() == 1


def test_what_is_bought_again_was_bought_the_first_time() -> None:
    profile, product = BillingProfileFactory.create(), listed(slug="tea")
    first, second = (order_of(profile, product) for _ in range(2))
    for order in (first, first, second):
        record_purchases(OrderPaid(order_id=order.pk))
    assert bought(profile) == {"tea": first.paid_at}


def test_nothing_bought_is_nothing_recorded() -> None:
    order = order_of(BillingProfileFactory.create(), listed())
    OrderLine.objects.update(quantity=0, amount_minor=0)
    record_purchases(OrderPaid(order_id=order.pk))
    assert Purchase.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_an_order_of_any_size_is_recorded_in_one_statement(count: int) -> None:
    order = order_of(BillingProfileFactory.create(), *(listed() for _ in range(count)))
    with CaptureQueriesContext(connection) as statements:
        record_purchases(OrderPaid(order_id=order.pk))
    assert (len(statements), Purchase.objects.count()) == (1, count)


def test_the_database_refuses_the_second_row_of_a_purchase() -> None:
    order = order_of(BillingProfileFactory.create(), listed())
    record_purchases(OrderPaid(order_id=order.pk))
    again = Purchase.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError, match="a_buyer_has_bought_a_product_once"), transaction.atomic():
        again.save()


def imported(*orders: Order) -> HistoryImported:
    return HistoryImported(order_ids=tuple(order.pk for order in orders), refund_ids=(), commission_bps=1000)


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_of_history_is_recorded_in_one_statement(count: int) -> None:
    tea, cup = listed(slug="tea"), listed(slug="cup")
    orders = [order_of(BillingProfileFactory.create(), tea, cup) for _ in range(count)]
    left_out = order_of(BillingProfileFactory.create(), tea)
    for _ in range(2):
        with CaptureQueriesContext(connection) as statements:
            record_past_purchases(imported(*orders))
        assert len(statements) == 1
    assert [bought(order.billing_profile) for order in orders] == [
        {"tea": order.paid_at, "cup": order.paid_at} for order in orders
    ]
    assert bought(left_out.billing_profile) == {}


def test_of_two_purchases_the_earlier_was_the_first_in_whatever_order_they_come() -> None:
    profile, product = BillingProfileFactory.create(), listed(slug="tea")
    earlier, later = (order_of(profile, product) for _ in range(2))
    record_purchases(OrderPaid(order_id=later.pk))
    record_past_purchases(imported(earlier, later))
    assert earlier.paid_at != later.paid_at
    assert bought(profile) == {"tea": earlier.paid_at}


def test_no_orders_are_no_purchases() -> None:
    record_past_purchases(imported())
    assert Purchase.objects.count() == 0


def test_notes_of_what_is_gone_are_kept_for_as_long_as_files_may_need_them() -> None:
    for days in (29, 31):
        Removal.objects.create(
            billing_profile_id=days,
            product_id=1,
            transaction_number=1,
            removed_at=now() - timedelta(days=days),
        )
    forget_removals(older_than=KEPT_REMOVALS)
    assert [note.billing_profile_id for note in Removal.objects.all()] == [29]
