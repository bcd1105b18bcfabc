"""All purchases, and what has come and gone since, whoever commits when."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from catalog.models import Product
from marketplace.accounts.models import BillingProfile
from recommend import history
from recommend.history import Mark, News
from recommend.matrix import Matrix
from recommend.models import Purchase, Removal
from recommend.overlay import Bought, Gone
from tests.factories.accounts import BillingProfileFactory
from tests.factories.catalog import listed
from tests.factories.recommend import PurchaseFactory
from tests.factories.recommend import history as bought
from tests.recommend.test_scoring import BOUGHT, pairs
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

# What is not committed is not seen, so most of it needs transactions of its own.
committed = pytest.mark.django_db(transaction=True)


def by_name(matrix: Matrix) -> list[tuple[str, str]]:
    """The pairs of a matrix, by UUID and slug."""
    buyers = dict(BillingProfile.objects.values_list("pk", "uuid"))
    products = dict(Product.objects.values_list("pk", "slug"))
    return [
        (str(buyers[int(matrix.buyer_keys[buyer])]), products[int(matrix.product_keys[product])])
        for buyer in range(matrix.buyers)
        for product in matrix.basket(buyer)
    ]


def since(mark: Mark) -> tuple[list[Gone], list[Bought]]:
    news = history.news(mark.seen)
    return news.gone, news.bought


def test_the_whole_is_every_purchase_in_the_order_of_the_references() -> None:
    profiles = bought(BOUGHT)
    matrix, _ = history.whole()
    expected = [(str(profiles[buyer].uuid), product) for buyer, product in pairs(BOUGHT)]
    assert by_name(matrix) == sorted(expected)


def test_no_purchases_are_a_matrix_too() -> None:
    BillingProfileFactory.create()
    matrix, _ = history.whole()
    assert (matrix.buyers, matrix.products, matrix.purchases) == (0, 0, 0)


def test_what_was_imported_stands_where_its_own_reference_does() -> None:
    profiles = bought({"a": ["tea", "cup"], "b": ["tea"], "c": ["tea"]})
    BillingProfile.objects.filter(pk=profiles["c"].pk).update(source="shop", reference="!")
    Product.objects.filter(slug="tea").update(source="shop", reference="a")
    matrix, _ = history.whole()
    assert [int(key) for key in matrix.buyer_keys] == [profiles[name].pk for name in "cab"]
    assert [Product.objects.get(pk=key).slug for key in matrix.product_keys] == ["tea", "cup"]
    assert matrix.place(b"!") == 0
    assert matrix.place(str(profiles["a"].uuid).encode()) == 1


@committed
def test_nothing_is_new_until_something_is_bought_or_gone() -> None:
    profiles = bought({"a": ["tea"], "b": ["tea"]})
    _, mark = history.whole()
    assert since(mark) == ([], [])
    assert history.how_much_news(mark) == 0
    new = PurchaseFactory.create(billing_profile=profiles["a"])
    tea = Product.objects.get(slug="tea")
    leaver = profiles["b"].pk
    profiles["b"].delete()
    assert since(mark) == (
        [Gone(leaver, tea.pk)],
        [Bought(profiles["a"].pk, new.product_id, str(profiles["a"].uuid).encode())],
    )
    assert history.how_much_news(mark) == 2
    assert history.news(history.news(mark.seen).seen)[3:] == ([], [])


@committed
def test_what_changes_hands_is_gone_here_and_new_there() -> None:
    purchase, other = PurchaseFactory.create(), BillingProfileFactory.create()
    _, mark = history.whole()
    Purchase.objects.update(billing_profile=other)
    Purchase.objects.update(first_bought_at="2026-01-01T00:00Z")
    assert since(mark) == (
        [Gone(purchase.billing_profile_id, purchase.product_id)],
        [Bought(other.pk, purchase.product_id, str(other.uuid).encode())],
    )


@committed
def test_what_is_bought_again_after_it_was_gone_is_there() -> None:
    purchase = PurchaseFactory.create()
    _, mark = history.whole()
    purchase.delete()
    purchase.pk = None
    purchase.save()
    gone, came = since(mark)
    assert (len(gone), len(came)) == (1, 1)


def test_nobody_writes_another_number() -> None:
    purchase = PurchaseFactory.create(transaction_number=7)
    purchase.refresh_from_db()
    assert purchase.transaction_number > 7
    Purchase.objects.update(product=listed())
    assert Removal.objects.get().transaction_number == purchase.transaction_number


@committed
def test_what_the_open_transaction_wrote_is_its_own() -> None:
    _, mark = history.whole()
    with transaction.atomic():
        PurchaseFactory.create()
        commit_something_later()
        assert history.news(mark.seen).is_own
        assert len(history.news(history.news(mark.seen).seen).bought) == 1
    assert not history.news(mark.seen).is_own


@committed
def test_what_is_built_inside_a_transaction_has_not_seen_the_rest_of_it() -> None:
    with transaction.atomic():
        PurchaseFactory.create()
        commit_something_later()
        _, mark = history.whole()
        later = PurchaseFactory.create()
    assert (
        Bought(later.billing_profile_id, later.product_id, str(later.billing_profile.uuid).encode())
        in (since(mark)[1])
    )


def commit_something_later() -> None:
    """Another connection begins and ends a transaction, so that its number lies behind ours."""
    (outcome,) = at_once(BillingProfileFactory.create)
    assert isinstance(outcome, BillingProfile)


def overtaken(look: Callable[[], News]) -> tuple[News, News]:
    """What is new while a purchase is written but not committed that another has overtaken, and after."""
    written, looked = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            PurchaseFactory.create()
            written.set()
            looked.wait(timeout=30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(timeout=30)
    PurchaseFactory.create()
    during = look()
    looked.set()
    thread.join()
    return during, history.news(during.seen)


@committed
def test_a_purchase_that_is_committed_late_is_not_missed() -> None:
    _, mark = history.whole()
    during, after = overtaken(lambda: history.news(mark.seen))
    assert (len(during.bought), len(after.bought)) == (1, 1)
    assert during.bought != after.bought


@committed
def test_by_primary_key_it_would_be_missed() -> None:
    _, mark = history.whole()
    during, _ = overtaken(lambda: history.news(mark.seen))
    (known,) = during.bought
    latest = Purchase.objects.get(billing_profile=known.buyer).pk
    assert Purchase.objects.filter(pk__gt=latest).count() == 0
    assert Purchase.objects.count() == 2


@committed
def test_rows_of_another_count_of_transactions_are_dated_back() -> None:
    purchase = PurchaseFactory.create()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recommend_purchase DISABLE TRIGGER USER")
        cursor.execute("UPDATE recommend_purchase SET transaction_number = 1::bigint << 60")
        cursor.execute("ALTER TABLE recommend_purchase ENABLE TRIGGER USER")
    history.whole()
    purchase.refresh_from_db()
    assert purchase.transaction_number < 1 << 60


@committed
def test_a_table_that_was_emptied_is_another() -> None:
    PurchaseFactory.create()
    _, mark = history.whole()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE recommend_purchase")
    assert history.how_much_news(mark) is None
    assert history.news(mark.seen).home != mark.home
