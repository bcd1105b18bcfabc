"""Purchases come of paid orders, each once."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from checkout.events import OrderPaid
from checkout.models import OrderLine
from marketplace.accounts.models import BillingProfile
from marketplace.kernel.events import publish
from recommend.models import Purchase
from recommend.operations import record_purchases
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
