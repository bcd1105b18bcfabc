"""What is proposed to whom: the database counts what the reference counts."""

from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.models import Product, ProductStatus
from marketplace.accounts.models import BillingProfile
from recommend.live import Live
from recommend.models import BoughtTogether, Purchase, SimilarProduct
from recommend.operations import train
from recommend.scoring import NEIGHBOURS, Neighbour, PurchaseIndex
from recommend.selectors import also_bought, bought_alike, nearest, recommended, similar, trending
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import CategoryFactory, ProductFactory, listed
from tests.factories.recommend import PurchaseFactory, crowd, history
from tests.factories.vendors import VendorFactory
from tests.recommend.test_scoring import BOUGHT, RECOMMENDED, pairs
from tests.support.examples import seldom
from vendors.models import VendorStatus

pytestmark = pytest.mark.django_db

BASKETS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("stuvwxyz"), min_size=1), min_size=2
)


def slugs(keys: list[int]) -> list[str]:
    named = dict(Product.objects.values_list("pk", "slug"))
    return [named[key] for key in keys]


def others(product: Product, rows: QuerySet[BoughtTogether] | QuerySet[SimilarProduct]) -> list[str]:
    return [row.other.slug for row in rows.filter(product=product)]


@pytest.mark.parametrize(("count", "buyer"), RECOMMENDED)
def test_the_lists_of_the_example(count: int, buyer: str) -> None:
    profiles = history(BOUGHT)
    found = bought_alike(profiles[buyer].pk, neighbours=count)
    assert slugs(found) == [product for product, _ in RECOMMENDED[count, buyer]]


def test_the_neighbours_are_those_of_the_reference() -> None:
    profiles = history(BOUGHT)
    references = {name: str(profile.uuid) for name, profile in profiles.items()}
    assert list(nearest(profiles["eli"].pk).values()) == [
        Neighbour(references["blabla"], 1, 3, 2),
        Neighbour(references["kitty"], 1, 3, 3),
        Neighbour(references["admin"], 1, 3, 5),
    ]


class AgainstTheReference(TestCase):
    @seldom
    @given(bought=BASKETS, count=st.integers(1, 4))
    def test_any_history(self, bought: dict[str, list[str]], count: int) -> None:
        profiles = history(bought)
        index = PurchaseIndex((str(profiles[buyer].uuid), product) for buyer, product in pairs(bought))
        for profile in profiles.values():
            expected = index.neighbours(str(profile.uuid), count)
            assert list(nearest(profile.pk, count).values()) == expected
            scored = index.recommend(str(profile.uuid), count)
            found = bought_alike(profile.pk, neighbours=count)
            assert slugs(found) == [each.product for each in scored]


def answers(profile_id: int | None) -> list[list[int]]:
    """What a buyer is proposed, in as many ways as the engine takes part in."""
    found = [recommended(profile_id, count=count) for count in (1, 4, 20)]
    return (
        found if profile_id is None else [*found, *(bought_alike(profile_id, neighbours=n) for n in (1, 3))]
    )


