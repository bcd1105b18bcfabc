"""Reports: on the right day whatever the clocks do, and never a cent lost between them and the ledger."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics import selectors
from analytics.income import Bucket, Income, Measure
from analytics.operations import record_history
from analytics.periods import Granularity, Stretch, Window, start_of
from catalog.models import Product, Variant
from checkout.events import HistoryImported, OrderPaid
from checkout.models import Order, Refund
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.money import Money
from payouts.selectors import payable
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import Bought, paid_order
from tests.factories.history import returned
from tests.factories.vendors import VendorFactory
from tests.support.examples import seldom

pytestmark = pytest.mark.django_db

PARIS = "Europe/Paris"


def sell(
    *variants: Variant, at: datetime, unit_minor: int = 1000, currency: str = "EUR", country: str = ""
) -> None:
    """One order of a unit of each, paid at that moment and sent to that country."""
    order = paid_order(
        *(Bought(variant=variant, unit_minor=unit_minor) for variant in variants),
        currency=currency,
        shipping_minor={variant.vendor_id: 300 for variant in variants},
        tax_bps=1900,
        paid_at=at,
    )
    if country:
        Order.objects.filter(pk=order.pk).update(shipping_address={"country": country})
    with transaction.atomic():
        publish(OrderPaid(order_id=order.pk))


def take_back(*refunds: Refund) -> None:
    """Write down that these came back."""
    keys = tuple(refund.pk for refund in refunds)
    with transaction.atomic():
        record_history(HistoryImported(order_ids=(), refund_ids=keys, commission_bps=1000))


def window(by: Granularity, first: str, end: str, timezone: str = PARIS) -> Window:
    return Window(
        by=by, first_on=date.fromisoformat(first), end_on=date.fromisoformat(end), timezone=timezone
    )


def stretch(first: str, end: str, timezone: str = PARIS) -> Stretch:
    return Stretch(first_on=date.fromisoformat(first), end_on=date.fromisoformat(end), timezone=timezone)


YEAR = stretch("2026-01-01", "2027-01-01")


def top(variant: Variant | None, by: Measure = Measure.REVENUE, most: int = 10) -> list[tuple[int, int, int]]:
    """The key, revenue and units of what sold best in 2026."""
    vendor = variant.vendor if variant else None
    found = selectors.top_products(vendor, YEAR, currency="EUR", by=by, most=most)
    return [(each.product, each.revenue.minor, each.units) for each in found]


def report(variant: Variant, looked_at: Window, *, with_empty: bool = False) -> Income:
    return selectors.income(variant.vendor, looked_at, currency="EUR", with_empty=with_empty)


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


def units(buckets: Iterable[Bucket]) -> dict[str, int]:
    return {bucket.period: bucket.units for bucket in buckets}


def paris(moment: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(PARIS), fold=fold)


def test_a_report_says_what_came_in_and_what_went_off() -> None:
    variant, other = VariantFactory.create_batch(2)
    sell(variant, other, at=paris("2026-03-29T12:00"))
    sell(variant, variant, at=paris("2026-03-29T13:00"), unit_minor=645)
    (bucket,) = report(variant, window(Granularity.DAY, "2026-03-29", "2026-03-30")).buckets
    assert bucket == Bucket(
        period="2026-03-29",
        starts_on=date(2026, 3, 29),
        gross=Money(2290, "EUR"),
        refunds=Money(0, "EUR"),
        discounts=Money(0, "EUR"),
        shipping=Money(600, "EUR"),
        commission=Money(-228, "EUR"),  # 100 and twice 64.5, half to even
        tax=Money(550, "EUR"),
        orders=2,
        units=3,
    )
    assert bucket.net == Money(2662, "EUR")


@pytest.mark.parametrize(
    ("moments", "day"),
    [
        # The day of 23 hours begins in winter time and ends in summer time.
        (["2026-03-29T00:00", "2026-03-29T00:30", "2026-03-29T23:59:59.999"], "2026-03-29"),
        (["2026-10-25T00:00", "2026-10-25T02:30", "2026-10-25T23:59:59.999"], "2026-10-25"),
        (["2026-12-31T00:00", "2026-12-31T23:59:59.999"], "2026-12-31"),
    ],
)
def test_h29_every_moment_is_on_its_local_day(moments: list[str], day: str) -> None:
    variant = VariantFactory.create()
    for moment in moments:
        sell(variant, at=paris(moment))
    sell(variant, at=paris(f"{day}T00:00") - timedelta(milliseconds=1))
    sell(variant, at=paris(f"{day}T00:00") + timedelta(days=1))
    tomorrow = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert units(report(variant, window(Granularity.DAY, day, tomorrow)).buckets) == {day: len(moments)}


def test_h29_the_hour_that_comes_twice_counts_twice() -> None:
    variant = VariantFactory.create()
    sell(variant, at=paris("2026-10-25T02:30"))
    sell(variant, at=paris("2026-10-25T02:30", fold=1))
    looked_at = window(Granularity.DAY, "2026-10-25", "2026-10-26")
    assert report(variant, looked_at).totals.orders == 2


def test_h29_the_last_day_of_2026_is_in_week_53() -> None:
    variant = VariantFactory.create()
    for moment in ("2026-12-31T23:59:59.999", "2027-01-03T12:00", "2027-01-04T00:00"):
        sell(variant, at=paris(moment))
    weeks = report(variant, window(Granularity.WEEK, "2026-12-01", "2027-02-01")).buckets
    assert [(week.period, week.starts_on, week.units) for week in weeks] == [
        ("2026-W53", date(2026, 12, 28), 2),
        ("2027-W01", date(2027, 1, 4), 1),
    ]
    years = report(variant, window(Granularity.YEAR, "2026-12-01", "2027-02-01")).buckets
    assert units(years) == {"2026": 1, "2027": 2}


def test_a_day_that_a_zone_left_out_or_began_twice_is_where_its_clocks_say() -> None:
    variant = VariantFactory.create()
    # Beirut goes from 0:00 to 1:00; Havana's clocks go back from 1:00 to midnight, which it has twice.
    sell(variant, at=datetime(2026, 3, 28, 22, 0, tzinfo=UTC))
    beirut = window(Granularity.DAY, "2026-03-29", "2026-03-30", "Asia/Beirut")
    assert units(report(variant, beirut).buckets) == {"2026-03-29": 1}
    for hour in (4, 5):
        sell(variant, at=datetime(2026, 11, 1, hour, 30, tzinfo=UTC))
    havana = window(Granularity.DAY, "2026-11-01", "2026-11-02", "America/Havana")
    assert units(report(variant, havana).buckets) == {"2026-11-01": 2}


def test_a_zone_that_looks_like_an_offset_is_a_zone() -> None:
    variant = VariantFactory.create()
    sell(variant, at=datetime(2026, 5, 2, 9, 30, tzinfo=UTC))  # 23:30 of the day before, ten hours west
    looked_at = window(Granularity.DAY, "2026-05-01", "2026-05-03", "Etc/GMT+10")
    assert units(report(variant, looked_at).buckets) == {"2026-05-01": 1}


def test_edge_periods_hold_only_what_is_inside() -> None:
    variant = VariantFactory.create()
    for day in (9, 10, 19, 20):
        sell(variant, at=datetime(2026, 5, day, 12, tzinfo=UTC))
    (month,) = report(variant, window(Granularity.MONTH, "2026-05-10", "2026-05-20")).buckets
    assert (month.period, month.starts_on, month.units) == ("2026-05", date(2026, 5, 1), 2)


def test_periods_in_which_nothing_was_sold_come_when_asked_for() -> None:
    variant = VariantFactory.create()
    for month in (2, 4):
        sell(variant, at=datetime(2026, month, 9, 12, tzinfo=UTC))
    looked_at = window(Granularity.MONTH, "2026-01-01", "2026-06-01")
    assert units(report(variant, looked_at).buckets) == {"2026-02": 1, "2026-04": 1}
    filled = report(variant, looked_at, with_empty=True)
    assert list(units(filled.buckets).items()) == [
        ("2026-01", 0), ("2026-02", 1), ("2026-03", 0), ("2026-04", 1), ("2026-05", 0),
    ]  # fmt: skip
    assert filled.totals == report(variant, looked_at).totals


def test_nothing_sold_is_a_report_too() -> None:
    empty = selectors.income(
        VendorFactory.create(), window(Granularity.DAY, "2026-01-01", "2026-01-02"), currency="JPY"
    )
    assert (empty.buckets, empty.totals.net, empty.totals.orders) == ([], Money.zero("JPY"), 0)


def test_vendors_and_currencies_are_kept_apart() -> None:
    variant, other = VariantFactory.create_batch(2)
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    sell(variant, at=noon)
    sell(other, at=noon)
    sell(variant, at=noon, currency="USD")
    looked_at = window(Granularity.DAY, "2026-05-01", "2026-05-02")
    assert report(variant, looked_at).totals.gross == Money(1000, "EUR")
    dollars = selectors.income(variant.vendor, looked_at, currency="USD")
    assert dollars.totals.gross == Money(1000, "USD")


def test_an_order_of_many_vendors_is_one_order_of_the_platform() -> None:
    sell(*VariantFactory.create_batch(3), at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    looked_at = window(Granularity.YEAR, "2026-01-01", "2027-01-01")
    totals = selectors.platform_sales(looked_at, currency="EUR").totals
    assert (totals.orders, totals.units, totals.gross) == (1, 3, Money(3000, "EUR"))


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XYZ"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        selectors.platform_sales(window(Granularity.DAY, "2026-05-01", "2026-05-02"), currency=currency)
    assert caught.value.field == "currency"


def test_what_comes_back_is_in_the_period_in_which_it_did() -> None:
    variant = VariantFactory.create()
    sell(variant, at=paris("2026-03-31T23:59:59"))
    take_back(
        returned(
            variant, at=paris("2026-04-01T00:00"), amount_minor=1000, shipping_minor=300, commission_minor=100
        )
    )
    march, april = report(variant, window(Granularity.MONTH, "2026-01-01", "2027-01-01")).buckets
    assert (march.revenue, march.net, march.units, march.orders) == (euro(1000), euro(1200), 1, 1)
    assert april == Bucket(
        period="2026-04",
        starts_on=date(2026, 4, 1),
        gross=euro(0),
        refunds=euro(-1000),
        discounts=euro(0),
        shipping=euro(-300),
        commission=euro(100),
        tax=euro(0),
        orders=0,
        units=-1,
    )
    assert march.net + april.net == euro(0)


@pytest.mark.parametrize("days", [1, 2, 3, 4])
def test_a_stretch_of_few_days_counts_each_moment_once(days: int) -> None:
    variant = VariantFactory.create()
    for hour in range(0, 7 * 24, 6):
        sell(variant, at=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=hour))
    for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12"):
        end = date(2026, 5, 3) + timedelta(days=days)
        found = report(variant, window(Granularity.DAY, "2026-05-03", end.isoformat(), zone)).buckets
        assert [bucket.units for bucket in found] == [4] * days


def test_products_are_ranked_by_what_they_brought_in_or_by_units() -> None:
    clay = VariantFactory.create()
    vase = VariantFactory.create(product__vendor=clay.vendor)
    foreign = VariantFactory.create()
    at = paris("2026-05-01T12:00")
    sell(clay, clay, clay, at=at, unit_minor=100)
    sell(vase, foreign, at=at, unit_minor=500)
    sell(vase, at=paris("2027-01-01T00:00"), unit_minor=500)
    sell(vase, at=at, currency="USD")
    assert top(clay) == [(vase.product_id, 500, 1), (clay.product_id, 300, 3)]
    assert top(clay, Measure.UNITS) == [(clay.product_id, 300, 3), (vase.product_id, 500, 1)]
    assert top(clay, most=1) == [(vase.product_id, 500, 1)]
    take_back(returned(vase, at=at, amount_minor=400))
    assert top(clay) == [(clay.product_id, 300, 3), (vase.product_id, 100, 0)]
    assert {key for key, *_ in top(None)} == {clay.product_id, vase.product_id, foreign.product_id}


def test_of_equal_products_the_reference_decides_in_byte_order_else_the_slug() -> None:
    vendor = VendorFactory.create()
    slugs = {"b-vase": "", "a-vase": "", "z-vase": "B1", "y-vase": "a1"}
    for slug, reference in slugs.items():
        variant = VariantFactory.create(product__vendor=vendor, product__slug=slug)
        Product.objects.filter(slug=slug).update(reference=reference, source="elsewhere" if reference else "")
        sell(variant, at=paris("2026-05-01T12:00"))
    found = selectors.top_products(vendor, YEAR, currency="EUR", by=Measure.REVENUE, most=10)
    names = dict(Product.objects.values_list("pk", "slug"))
    assert [names[each.product] for each in found] == ["z-vase", "a-vase", "y-vase", "b-vase"]


def test_sales_are_told_by_country() -> None:
    variant, other = VariantFactory.create_batch(2)
    at = paris("2026-05-01T12:00")
    sell(variant, other, at=at, country="FR")
    sell(variant, at=at, country="DE")
    sell(other, at=at, country="AT")
    sell(variant, at=at, unit_minor=4000)
    sell(variant, at=at, unit_minor=9000, currency="USD")
    found = selectors.sales_by_country(YEAR, currency="EUR")
    assert [(each.country, each.revenue.minor, each.orders, each.units) for each in found] == [
        (None, 4000, 1, 1),
        ("FR", 2000, 1, 2),
        ("AT", 1000, 1, 1),
        ("DE", 1000, 1, 1),
    ]


def test_reports_on_products_and_countries_know_currencies_too() -> None:
    vendor = VendorFactory.create()
    with pytest.raises(InvalidInput) as of_products:
        selectors.top_products(vendor, YEAR, currency="euro", by=Measure.UNITS, most=1)
    with pytest.raises(InvalidInput) as of_countries:
        selectors.sales_by_country(YEAR, currency="")
    assert (of_products.value.field, of_countries.value.field) == ("currency", "currency")


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_on_products_or_countries_is_one_statement(count: int) -> None:
    for variant in VariantFactory.create_batch(count):
        sell(variant, at=paris("2026-05-01T12:00"), country="FR")
    with CaptureQueriesContext(connection) as statements:
        products = top(None)
        countries = selectors.sales_by_country(YEAR, currency="EUR")
    assert (len(statements), len(products), countries[0].orders) == (2, count, count)


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_is_one_statement(count: int) -> None:
    variant = VariantFactory.create()
    for day in range(1, count + 1):
        sell(variant, at=datetime(2026, 5, day, 12, tzinfo=UTC))
    with CaptureQueriesContext(connection) as statements:
        made = report(variant, window(Granularity.DAY, "2026-05-01", "2026-06-01"))
    assert (len(statements), len(made.buckets)) == (1, count)


FIRST, END = "2026-01-01", "2027-01-01"
MOMENTS = st.datetimes(datetime(2025, 12, 31), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants naive bounds
ZONES = st.sampled_from(
    [PARIS, "UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Havana"]
)


class Reports(TestCase):
    """However the year is cut, it is the same year, and what the ledger owes the vendor for it."""

    @seldom
    @given(st.lists(st.tuples(MOMENTS, st.integers(0, 2), st.integers(0, 10**6)), max_size=5), ZONES)
    def test_days_months_year_and_ledger_agree(
        self, sales: list[tuple[datetime, int, int]], timezone: str
    ) -> None:
        variants = VariantFactory.create_batch(3)
        for at, place, price in sales:
            sell(variants[place], variants[0], at=at, unit_minor=price)
        for variant in variants:
            cut = [report(variant, window(by, FIRST, END, timezone)) for by in Granularity]
            assert {each.totals == cut[0].totals for each in cut} == {True}
            self.assert_local_days(cut[0], sales, timezone, variants.index(variant))
            wide = report(variant, window(Granularity.YEAR, "2025-01-01", "2028-01-01", timezone)).totals
            assert [wide.net + wide.tax] == payable(variant.vendor)
        together = [
            report(variant, window(Granularity.YEAR, FIRST, END, timezone)).totals for variant in variants
        ]
        platform = selectors.platform_sales(
            window(Granularity.WEEK, FIRST, END, timezone), currency="EUR"
        ).totals
        assert sum((each.net for each in together), Money.zero("EUR")) == platform.net

    def assert_local_days(
        self, days: Income, sales: list[tuple[datetime, int, int]], timezone: str, place: int
    ) -> None:
        expected: dict[date, int] = {}
        for at, other, _ in sales:
            day = at.astimezone(ZoneInfo(timezone)).date()
            sold = (other == place) + (place == 0)
            if day.year == 2026 and sold:
                expected[day] = expected.get(day, 0) + sold
        assert {bucket.starts_on: bucket.units for bucket in days.buckets} == expected
        assert all(start_of(Granularity.DAY, bucket.starts_on) == bucket.starts_on for bucket in days.buckets)
