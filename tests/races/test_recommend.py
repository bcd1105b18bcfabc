"""One buyer's payments at the same moment."""

import pytest
from django.db import IntegrityError, transaction

from checkout.events import OrderPaid
from checkout.models import Order
from marketplace.accounts.models import BillingProfile
from recommend import operations
from recommend.models import Purchase
from recommend.operations import record_purchases
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import listed
from tests.factories.recommend import order_of
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def _orders() -> tuple[BillingProfile, list[Order]]:
    """Orders of one buyer: all of the same product, and each of one of its own."""
    profile, shared = BillingProfileFactory.create(), listed()
    return profile, [order_of(profile, shared, listed()) for _ in range(AT_ONCE)]


def _pay(orders: list[Order]) -> list[type]:
    def pay(order: Order) -> None:
        with transaction.atomic():
            record_purchases(OrderPaid(order_id=order.pk))

    outcomes = at_once(*(lambda order=order: pay(order) for order in orders))
    return sorted(map(type, outcomes), key=str)


def test_payments_of_one_buyer_at_once_record_each_purchase_once() -> None:
    profile, orders = _orders()
    assert _pay(orders) == [type(None)] * AT_ONCE
    assert Purchase.objects.filter(billing_profile=profile).count() == AT_ONCE + 1


def test_one_order_paid_at_once_records_each_purchase_once() -> None:
    profile, orders = _orders()
    assert _pay([orders[0]] * AT_ONCE) == [type(None)] * AT_ONCE
    assert Purchase.objects.filter(billing_profile=profile).count() == 2


def test_without_the_clause_only_one_of_the_payments_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    insert, clause, _ = operations._RECORD.partition("ON CONFLICT")
    assert clause
    monkeypatch.setattr(operations, "_RECORD", insert)
    profile, orders = _orders()
    assert _pay(orders) == [type(None)] + [IntegrityError] * (AT_ONCE - 1)
    assert Purchase.objects.filter(billing_profile=profile).count() == 2