class TheEngineAgainstTheDatabase(TestCase):
    """Files are built of what is there, more comes, some goes, and both are asked."""

    @settings(max_examples=settings().max_examples // 20)  # each builds files and asks for everybody, twice
    @given(built=BASKETS, more=BASKETS, gone=st.sets(st.sampled_from("abcdvwxyz")))
    def test_any_history(
        self, built: dict[str, list[str]], more: dict[str, list[str]], gone: set[str]
    ) -> None:
        profiles = history(built)
        with TemporaryDirectory() as folder, override_settings(RECOMMEND_DIR=Path(folder)):
            train()
            profiles = history(more, profiles)
            Product.objects.filter(slug__in=["s", "t"]).update(status=ProductStatus.ARCHIVED)
            Product.objects.filter(slug="u").update(source="shop", reference="0")
            Purchase.objects.filter(product__slug__in=gone).delete()
            BillingProfile.objects.filter(
                pk__in=[profiles[name].pk for name in gone & set(profiles)]
            ).delete()
            with Live().engine() as engine:
                assert engine is not None
            keys = [None, *(profile.pk for profile in profiles.values())]
            by_engine = [answers(key) for key in keys]
        with override_settings(RECOMMEND_DIR=Path(folder)):
            assert by_engine == [answers(key) for key in keys]


@pytest.mark.parametrize("count", [1, 3])
def test_with_files_the_statements_are_as_few(engine: Live, count: int) -> None:
    found = [f"found-{number}" for number in range(count)]
    profiles = history({"me": ["shared"], **{f"you-{slug}": ["shared", slug] for slug in found}})
    train()
    # The news, and what can be bought of the found; of the popular; of all that were bought; of the newest.
    for wanted, expected in ((count, 2), (count + 5, 5)):
        with CaptureQueriesContext(connection) as statements:
            assert len(recommended(profiles["me"].pk, count=wanted)) == count
        assert len(statements) == expected


def test_equal_nearness_is_equal_whatever_the_numbers() -> None:
    own = [f"own-{number}" for number in range(8)]
    more = [f"other-{number}" for number in range(6)]
    profiles = history({"a": own[:1], "b": own[:3] + more, "me": own})
    assert list(nearest(profiles["me"].pk)) == [profiles["a"].pk, profiles["b"].pk]


def test_ten_neighbours_speak() -> None:
    bought = {f"buyer-{number:02}": ["shared", f"own-{number:02}"] for number in range(12)}
    profiles = history(bought)
    found = bought_alike(profiles["buyer-00"].pk)
    assert slugs(found) == [f"own-{number:02}" for number in range(1, NEIGHBOURS + 1)]


def test_where_neighbours_add_nothing_the_most_bought_follows_and_then_the_newest() -> None:
    profiles = history({**BOUGHT, "eve": ["soup"], "ivo": ["soup"]})
    listed(slug="old", published_at=timezone.now() - timedelta(days=9))
    listed(slug="new")
    assert slugs(recommended(profiles["eli"].pk)) == [
        *("tea", "class", "breakfast", "lunch", "siren"),
        "soup",
        *("new", "old"),
    ]
    assert slugs(recommended(profiles["eli"].pk, count=6)) == [
        *("tea", "class", "breakfast", "lunch", "siren"),
        "soup",
    ]


@pytest.mark.parametrize("is_known", [False, True])
def test_who_has_bought_nothing_gets_what_is_popular_and_then_what_is_new(is_known: bool) -> None:
    history({"a": ["tea", "hot"], "b": ["tea", "cup"]})
    listed(slug="new")
    profile = BillingProfileFactory.create() if is_known else None
    assert slugs(recommended(profile.pk if profile else None)) == ["tea", "cup", "hot", "new"]


def test_what_cannot_be_bought_is_not_proposed_though_it_tells_who_is_alike() -> None:
    profiles = history({"me": ["gone", "tea"], "you": ["gone", "lamp", "closed"]})
    Product.objects.filter(slug="gone").update(status=ProductStatus.ARCHIVED)
    closed = Product.objects.get(slug="closed")
    closed.vendor.status = VendorStatus.SUSPENDED
    closed.vendor.save()
    assert slugs(recommended(profiles["me"].pk)) == ["lamp"]
    assert slugs(trending()) == ["lamp", "tea"]
    assert slugs(recommended(None)) == ["lamp", "tea"]


def test_one_purchase_moves_the_next_answer() -> None:
    profiles = history({"me": ["tea"], "you": ["hot", "lamp"]})
    assert bought_alike(profiles["me"].pk) == []
    PurchaseFactory.create(billing_profile=profiles["me"], product=Product.objects.get(slug="hot"))
    assert slugs(bought_alike(profiles["me"].pk)) == ["lamp"]
    assert slugs(bought_alike(profiles["you"].pk)) == ["tea"]


def test_trending_counts_the_first_purchases_of_the_last_days() -> None:
    history({"a": ["old"], "b": ["old"], "c": ["fresh"]})
    long_ago = timezone.now() - timedelta(days=31)
    Purchase.objects.filter(product__slug="old").update(first_bought_at=long_ago)
    assert slugs(trending()) == ["fresh"]
    assert slugs(trending(days=40)) == ["old", "fresh"]
    assert slugs(trending(days=40, count=1)) == ["old"]


def test_also_bought_counts_common_buyers() -> None:
    history({"a": ["tea", "cup"], "b": ["tea", "cup", "pot"], "c": ["tea", "Jar"], "d": ["lamp"]})
    tea = Product.objects.get(slug="tea")
    assert others(tea, also_bought()) == ["cup", "Jar", "pot"]
    Product.objects.filter(slug="cup").update(status=ProductStatus.ARCHIVED)
    assert others(tea, also_bought()) == ["Jar", "pot"]


def test_similar_is_what_costs_about_the_same_in_the_category() -> None:
    cups = CategoryFactory.create()
    vendor = VendorFactory.create()
    for slug, price in (("a", 900), ("b", 1300), ("c", 1100), ("d", 1000)):
        listed(slug=slug, category=cups, vendor=vendor, price_minor=price)
    listed(slug="elsewhere", vendor=vendor)
    listed(slug="dollars", category=cups, vendor=VendorFactory.create(currency="USD"))
    listed(slug="closed", category=cups, vendor=VendorFactory.create(status=VendorStatus.SUSPENDED))
    ProductFactory.create(slug="priceless", category=cups, vendor=vendor)
    this = listed(slug="this", category=cups, vendor=vendor)
    assert others(this, similar()) == ["d", "a", "c", "b"]


def test_similar_looks_at_twenty_on_each_side() -> None:
    cups, vendor = CategoryFactory.create(), VendorFactory.create()
    for price in [*range(70, 100), *range(101, 131)]:
        listed(category=cups, vendor=vendor, price_minor=price)
    this = listed(category=cups, vendor=vendor, price_minor=100)
    prices = {row.other.price_minor for row in similar().filter(product=this)}
    assert prices == {*range(80, 100), *range(101, 121)}


@pytest.mark.parametrize("count", [1, 3])
def test_the_statements_do_not_depend_on_the_number_of_results(count: int) -> None:
    found = [f"found-{number}" for number in range(count)]
    profiles = history({"me": ["shared"], **{f"you-{slug}": ["shared", slug] for slug in found}})
    for wanted, expected in ((count, 2), (count + 5, 4)):
        with CaptureQueriesContext(connection) as statements:
            assert len(recommended(profiles["me"].pk, count=wanted)) == count
        assert len(statements) == expected
    with CaptureQueriesContext(connection) as statements:
        trending()
    assert len(statements) == 1


@pytest.mark.deep
def test_ten_thousand_buyers_get_the_lists_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    crowd(buyers=10_000, products=2_000)
    references = dict(BillingProfile.objects.values_list("pk", "uuid"))
    named = dict(Product.objects.values_list("pk", "slug"))
    rows = Purchase.objects.values_list("billing_profile", "product")
    index = PurchaseIndex((str(references[buyer]), named[product]) for buyer, product in rows)
    buyers = Random(7).sample(sorted(references), 200)  # noqa: S311  # a fixed seed, no secret
    spent, differing = [], 0
    for buyer in buyers:
        start = perf_counter()
        found = bought_alike(buyer)
        spent.append(1_000 * (perf_counter() - start))
        expected = [each.product for each in index.recommend(str(references[buyer]))]
        differing += [named[key] for key in found] != expected
    spent.sort()
    with capsys.disabled():
        print(f"\n{len(rows):,} purchases, ms: p50 {spent[100]:.1f}, p95 {spent[190]:.1f}")  # noqa: T201
    assert differing == 0
