"""A shop with returns and odd amounts: what its reports say over the API is the truth, to the cent."""

from decimal import Decimal
from typing import Any, Final

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.vendors import member_of
from tests.support import recorded
from tests.support.graphql import GraphQL
from vendors.models import Vendor

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

HISTORY: Final = "online_retail"
ALL: Final = {"from": "2010-01-01", "to": "2012-01-01"}

FIGURES = "orders units gross { amount } refunds { amount } revenue { amount } net { amount }"
INCOME = """query($slug: String!, $by: Granularity!, $from: Date!, $to: Date!) {
  viewer { vendor(slug: $slug) { income(by: $by, from: $from, to: $to, timezone: "UTC") {
    buckets { period FIGURES } totals { FIGURES }
  } } }
}""".replace("FIGURES", FIGURES)
TOP = """query($slug: String!, $from: Date!, $to: Date!) {
  viewer { vendor(slug: $slug) { topProducts(from: $from, to: $to, first: 20, timezone: "UTC") {
    product { slug } revenue { amount } units
  } } }
}"""
PLATFORM = """query($from: Date!, $to: Date!) { platform {
  sales(by: YEAR, from: $from, to: $to, currency: "GBP") { totals { FIGURES } }
  salesByCountry(from: $from, to: $to, currency: "GBP") { country FIGURES }
  topProducts(from: $from, to: $to, currency: "GBP", first: 20) { product { slug } revenue { amount } units }
} }""".replace("FIGURES", FIGURES)


@pytest.fixture(scope="module")
def truth() -> Any:
    return recorded.truth("online_retail_sales_dev")


@pytest.fixture
def vendor() -> Vendor:
    return Vendor.objects.get(source=HISTORY)


def income(vendor: Vendor, by: str) -> Any:
    client = GraphQL(member_of(vendor))
    return client.ask(INCOME, slug=vendor.slug, by=by, **ALL)["viewer"]["vendor"]["income"]


def figures(bucket: Any) -> dict[str, str]:
    """A bucket as the truth writes one: its net is of goods, without commission."""
    names = {"gross": "gross", "refunds": "refunds", "net": "revenue"}
    return {name: bucket[ours]["amount"] for name, ours in names.items()}


def test_the_months(vendor: Vendor, truth: Any) -> None:
    found = {month["period"]: figures(month) for month in income(vendor, "MONTH")["buckets"]}
    true = {
        month: {name: value for name, value in each.items() if name != "lines"}
        for month, each in truth["by_month"].items()
    }
    assert found == true
    assert len(true) == 9


@pytest.mark.parametrize(
    ("by", "name", "count"), [("WEEK", "net_by_iso_week", 39), ("YEAR", "net_by_year", 2)]
)
def test_the_weeks_and_years(vendor: Vendor, truth: Any, by: str, name: str, count: int) -> None:
    found = {bucket["period"]: bucket["revenue"]["amount"] for bucket in income(vendor, by)["buckets"]}
    assert found == truth[name]
    assert len(found) == count


def test_the_days_together_are_the_whole(vendor: Vendor, truth: Any) -> None:
    days = income(vendor, "DAY")
    assert figures(days["totals"]) == {name: truth[name] for name in ("gross", "refunds", "net")}
    for name in ("gross", "refunds", "net"):
        assert str(sum(Decimal(figures(day)[name]) for day in days["buckets"])) == truth[name]


def test_the_top_products(vendor: Vendor, truth: Any) -> None:
    best = GraphQL(member_of(vendor)).ask(TOP, slug=vendor.slug, **ALL)["viewer"]["vendor"]["topProducts"]
    references = dict(vendor.products.values_list("slug", "reference"))
    assert [
        {
            "stock_code": references[sold["product"]["slug"]],
            "net": sold["revenue"]["amount"],
            "units": sold["units"],
        }
        for sold in best
    ] == truth["top_products_by_net"]
    assert len(best) == 20


def test_the_platform_says_what_its_one_vendor_says(vendor: Vendor) -> None:
    platform = GraphQL(UserFactory.create(is_staff=True, is_superuser=True)).ask(PLATFORM, **ALL)["platform"]
    totals = income(vendor, "YEAR")["totals"]
    assert platform["sales"]["totals"] == totals
    assert platform["salesByCountry"] == [{"country": None, **totals}]
    best = GraphQL(member_of(vendor)).ask(TOP, slug=vendor.slug, **ALL)["viewer"]["vendor"]["topProducts"]
    assert platform["topProducts"] == best
