"""What a paid order leaves in the books, whatever was in it."""

import re
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import (
    Order,
    OrderLine,
    Payment,
    PaymentState,
    PaymentStatus,
    RefundReason,
    VendorOrder,
)
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.kernel.events import publish
from marketplace.kernel.money import Money
from payouts import checking
from payouts.models import (
    Commission,
    CommissionAmount,
    CommissionRule,
    LedgerEntry,
    LedgerTransaction,
    TransactionKind,
)
from payouts.operations.sales import post_sale
from payouts.selectors import payable, trial_balance
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.rules import rule_of
from tests.factories.vendors import VendorFactory
from tests.support import tree
from tests.support.examples import seldom

pytestmark = pytest.mark.django_db


def settled(order: Order) -> Order:
    """Publish that the order is paid, as the operation that settles it does."""
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order


def variant_of(name: str) -> Variant:
    made: Variant = VariantFactory.create(
        product=ProductFactory.create(vendor=VendorFactory.create(name=name))
    )
    return made


def posted(order: Order, kind: TransactionKind = TransactionKind.SALE) -> dict[str, str]:
    """The amounts of an order's posting, by account as docs/ledger.md writes it."""
    entries = LedgerEntry.objects.filter(transaction__order=order, transaction__kind=kind)
    entries = entries.select_related("account__vendor")
    return {
        " ".join([f"`{entry.account.kind}`", *([owner.name] if (owner := entry.account.vendor) else [])]): (
            entry.amount.amount
        )
        for entry in entries
    }


def worked(heading: str, *, rows: int) -> dict[str, str]:
    """The table of postings under a heading of docs/ledger.md."""
    _, _, rest = tree.text(Path("docs/ledger.md")).partition(f"## {heading}\n")
    section, _, _ = rest.partition("\n## ")
    found = re.findall(r"^\| (`\w+`(?: \w+)?) \| (-?[\d.]+) \|$", section, re.MULTILINE)
    assert len(found) == rows
    return dict(found)


def test_the_worked_posting_of_the_document_is_what_is_posted() -> None:
    clay, wood = variant_of("Clay"), variant_of("Wood")
    order = paid_order(
        Bought(variant=clay, unit_minor=10_000),
        Bought(variant=wood, unit_minor=215, quantity=3),
        shipping_minor={clay.vendor_id: 2000, wood.vendor_id: 490},
        tax_bps=1900,
    )
    settled(order)
    assert posted(order) == worked("A sale, worked", rows=4)


def _pot() -> Order:
    """The pot of the document, sold."""
    paid_order(Bought(variant=variant_of("Clay"), unit_minor=11_900))
    amounts = {"discount_minor": 1190, "platform_discount_minor": 1190, "tax_included_minor": 1710}
    Order.objects.update(**amounts, total_minor=10_710)
    VendorOrder.objects.update(**amounts, total_minor=10_710, tax_remitted_minor=1710)
    OrderLine.objects.update(**amounts, tax_remitted_minor=1710)
    return settled(Order.objects.get())


def test_what_the_platform_pays_and_remits_is_posted_as_the_document_says() -> None:
    order = _pot()
    assert posted(order) == worked("A sale with a discount and tax that the platform pays, worked", rows=5)
    assert [fault for _, faults in checking.check() for fault in faults] == []


def test_a_refund_is_posted_as_the_document_says() -> None:
    order = _pot()
    Payment.objects.create(
        order=order,
        provider="sandbox",
        provider_ref="pi_pot",
        amount_minor=order.total_minor,
        currency=order.currency,
        status=PaymentStatus.SUCCEEDED,
    )
    refund_vendor_order(
        part=order.vendor_orders.get(),
        asked=Asked(amount=Money(5355, "EUR")),
        reason=RefundReason.GOODWILL,
        actor=None,
    )
    assert posted(order, TransactionKind.REFUND) == worked("A refund, worked", rows=5)
    assert [fault for _, faults in checking.check() for fault in faults] == []


def test_h5_shipping_carries_no_commission() -> None:
    variant = variant_of("Clay")
    settled(paid_order(Bought(variant=variant, unit_minor=10_000), shipping_minor={variant.vendor_id: 2000}))
    assert payable(variant.vendor) == [Money(11_000, "EUR")]


