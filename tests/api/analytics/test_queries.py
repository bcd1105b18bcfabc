"""Reports read by a vendor's people and by the platform."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.events import OrderPaid
from marketplace.kernel.events import publish
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

FIGURES = """gross { amount currency } refunds { amount } discounts { amount } revenue { amount }
  shipping { amount } commission { amount } net { amount } tax { amount } orders units"""
INCOME = """query($by: Granularity!, $from: Date!, $to: Date!, $timezone: String, $currency: String) {
  viewer { vendor(slug: "clay") { income(
    by: $by, from: $from, to: $to, timezone: $timezone, currency: $currency
  ) { buckets { period startsOn FIGURES } totals { FIGURES } } } }
}""".replace("FIGURES", FIGURES)
PERIODS = """query($empty: Boolean!) { viewer { vendor(slug: "clay") { income(
  by: WEEK, from: "2026-12-15", to: "2027-01-05", withEmpty: $empty
) { buckets { period units } } } } }"""
SALES = """query($currency: String!, $timezone: String) { platform { sales(
  by: MONTH, from: "2026-01-01", to: "2027-01-01", currency: $currency, timezone: $timezone
) { buckets { period orders net { amount } } totals { orders units } } } }"""

TOP = """query($from: Date = "2026-01-01", $to: Date = "2027-01-01", $first: Int, $sortBy: Measure,
  $timezone: String, $currency: String) {
  viewer { vendor(slug: "clay") { topProducts(
    from: $from, to: $to, first: $first, sortBy: $sortBy, timezone: $timezone, currency: $currency
  ) { revenue { amount currency } gross { amount } units product { title vendor { slug } } } } }
}"""
PLATFORM_TOP = """query($first: Int) { platform { topProducts(
  from: "2026-01-01", to: "2027-01-01", currency: "EUR", first: $first
) { units product { slug } again: product { slug } } } }"""
BY_COUNTRY = """query($currency: String = "EUR") { platform { salesByCountry(
  from: "2026-01-01", to: "2027-01-01", currency: $currency
) { country orders units revenue { amount } net { amount } } } }"""


def sell(*variants: Variant, at: datetime, currency: str = "EUR") -> None:
    order = paid_order(
        *(Bought(variant=variant, discount_minor=100) for variant in variants),
        currency=currency,
        shipping_minor={variant.vendor_id: 490 for variant in variants},
        tax_bps=1900,
        paid_at=at,
    )
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))


@pytest.fixture
def clay() -> Variant:
    """A variant of Clay's, which cuts its days by the clocks of Berlin."""
    made: Variant = VariantFactory.create(
        product__vendor__slug="clay", product__vendor__timezone="Europe/Berlin"
    )
    return made


def income(client: GraphQL, **variables: object) -> Any:
    asked = {"by": "DAY", "from": "2026-03-29", "to": "2026-03-30"} | variables
    return client.ask(INCOME, **asked)["viewer"]["vendor"]["income"]


def test_a_vendor_reads_its_own_days_in_its_own_currency(clay: Variant) -> None:
    sell(
        clay, VariantFactory.create(), at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    )  # past midnight in Berlin
    sell(clay, at=datetime(2026, 3, 29, 22, 0, tzinfo=UTC))  # the next day
    figures = {
        "gross": {"amount": "10.00", "currency": "EUR"},
        "refunds": {"amount": "0.00"},
        "discounts": {"amount": "-1.00"},
        "revenue": {"amount": "9.00"},
        "shipping": {"amount": "4.90"},
        "commission": {"amount": "-0.90"},
        "net": {"amount": "13.00"},
        "tax": {"amount": "2.64"},
        "orders": 1,
        "units": 1,
    }
    assert income(GraphQL(member_of(clay.vendor, VendorRole.FINANCE))) == {
        "buckets": [{"period": "2026-03-29", "startsOn": "2026-03-29", **figures}],
        "totals": figures,
    }


