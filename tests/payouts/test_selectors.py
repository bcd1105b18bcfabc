"""The books as they are read."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import VendorOrder
from marketplace.kernel.events import publish
from marketplace.kernel.money import Money
from payouts import selectors
from payouts.models import AccountKind
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def sell(*variants: Variant, unit_minor: int = 1000, currency: str = "EUR", is_settled: bool = True) -> None:
    order = paid_order(
        *(Bought(variant=variant, unit_minor=unit_minor) for variant in variants), currency=currency
    )
    if is_settled:
        with transaction.atomic():
            publish(OrderPaid(order_id=order.pk))


def test_nothing_is_owed_to_who_has_sold_nothing() -> None:
    assert selectors.payable(VendorFactory.create(currency="JPY")) == [Money.zero("JPY")]


def test_what_is_owed_is_said_by_currency_the_vendors_own_first() -> None:
    variant, other = VariantFactory.create_batch(2)
    for currency in ("AUD", "EUR", "EUR"):
        sell(variant, other, currency=currency)
    with CaptureQueriesContext(connection) as statements:
        owed = selectors.payable(variant.vendor)
    assert owed == [Money(1800, "EUR"), Money(900, "AUD")]
    assert len(statements) == 1


def test_a_vendor_reads_its_own_entries_newest_first() -> None:
    variant, other = VariantFactory.create_batch(2)
    sell(variant, other, unit_minor=1000)
    sell(variant, unit_minor=2000)
    sell(other)
    assert [
        entry.amount for entry in selectors.entries_of_vendor(variant.vendor).select_related("account")
    ] == [
        Money(1800, "EUR"),
        Money(900, "EUR"),
    ]
    assert selectors.transactions().count() == 3


def test_the_trial_balance_is_by_kind_and_currency() -> None:
    variant, other = VariantFactory.create_batch(2)
    sell(variant, other, unit_minor=1000)
    sell(variant, unit_minor=1255, currency="JPY")
    assert selectors.trial_balance() == [
        (AccountKind.BUYER_CLEARING, Money(-2000, "EUR")),
        (AccountKind.COMMISSION, Money(200, "EUR")),
        (AccountKind.VENDOR_PAYABLE, Money(1800, "EUR")),
        (AccountKind.BUYER_CLEARING, Money(-1255, "JPY")),
        (AccountKind.COMMISSION, Money(126, "JPY")),
        (AccountKind.VENDOR_PAYABLE, Money(1129, "JPY")),
    ]


def test_a_vendors_order_knows_its_commission_once_it_is_paid() -> None:
    variant, other = VariantFactory.create_batch(2)
    sell(variant, variant, other)
    sell(variant, is_settled=False)
    orders = selectors.with_commission(VendorOrder.objects.order_by("pk"))
    assert [getattr(each, "commission_minor") for each in orders] == [200, 100, 0]  # noqa: B009  # annotated
