"""A real marketplace of 2,039 vendors: what its reports say over the API is the truth, to the cent."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from django.db.models import Count

from analytics import selectors
from analytics.income import Figures
from analytics.periods import Granularity, Window
from checkout.models import Order
from tests.factories.accounts import UserFactory
from tests.factories.vendors import member_of
from tests.support import recorded
from tests.support.graphql import GraphQL
from vendors.models import Vendor

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

HISTORY: Final = "olist"
ZONES: Final = ("America/Sao_Paulo", "UTC")
ALL: Final = {"from": "2016-01-01", "to": "2019-01-01"}
CUTS: Final = {
    "by_day": {"by": "DAY", "from": "2017-11-01", "to": "2017-12-01"},
    "by_iso_week": {"by": "WEEK", **ALL},
    "by_month": {"by": "MONTH", **ALL},
    "by_year": {"by": "YEAR", **ALL},
}

FIGURES = "orders units gross { amount } shipping { amount } commission { amount } refunds { amount }"
INCOME = """query($slug: String!, $by: Granularity!, $from: Date!, $to: Date!, $timezone: String) {
  viewer { vendor(slug: $slug) { income(by: $by, from: $from, to: $to, timezone: $timezone) {
    buckets { period FIGURES } totals { FIGURES }
  } } }
}""".replace("FIGURES", FIGURES)
TOP = """query($slug: String!, $from: Date!, $to: Date!) {
  viewer { vendor(slug: $slug) { topProducts(from: $from, to: $to, first: 10) {
    product { slug } revenue { amount } units
  } } }
}"""
SALES = """query($from: Date!, $to: Date!, $timezone: String!) {
  platform { sales(by: MONTH, from: $from, to: $to, currency: "BRL", timezone: $timezone) {
    buckets { period FIGURES } totals { FIGURES }
  } }
}""".replace("FIGURES", FIGURES)


@pytest.fixture(scope="module")
def truth() -> Any:
    return recorded.truth("olist_dev")


@pytest.fixture
def staff() -> GraphQL:
    return GraphQL(UserFactory.create(is_staff=True, is_superuser=True))


def amount(figures: Any, *names: str) -> str:
    """Amounts of a bucket together, as the truth writes them."""
    return str(sum((Decimal(figures[name]["amount"]) for name in names), Decimal("0.00")))


def as_true(bucket: Any) -> dict[str, object]:
    """A bucket as the truth writes one; every line of this history is of one unit."""
    return {
        "lines": bucket["units"],
        "orders": bucket["orders"],
        "price": amount(bucket, "gross"),
        "price_and_freight": amount(bucket, "gross", "shipping"),
    }


def differences(found: dict[str, Any], true: dict[str, Any]) -> list[str]:
    """The names under which the two do not say the same."""
    return [name for name in sorted({*found, *true}) if found.get(name) != true.get(name)]


def test_the_totals_of_the_platform(staff: GraphQL, truth: Any) -> None:
    totals = staff.ask(SALES, **ALL, timezone="UTC")["platform"]["sales"]["totals"]
    assert (totals["orders"], totals["units"]) == (56_998, 65_002)
    assert amount(totals, "gross") == truth["gmv"]["price"] == "7749162.53"
    assert amount(totals, "shipping") == truth["gmv"]["freight"] == "1253871.00"
    assert amount(totals, "commission") == "-968671.27"
    assert truth["commission"]["total_half_even_per_line"] == "968671.27"
    assert amount(totals, "refunds") == "0.00"


def test_orders_of_several_vendors_are_parts_of_each(truth: Any) -> None:
    sizes = Order.objects.annotate(parts=Count("vendor_orders")).values_list("parts", flat=True)
    counted = {str(parts): list(sizes).count(parts) for parts in set(sizes)}
    assert counted == truth["counts"]["orders_by_number_of_sellers"]
    assert sum(count for parts, count in counted.items() if parts != "1") == 619


@pytest.mark.parametrize("timezone", ZONES)
def test_all_vendors_together_are_the_platform(truth: Any, timezone: str) -> None:
    window = Window(
        by=Granularity.MONTH, first_on=date(2016, 1, 1), end_on=date(2019, 1, 1), timezone=timezone
    )
    found = [selectors.income(vendor, window, currency="BRL") for vendor in Vendor.objects.all()]
    together = Figures.sum((each.totals for each in found), "BRL")
    assert (len(found), together.orders, together.units) == (2_039, 57_651, 65_002)
    assert [str(money.amount) for money in (together.gross, together.shipping, together.commission)] == [
        "7749162.53",
        "1253871.00",
        "-968671.27",
    ]
    sellers = Counter(bucket.period for each in found for bucket in each.buckets)
    assert sellers == {month: true["sellers"] for month, true in truth["platform_by_month"][timezone].items()}


@pytest.mark.parametrize("timezone", ZONES)
def test_the_months_of_the_platform(staff: GraphQL, truth: Any, timezone: str) -> None:
    months = staff.ask(SALES, **ALL, timezone=timezone)["platform"]["sales"]["buckets"]
    found = {
        month["period"]: {
            "lines": month["units"],
            "orders": month["orders"],
            "price": amount(month, "gross"),
            "freight": amount(month, "shipping"),
        }
        for month in months
    }
    true = truth["platform_by_month"][timezone]
    without_sellers = {
        month: {name: value for name, value in each.items() if name != "sellers"}
        for month, each in true.items()
    }
    assert differences(found, without_sellers) == []
    assert len(found) == len(true) > 16


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("cut", CUTS)
def test_the_periods_of_the_biggest_vendors(truth: Any, cut: str, timezone: str) -> None:
    wrong, buckets = {}, 0
    for true in truth["top_sellers"]:
        vendor = Vendor.objects.get(source=HISTORY, reference=true["seller_id"])
        client = GraphQL(member_of(vendor))
        asked = client.ask(INCOME, slug=vendor.slug, **CUTS[cut], timezone=timezone)
        found = {
            bucket["period"]: as_true(bucket) for bucket in asked["viewer"]["vendor"]["income"]["buckets"]
        }
        buckets += len(found)
        wrong[vendor.slug] = differences(found, true[timezone][cut])
    assert {slug: names for slug, names in wrong.items() if names} == {}
    assert buckets == sum(len(true[timezone][cut]) for true in truth["top_sellers"]) > 0


def test_the_totals_and_commissions_of_the_biggest_vendors(truth: Any) -> None:
    found, true = {}, {}
    for each in truth["top_sellers"]:
        vendor = Vendor.objects.get(source=HISTORY, reference=each["seller_id"])
        client = GraphQL(member_of(vendor))
        asked = client.ask(INCOME, slug=vendor.slug, **CUTS["by_year"])
        totals = asked["viewer"]["vendor"]["income"]["totals"]
        found[each["seller_id"]] = {**as_true(totals), "commission": amount(totals, "commission")}
        kept = truth["commission"]["top_sellers_half_even_per_line"][each["seller_id"]]
        true[each["seller_id"]] = {
            **{name: each[name] for name in as_true(totals)},
            "commission": f"-{kept}",
        }
    assert differences(found, true) == []
    assert len(found) == 20


def test_the_top_products_of_the_biggest_vendors(truth: Any) -> None:
    found, true = {}, {}
    for each in truth["top_sellers"]:
        vendor = Vendor.objects.get(source=HISTORY, reference=each["seller_id"])
        references = dict(vendor.products.values_list("slug", "reference"))
        best = GraphQL(member_of(vendor)).ask(TOP, slug=vendor.slug, **ALL)["viewer"]["vendor"]["topProducts"]
        found[each["seller_id"]] = [
            {
                "product_id": references[sold["product"]["slug"]],
                "revenue": sold["revenue"]["amount"],
                "units": sold["units"],
            }
            for sold in best
        ]
        true[each["seller_id"]] = each["top_products"]
    assert differences(found, true) == []
    assert len(found) == 20