def test_another_zone_and_currency_can_be_asked_for(clay: Variant) -> None:
    sell(clay, at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    sell(clay, at=datetime(2026, 3, 29, 12, 0, tzinfo=UTC), currency="JPY")
    client = GraphQL(member_of(clay.vendor))
    assert income(client, timezone="UTC")["buckets"] == []
    totals = income(client, timezone="UTC", currency="JPY")["totals"]
    assert totals["gross"] == {"amount": "1000", "currency": "JPY"}


def test_empty_periods_come_when_asked_for(clay: Variant) -> None:
    sell(clay, at=datetime(2026, 12, 31, 12, tzinfo=UTC))
    client = GraphQL(member_of(clay.vendor))
    buckets = [
        client.ask(PERIODS, empty=empty)["viewer"]["vendor"]["income"]["buckets"] for empty in (False, True)
    ]
    assert buckets == [
        [{"period": "2026-W53", "units": 1}],
        [
            {"period": "2026-W51", "units": 0},
            {"period": "2026-W52", "units": 0},
            {"period": "2026-W53", "units": 1},
            {"period": "2027-W01", "units": 0},
        ],
    ]


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"currency": "euro"}, "currency"),
        ({"to": "2026-03-29"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"to": "2036-03-29"}, "to"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(
    clay: Variant, variables: dict[str, str], field: str
) -> None:
    asked = {"by": "DAY", "from": "2026-03-29", "to": "2026-03-30"} | variables
    body = GraphQL(member_of(clay.vendor)).send(INCOME, **asked).json()
    assert body["data"]["viewer"]["vendor"] == {"income": None}
    assert [error["extensions"] for error in body["errors"]] == [{"code": "INVALID_INPUT", "field": field}]


def test_a_role_without_finances_gets_null_and_a_code(clay: Variant) -> None:
    client = GraphQL(member_of(clay.vendor, VendorRole.CATALOGUE))
    body = client.send(PERIODS, empty=False).json()
    assert body["data"] == {"viewer": {"vendor": {"income": None}}}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["NOT_PERMITTED"]


def test_the_platform_reads_the_sales_of_all_vendors_in_one_currency(clay: Variant) -> None:
    sell(clay, VariantFactory.create(), at=datetime(2026, 5, 31, 23, 30, tzinfo=UTC))
    sell(clay, at=datetime(2026, 5, 1, tzinfo=UTC), currency="USD")
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    assert staff.ask(SALES, currency="EUR")["platform"]["sales"] == {
        "buckets": [{"period": "2026-05", "orders": 1, "net": {"amount": "26.00"}}],
        "totals": {"orders": 1, "units": 2},
    }
    (june,) = staff.ask(SALES, currency="EUR", timezone="Europe/Paris")["platform"]["sales"]["buckets"]
    assert june["period"] == "2026-06"
    assert GraphQL(member_of(clay.vendor)).ask(SALES, currency="EUR") == {"platform": None}


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_takes_a_constant_number_of_statements(clay: Variant, count: int) -> None:
    for day in range(1, count + 1):
        sell(clay, at=datetime(2026, 5, day, 12, tzinfo=UTC))
    client = GraphQL(member_of(clay.vendor))
    with CaptureQueriesContext(connection) as statements:
        buckets = income(client, **{"from": "2026-05-01", "to": "2026-06-01"})["buckets"]
    assert (len(statements), len(buckets)) == (5, count)  # session, user, vendor, permissions, report


def test_a_vendor_reads_what_sold_best(clay: Variant) -> None:
    vase = VariantFactory.create(product__vendor=clay.vendor, product__title="Vase")
    sell(clay, VariantFactory.create(), at=datetime(2026, 5, 1, tzinfo=UTC))
    sell(vase, vase, at=datetime(2026, 5, 2, tzinfo=UTC))
    sell(clay, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # past midnight in Berlin
    client = GraphQL(member_of(clay.vendor, VendorRole.FINANCE))
    best = client.ask(TOP, first=1)["viewer"]["vendor"]["topProducts"]
    assert best == [
        {
            "revenue": {"amount": "18.00", "currency": "EUR"},
            "gross": {"amount": "20.00"},
            "units": 2,
            "product": {"title": "Vase", "vendor": {"slug": "clay"}},
        }
    ]
    in_utc = client.ask(TOP, timezone="UTC", sortBy="UNITS")["viewer"]["vendor"]["topProducts"]
    assert [each["units"] for each in in_utc] == [2, 2]


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"currency": "euro"}, "currency"),
        ({"to": "2026-01-01"}, "to"),
        ({"first": 0}, "first"),
        ({"first": -1}, "first"),
    ],
)
def test_what_sold_best_is_not_told_of_nonsense(clay: Variant, variables: dict[str, Any], field: str) -> None:
    body = GraphQL(member_of(clay.vendor)).send(TOP, **variables).json()
    assert body["data"]["viewer"]["vendor"] == {"topProducts": None}
    assert [error["extensions"] for error in body["errors"]] == [{"code": "INVALID_INPUT", "field": field}]


