"""The ledger read by a vendor's people and by the platform."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import Order
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from payouts import checking
from payouts.models import Discrepancy, LedgerEntry, LedgerTransaction, Reconciliation
from payouts.operations.statements import make_statements
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, ShippingMethodFactory, buyable, paid_order
from tests.factories.promotions import PromotionFactory
from tests.factories.sold import part_of, sold
from tests.factories.vendors import VendorFactory, member_of
from tests.support import checkout
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

LEDGER = """query($slug: String!) { viewer { vendor(slug: $slug) {
  owed { amount currency }
  ledger { totalCount edges { node {
    kind account amount { amount currency } vendor { slug } vendorOrder { total { amount } net { amount } }
  } } }
} } }"""
SHARES = """query($slug: String!) { viewer { vendor(slug: $slug) {
  orders { edges { node { total { amount } commission { amount } net { amount } } } }
} } }"""
FUNDED = """{ viewer { vendor(slug: $slug) { orders { edges { node {
  discount { amount } vendorDiscount { amount } platformDiscount { amount } net { amount }
} } } } } }"""
MINE = """{ viewer { orders { edges { node { vendorOrders { edges { node {
  total { amount } commission { amount } net { amount }
} } } } } } } }"""
PLATFORM = """{ platform {
  ledger { edges { node { kind reference occurredAt entries { edges { node {
    account vendor { slug } amount { amount } vendorOrder { number }
  } } } } } }
  ledgerBalances { account balance { amount currency } }
} }"""
COMPARED = """{ platform {
  reconciliations { edges { node { provider outcome open healed discrepancies { edges { node { ref } } } } } }
  discrepancies { edges { node { kind status ref ours theirs orderNumber resolvedAt } } }
} }"""
STATEMENTS = """query($slug: String!) { viewer { vendor(slug: $slug) {
  statements { edges { node {
    name startsOn endOn opening { amount } closing { amount } held { amount } csvUrl pdfUrl
    lines { component amount { amount } } entries { edges { node { kind amount { amount } } } }
  } } }
  openStatement { startsAt opening { amount } closing { amount } lines { component amount { amount } } }
} } }"""
NODE = "query($id: ID!) { node(id: $id) { id } }"


def sell(*variants: Variant, currency: str = "EUR", unit_minor: int = 1000) -> Order:
    order = paid_order(
        *(Bought(variant=variant, unit_minor=unit_minor) for variant in variants), currency=currency
    )
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order


def variants() -> list[Variant]:
    """One of Clay's and one of Wood's."""
    return [
        VariantFactory.create(product__vendor__slug=slug, product__vendor__name=slug.title())
        for slug in ("clay", "wood")
    ]


def edges(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def test_a_vendor_reads_what_it_is_owed_and_why() -> None:
    clay, wood = variants()
    sell(clay, wood)
    sell(clay, currency="JPY", unit_minor=1255)
    account = GraphQL(member_of(clay.vendor, VendorRole.FINANCE)).ask(LEDGER, slug="clay")["viewer"]["vendor"]
    yen, euro = {"amount": "1129", "currency": "JPY"}, {"amount": "9.00", "currency": "EUR"}
    assert account["owed"] == [euro, yen]
    assert (account["ledger"]["totalCount"], edges(account["ledger"])) == (
        2,
        [
            {
                "kind": "SALE",
                "account": "VENDOR_PAYABLE",
                "amount": money,
                "vendor": {"slug": "clay"},
                "vendorOrder": {"total": {"amount": total}, "net": {"amount": money["amount"]}},
            }
            for money, total in ((yen, "1255"), (euro, "10.00"))
        ],
    )


def test_what_a_buyer_pays_is_what_the_books_say_its_vendors_have() -> None:
    clay, wood = (
        buyable(vendor=VendorFactory.create(slug=slug), price_minor=price)
        for slug, price in (("clay", 5000), ("wood", 645))
    )
    for variant in (clay, wood):
        ShippingMethodFactory.create(vendor=variant.vendor, price_minor=490)
    buyer = GraphQL()
    checkout.fill(buyer, clay, wood)
    placed = checkout.place(buyer)
    assert placed["order"]["total"]["amount"] == "66.25"
    assert LedgerTransaction.objects.count() == 0
    checkout.pay_with(buyer, placed)
    assert checkout.confirm(buyer, placed)["order"]["status"] == "PAID"
    accounts = {
        variant.vendor.slug: GraphQL(member_of(variant.vendor)).ask(LEDGER, slug=variant.vendor.slug)
        for variant in (clay, wood)
    }
    assert {slug: each["viewer"]["vendor"]["owed"][0]["amount"] for slug, each in accounts.items()} == {
        "clay": "49.90",
        "wood": "10.71",  # 6.45 and 4.90, less 0.64
    }
    assert [fault for _, faults in checking.check() for fault in faults] == []


def test_a_role_without_finances_gets_nulls_and_codes() -> None:
    clay, _ = variants()
    sell(clay)
    body = GraphQL(member_of(clay.vendor, VendorRole.SUPPORT)).send(LEDGER, slug="clay").json()
    assert body["data"] == {"viewer": {"vendor": {"owed": None, "ledger": None}}}
    assert [(error["path"][-1], error["extensions"]["code"]) for error in body["errors"]] == [
        ("owed", "NOT_PERMITTED"),
        ("ledger", "NOT_PERMITTED"),
    ]


def test_an_entry_is_there_for_its_vendor_and_the_platform_alone() -> None:
    clay, wood = variants()
    sell(clay, wood)
    entry = encode_id("LedgerEntry", LedgerEntry.objects.get(account__vendor=clay.vendor).pk)
    whole = encode_id("LedgerTransaction", LedgerTransaction.objects.get().pk)
    seen = {
        name: [GraphQL(user).ask(NODE, id=each)["node"] is not None for each in (entry, whole)]
        for name, user in {
            "finance": member_of(clay.vendor, VendorRole.FINANCE),
            "support": member_of(clay.vendor, VendorRole.SUPPORT),
            "another vendor": member_of(wood.vendor),
            "staff": UserFactory.create(is_staff=True, is_superuser=True),
            "nobody": None,
        }.items()
    }
    assert seen == {
        "finance": [True, False],
        "support": [False, False],
        "another vendor": [False, False],
        "staff": [True, True],
        "nobody": [False, False],
    }


def test_the_platform_reads_the_whole_ledger() -> None:
    clay, wood = variants()
    order = sell(clay, wood)
    platform = GraphQL(UserFactory.create(is_staff=True, is_superuser=True)).ask(PLATFORM)["platform"]
    (made,) = edges(platform["ledger"])
    assert (made["kind"], made["reference"]) == ("SALE", f"sale:{order.uuid}")
    assert sorted(
        (node["account"], (node["vendor"] or {}).get("slug"), node["amount"]["amount"])
        for node in edges(made["entries"])
    ) == [
        ("BUYER_CLEARING", None, "-20.00"),
        ("COMMISSION", None, "2.00"),
        ("VENDOR_PAYABLE", "clay", "9.00"),
        ("VENDOR_PAYABLE", "wood", "9.00"),
    ]
    assert platform["ledgerBalances"] == [
        {"account": account, "balance": {"amount": amount, "currency": "EUR"}}
        for account, amount in (
            ("BUYER_CLEARING", "-20.00"),
            ("COMMISSION", "2.00"),
            ("VENDOR_PAYABLE", "18.00"),
        )
    ]


def test_a_vendors_order_says_what_remains_of_it() -> None:
    clay, wood = variants()
    sell(clay, wood)
    answer = GraphQL(member_of(clay.vendor)).ask(SHARES, slug="clay")
    assert edges(answer["viewer"]["vendor"]["orders"]) == [
        {"total": {"amount": "10.00"}, "commission": {"amount": "1.00"}, "net": {"amount": "9.00"}}
    ]


def test_a_vendor_is_told_who_pays_for_a_discount_and_remains_with_what_it_is_owed() -> None:
    clay = buyable()
    PromotionFactory.create(title="By the platform")
    PromotionFactory.create(vendor=clay.vendor, kind="amount", amount_minor=200, currency="EUR")
    part = part_of(sold(clay))
    asked = FUNDED.replace("$slug", f'"{clay.vendor.slug}"')
    (told,) = edges(GraphQL(member_of(clay.vendor)).ask(asked)["viewer"]["vendor"]["orders"])
    assert {name: each["amount"] for name, each in told.items()} == {
        "discount": "2.80",
        "vendorDiscount": "2.00",
        "platformDiscount": "0.80",
        "net": "7.20",
    }
    owed = LedgerEntry.objects.get(vendor_order=part, account__vendor=clay.vendor)
    assert owed.amount_minor == 720
    unpaid = GraphQL(member_of(clay.vendor, VendorRole.SUPPORT)).send(asked).json()
    assert {error["path"][-1] for error in unpaid["errors"]} == {"vendorDiscount", "platformDiscount", "net"}


def test_what_a_vendor_pays_the_platform_is_not_for_its_buyer() -> None:
    clay, wood = variants()
    order = sell(clay, wood)
    buyer = UserFactory.create()
    Order.objects.filter(pk=order.pk).update(billing_profile=buyer.billing_profile)
    body = GraphQL(buyer).send(MINE).json()
    (mine,) = edges(body["data"]["viewer"]["orders"])
    assert (
        edges(mine["vendorOrders"]) == [{"total": {"amount": "10.00"}, "commission": None, "net": None}] * 2
    )
    assert {error["extensions"]["code"] for error in body["errors"]} == {"NOT_PERMITTED"}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("document", "expected"), [(LEDGER, 9), (SHARES, 6)])
def test_a_vendors_lists_take_a_constant_number_of_statements(
    document: str, expected: int, count: int
) -> None:
    clay, _ = variants()
    for _ in range(count):
        sell(clay)
    client = GraphQL(member_of(clay.vendor))
    with CaptureQueriesContext(connection) as statements:
        client.ask(document, slug="clay")
    assert len(statements) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_the_platforms_ledger_takes_a_constant_number_of_statements(count: int) -> None:
    sold = variants()
    for _ in range(count):
        sell(*sold)
    client = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    with CaptureQueriesContext(connection) as statements:
        client.ask(PLATFORM)
    assert len(statements) == 5  # session, user, transactions, entries, balances


def test_finance_reads_what_differs_from_the_providers_books_and_support_does_not() -> None:
    order = sold()
    run = Reconciliation.objects.create(provider="sandbox", since_at=order.placed_at, open=1)
    Discrepancy.objects.create(
        reconciliation=run,
        provider="sandbox",
        kind="payment_second",
        ref="pi_2",
        order=order,
        ours="nothing",
        theirs="succeeded 10.00 EUR",
        looked_back_to_at=run.since_at,
    )
    told = GraphQL(with_role("Finance")).ask(COMPARED)["platform"]
    (compared,) = edges(told["reconciliations"])
    assert (compared["outcome"], edges(compared["discrepancies"])) == ("RUNNING", [{"ref": "pi_2"}])
    (differs,) = edges(told["discrepancies"])
    assert (differs["kind"], differs["orderNumber"]) == ("PAYMENT_SECOND", order.number)
    assert (differs["status"], differs["resolvedAt"]) == ("OPEN", None)
    body = GraphQL(with_role("Support")).send(COMPARED).json()
    assert body["data"]["platform"] == {"reconciliations": None, "discrepancies": None}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"NOT_PERMITTED"}


def test_a_vendor_reads_its_statements_month_by_month() -> None:
    with clock.at(datetime(2026, 1, 10, tzinfo=UTC)):
        part = part_of(sold(buyable(price_minor=10_000)))
    owner = GraphQL(member_of(part.vendor))
    counts = []
    for day in (date(2026, 2, 2), date(2026, 4, 2)):
        with clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC)):
            make_statements()
        with CaptureQueriesContext(connection) as captured:
            vendor = owner.ask(STATEMENTS, slug=part.vendor.slug)["viewer"]["vendor"]
        counts.append(len(captured))
    march, _, january = edges(vendor["statements"])
    assert january["name"] == "statement-2026-01-EUR"
    assert january["pdfUrl"].endswith(f"/account/vendors/{part.vendor.slug}/statement-2026-01-EUR.pdf")
    assert (january["opening"], january["closing"]) == ({"amount": "0.00"}, {"amount": "90.00"})
    assert january["lines"] == [
        {"component": "SALES", "amount": {"amount": "100.00"}},
        {"component": "COMMISSION", "amount": {"amount": "-10.00"}},
    ]
    assert edges(january["entries"]) == [{"kind": "SALE", "amount": {"amount": "90.00"}}]
    assert (march["opening"], march["lines"]) == ({"amount": "90.00"}, [])
    assert vendor["openStatement"] == {
        "startsAt": "2026-03-31T22:00:00+00:00",
        "opening": {"amount": "90.00"},
        "closing": {"amount": "90.00"},
        "lines": [],
    }
    # Two a month: its sums, and its entries.
    assert counts[1] - counts[0] == 2 * 2


def test_who_may_not_see_the_finances_sees_no_statement() -> None:
    vendor = VendorFactory.create()
    packer = GraphQL(member_of(vendor, VendorRole.FULFILMENT))
    assert packer.codes(STATEMENTS, slug=vendor.slug) == ["NOT_PERMITTED", "NOT_PERMITTED"]