def test_a_later_rate_changes_no_past_order() -> None:
    variant = variant_of("Clay")
    first = settled(paid_order(Bought(variant=variant)))
    with override_settings(COMMISSION_BPS=3000):
        settled(paid_order(Bought(variant=variant)))
        settled(first)
    assert [(each.rate_bps, each.amount_minor) for each in Commission.objects.order_by("pk")] == [
        (1000, 100),
        (3000, 300),
    ]


def test_an_order_that_is_paid_twice_is_posted_once() -> None:
    order = paid_order(Bought(variant=variant_of("Clay")))
    settled(settled(order))
    assert (LedgerTransaction.objects.count(), Commission.objects.count()) == (1, 1)


def test_the_posting_says_what_it_is_about() -> None:
    paid_at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    order = settled(paid_order(Bought(variant=variant_of("Clay")), paid_at=paid_at))
    made = LedgerTransaction.objects.get()
    assert (made.order, made.reference, made.occurred_at) == (order, f"sale:{order.uuid}", paid_at)
    about = made.entries.filter(vendor_order__isnull=False).values_list("vendor_order", flat=True)
    assert list(about) == [order.vendor_orders.get().pk]


def test_an_order_that_is_not_paid_is_not_posted() -> None:
    order = paid_order(Bought(variant=variant_of("Clay")))
    Order.objects.update(payment_state=PaymentState.PENDING, paid_at=None)
    with pytest.raises(ValueError, match="is not paid"):
        settled(order)
    assert LedgerTransaction.objects.count() == 0


def test_an_order_of_nothing_leaves_its_posting_without_entries() -> None:
    settled(paid_order(Bought(variant=variant_of("Clay"), unit_minor=0)))
    assert (LedgerTransaction.objects.count(), LedgerEntry.objects.count()) == (1, 0)


def _taxed() -> Order:
    """Two pots of the document, sold under a rule."""
    clay = variant_of("Clay")
    rule_of(clay.vendor, rate_bps=1000, tax_bps=1900, amounts={"EUR": (30, 0, None)}, name="Clay's deal")
    return settled(paid_order(Bought(variant=clay, unit_minor=2000, quantity=2)))


def test_tax_on_the_commission_is_posted_as_the_document_says() -> None:
    order = _taxed()
    assert posted(order) == worked("A sale with tax on the commission, worked", rows=4)
    assert [fault for _, faults in checking.check() for fault in faults] == []


def test_what_decided_is_kept_with_the_commission() -> None:
    line = _taxed().vendor_orders.get().lines.get()
    kept = line.commission
    assert (kept.rule, kept.rule_name) == (CommissionRule.objects.get(), "Clay's deal")
    assert kept.matched == {"vendors": "Clay"}
    terms = (kept.rate_bps, kept.fixed_minor, kept.floor_minor, kept.cap_minor, kept.tax_bps)
    assert terms == (1000, 30, 0, None, 1900)
    assert (kept.base_minor, kept.amount_minor, kept.tax_minor) == (4000, 460, 87)


def test_each_line_has_its_own_rule_or_the_rate_of_all() -> None:
    clay, wood = variant_of("Clay"), variant_of("Wood")
    rule_of(clay.product.category, rate_bps=500, name="Category")
    rule_of(price_currency="EUR", price_from_minor=5000, rate_bps=300, name="Dear")
    order = paid_order(
        *(Bought(variant=variant, unit_minor=price) for variant in (clay, wood) for price in (1000, 9000))
    )
    settled(order)
    kept = Commission.objects.order_by("order_line")
    assert sorted((each.rule_name, each.amount_minor) for each in kept) == [
        ("", 100),
        ("Category", 50),
        ("Category", 450),
        ("Dear", 270),
    ]