def test_what_sold_best_is_a_matter_of_finances(clay: Variant) -> None:
    body = GraphQL(member_of(clay.vendor, VendorRole.CATALOGUE)).send(TOP).json()
    assert body["data"] == {"viewer": {"vendor": {"topProducts": None}}}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["NOT_PERMITTED"]


def test_the_platform_reads_what_sold_best_of_all_and_to_where(clay: Variant) -> None:
    other = VariantFactory.create()
    sell(clay, other, at=datetime(2026, 5, 1, tzinfo=UTC))
    sell(clay, at=datetime(2026, 5, 2, tzinfo=UTC))
    sell(clay, at=datetime(2026, 5, 2, tzinfo=UTC), currency="USD")
    staff = GraphQL(UserFactory.create(is_staff=True, is_superuser=True))
    best = staff.ask(PLATFORM_TOP)["platform"]["topProducts"]
    assert [(each["units"], each["product"], each["again"]) for each in best] == [
        (2, {"slug": clay.product.slug}, {"slug": clay.product.slug}),
        (1, {"slug": other.product.slug}, {"slug": other.product.slug}),
    ]
    nowhere = {"country": None, "orders": 2, "units": 3}
    assert staff.ask(BY_COUNTRY)["platform"]["salesByCountry"] == [
        {**nowhere, "revenue": {"amount": "27.00"}, "net": {"amount": "39.00"}}
    ]
    assert staff.codes(BY_COUNTRY, currency="euro") == ["INVALID_INPUT"]
    member = GraphQL(member_of(clay.vendor))
    assert (member.ask(BY_COUNTRY), member.ask(PLATFORM_TOP)) == ({"platform": None}, {"platform": None})


@pytest.mark.parametrize("count", [1, 3])
def test_what_sold_best_takes_a_constant_number_of_statements(clay: Variant, count: int) -> None:
    sell(
        *(VariantFactory.create(product__vendor=clay.vendor) for _ in range(count)),
        at=datetime(2026, 5, 1, 12, tzinfo=UTC),
    )
    client, staff = (
        GraphQL(member_of(clay.vendor)),
        GraphQL(UserFactory.create(is_staff=True, is_superuser=True)),
    )
    with CaptureQueriesContext(connection) as statements:
        best = client.ask(TOP)["viewer"]["vendor"]["topProducts"]
    assert (len(statements), len(best)) == (6, count)  # session, user, vendor, permissions, report, products
    with CaptureQueriesContext(connection) as statements:
        staff.ask(PLATFORM_TOP)
    assert len(statements) == 5  # session, user, report, and the products by each name they are asked by
    with CaptureQueriesContext(connection) as statements:
        staff.ask(BY_COUNTRY)
    assert len(statements) == 3  # session, user, report


def test_many_products_cost_more_than_few_and_too_many_are_refused(clay: Variant) -> None:
    client = GraphQL(member_of(clay.vendor))
    few, many = (client.send(TOP, first=first).json()["extensions"]["cost"] for first in (5, 100))
    assert many["requested"] - few["requested"] == 19 * 14
    assert client.codes(TOP, first=101) == ["PAGE_TOO_LARGE"]
