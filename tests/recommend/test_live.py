"""The engine of a process: what it knows, when, and when there is none."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.models import Product
from marketplace.accounts.models import BillingProfile
from marketplace.kernel import clock
from recommend import files
from recommend.live import KEPT_REMOVALS, Live
from recommend.operations import train
from tests.factories.catalog import listed
from tests.factories.recommend import PurchaseFactory, history
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BASKETS = {"me": ["tea"], "you": ["tea", "cup"], "them": ["pot", "tea", "jar"]}


def liked(live: Live, profile: BillingProfile) -> set[str] | None:
    """The slugs of what the engine finds for a buyer; None where there is no engine."""
    with live.engine() as engine:
        if engine is None:
            return None
        return set(Product.objects.filter(pk__in=engine.liked(profile.pk)).values_list("slug", flat=True))


def test_without_files_there_is_no_engine_and_nothing_is_asked(engine: Live) -> None:
    profiles = history(BASKETS)
    with CaptureQueriesContext(connection) as statements:
        assert liked(engine, profiles["me"]) is None
    assert len(statements) == 0


@pytest.mark.parametrize("way", ["numpy", "numba"])
def test_a_purchase_counts_in_the_next_answer(engine: Live, settings: Settings, way: str) -> None:
    settings.RECOMMEND_CANDIDATES = f"recommend.{'nearest' if way == 'numpy' else 'compiled'}.candidates"
    profiles = history(BASKETS)
    train()
    assert liked(engine, profiles["me"]) == {"cup", "pot", "jar"}
    PurchaseFactory.create(billing_profile=profiles["me"], product=Product.objects.get(slug="cup"))
    PurchaseFactory.create(billing_profile=profiles["you"], product=listed(slug="new"))
    assert liked(engine, profiles["me"]) == {"new", "pot", "jar"}
    newcomer = PurchaseFactory.create(product=Product.objects.get(slug="new")).billing_profile
    assert liked(engine, newcomer) == {"tea", "cup"}


def test_what_is_gone_speaks_no_more(engine: Live) -> None:
    profiles = history(BASKETS)
    train()
    assert liked(engine, profiles["me"]) == {"cup", "pot", "jar"}
    profiles["them"].purchases.all().delete()
    profiles["them"].delete()
    assert liked(engine, profiles["me"]) == {"cup"}


def test_what_is_rolled_back_was_known_to_its_transaction_alone(engine: Live) -> None:
    profiles = history(BASKETS)
    train()
    with transaction.atomic():
        PurchaseFactory.create(billing_profile=profiles["you"], product=listed(slug="new"))
        assert liked(engine, profiles["me"]) == {"cup", "pot", "jar", "new"}
        transaction.set_rollback(True)
    Product.objects.filter(slug="new").delete()
    with engine.engine() as known:
        assert known is not None
        assert known.overlay.changes == 0
    assert liked(engine, profiles["me"]) == {"cup", "pot", "jar"}


def test_new_files_take_the_place_of_the_old(engine: Live) -> None:
    profiles = history(BASKETS)
    train()
    assert liked(engine, profiles["me"]) is not None
    PurchaseFactory.create(billing_profile=profiles["you"], product=listed(slug="new"))
    train()
    with engine.engine() as known:
        assert known is not None
        assert (known.overlay.matrix.purchases, known.overlay.changes) == (7, 0)


def test_files_of_other_rows_are_passed_over(engine: Live) -> None:
    profiles = history(BASKETS)
    train()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE recommend_purchase")
    assert liked(engine, profiles["me"]) is None
    train()
    assert liked(engine, profiles["me"]) == set()


def test_files_that_may_have_missed_what_is_gone_are_passed_over(engine: Live) -> None:
    profiles = history(BASKETS)
    train()
    with clock.at(clock.now() + KEPT_REMOVALS - timedelta(minutes=1)):
        assert liked(engine, profiles["me"]) is not None
    with clock.at(clock.now() + KEPT_REMOVALS + timedelta(minutes=1)):
        assert liked(engine, profiles["me"]) is None


def test_files_that_cannot_be_read_are_said_once(
    engine: Live, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    profiles = history(BASKETS)
    train()
    (folder / (files.current(folder) or "") / "references.npy").unlink()
    for _ in range(2):
        assert liked(engine, profiles["me"]) is None
    assert len([each for each in caplog.records if each.name == "recommend.live"]) == 1


def test_an_answer_costs_one_statement(engine: Live) -> None:
    history(BASKETS)
    train()
    for count in (0, 1, 3):
        for number in range(count):
            PurchaseFactory.create(product=listed(slug=f"new-{count}-{number}"))
        with CaptureQueriesContext(connection) as statements, engine.engine() as known:
            assert known is not None
        assert len(statements) == 1


def test_threads_that_buy_and_ask_at_once_miss_nothing(engine: Live) -> None:
    profiles = history(BASKETS)
    products = {name: [listed() for _ in range(5)] for name in BASKETS}
    train()

    def buy_and_ask(name: str) -> bool:
        for number in range(5):
            PurchaseFactory.create(billing_profile=profiles[name], product=products[name][number])
            with engine.engine() as known:
                assert known is not None
                buyer = known.overlay.buyer(profiles[name].pk)
                assert buyer is not None
                if len(known.overlay.basket(buyer)) != len(BASKETS[name]) + number + 1:
                    return False
        return True

    assert at_once(*(partial(buy_and_ask, name) for name in BASKETS)) == [True, True, True]