def test_h30_no_change_of_a_rule_changes_a_past_order() -> None:
    first = _taxed()
    before = list(Commission.objects.values())
    CommissionRule.objects.update(rate_bps=9000, name="Other", position=1)
    CommissionAmount.objects.all().delete()
    settled(first)
    CommissionRule.objects.update(archived_at=first.paid_at, is_active=False)
    settled(first)
    with pytest.raises(ProtectedError):
        CommissionRule.objects.all().delete()
    assert list(Commission.objects.values()) == before
    assert [fault for _, faults in checking.check() for fault in faults] == []


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_vendors_costs_no_statements(count: int) -> None:
    variants = [variant_of(f"Vendor {number}") for number in range(count)]
    for variant in variants:
        rule_of(variant.vendor, variant.product, variant.product.category, amounts={"EUR": (1, 0, None)})
    settled(paid_order(*(Bought(variant=variant) for variant in variants)))
    order = paid_order(*(Bought(variant=variant) for variant in variants))
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        post_sale(OrderPaid(order_id=order.pk))
    assert len(statements) == 6  # lines, rules, commissions, the three of the ledger


@pytest.mark.deep
def test_a_thousand_rules_cost_one_statement(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints how long an order of 5 vendors with 10 lines each takes, all of whose lines rules are about."""
    vendors, categories = VendorFactory.create_batch(5), CategoryFactory.create_batch(10)
    products = [
        ProductFactory.create(vendor=vendor, category=category)
        for vendor in vendors
        for category in categories
    ]
    variants = [VariantFactory.create(product=product) for product in products]
    others = VendorFactory.create_batch(50)
    for number in range(250):
        amounts = {"EUR": (number, 0, None), "USD": (number, 0, None)}
        product = products[number % 50]
        for about in ([others[number % 50]], [product], [product.category, product.vendor], [product.vendor]):
            rule_of(*about, rate_bps=number, amounts=amounts)
    took = []
    for _ in range(11):
        order = paid_order(*(Bought(variant=variant, quantity=2) for variant in variants))
        with transaction.atomic(), CaptureQueriesContext(connection) as statements:
            started = time.perf_counter()
            post_sale(OrderPaid(order_id=order.pk))
            took.append((time.perf_counter() - started) * 1000)
    assert (len(statements), Commission.objects.exclude(rule=None).count()) == (6, 11 * 50)
    with capsys.disabled():
        told = f"{statistics.median(took):.0f} ms, {min(took):.0f} at least"
        sys.stdout.write(f"\na sale of 50 lines under 1,000 rules: {told}\n")


LINES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 10**9), st.integers(1, 5), st.integers(0, 100)),
    min_size=1,
    max_size=6,
)
SALES = st.lists(
    st.tuples(
        st.sampled_from(["USD", "JPY", "KWD"]),
        LINES,
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.integers(0, 5000),
    ),
    min_size=1,
    max_size=3,
)


class Histories(TestCase):
    """Whatever is sold, the books are right."""

    @seldom
    @given(SALES)
    def test_the_books_are_right(
        self, sales: list[tuple[str, list[tuple[int, int, int, int]], int, int, int]]
    ) -> None:
        variants = VariantFactory.create_batch(4)
        for currency, lines, rate, tax, shipping in sales:
            order = paid_order(
                *(
                    Bought(
                        variant=variants[vendor],
                        unit_minor=unit,
                        quantity=quantity,
                        discount_minor=unit * quantity * percent // 100,
                    )
                    for vendor, unit, quantity, percent in lines
                ),
                currency=currency,
                shipping_minor={variant.vendor_id: shipping for variant in variants},
                tax_bps=tax,
            )
            with override_settings(COMMISSION_BPS=rate):
                settled(order)
            self.assert_shares_are_what_was_paid(order)
        assert [fault for _, faults in checking.check() for fault in faults] == []
        for currency in {sale[0] for sale in sales}:
            balances = [money for _, money in trial_balance() if money.currency == currency]
            assert Money.total(balances, currency) == Money.zero(currency)

    def assert_shares_are_what_was_paid(self, order: Order) -> None:
        entries = LedgerEntry.objects.filter(transaction__order=order)
        shares = sum(entry.amount_minor for entry in entries.filter(account__vendor__isnull=False))
        kept = sum(
            each.amount_minor for each in Commission.objects.filter(order_line__vendor_order__order=order)
        )
        assert shares + kept == order.total_minor
        assert OrderLine.objects.filter(vendor_order__order=order, commission=None).count() == 0
