"""Row locks: one order, one way, and a watcher that sees every other."""

from collections.abc import Callable
from functools import partial

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import GuestEmail, User
from marketplace.kernel import locking
from marketplace.kernel.locking import lock, lock_one
from marketplace.kernel.models import IdempotencyKey
from tests.support.locks import WrongLock
from tests.support.races import at_once

Take = Callable[[models.QuerySet[User]], object]

ROUNDS = 10
# Between two rows, so that two statements surely meet.
PAUSE = RawSQL("pg_sleep(0.003)::text", [])


def users(count: int) -> list[User]:
    return User.objects.bulk_create([User(email=f"{number}@example.com") for number in range(count)])


def key() -> IdempotencyKey:
    return IdempotencyKey.objects.create(scope="a", key="1", outcome="", input_hash="")


@pytest.mark.django_db
def test_rows_come_locked_and_by_primary_key_whatever_the_order() -> None:
    made = users(3)
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        locked = lock(User.objects.order_by("-email"))
    assert locked == sorted(made, key=lambda user: user.pk)
    (statement,) = [query["sql"] for query in queries if "accounts_user" in query["sql"]]
    assert statement.endswith('ORDER BY "accounts_user"."id" ASC FOR NO KEY UPDATE OF "accounts_user"')


@pytest.mark.django_db
def test_lock_one_gives_the_row_or_says_how_many() -> None:
    one, other = users(2)
    with transaction.atomic():
        assert lock_one(User.objects.filter(pk=one.pk)) == one
        with pytest.raises(User.DoesNotExist):
            lock_one(User.objects.filter(pk=-1))
        with pytest.raises(User.MultipleObjectsReturned):
            lock_one(User.objects.filter(pk__in=[one.pk, other.pk]))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_locked() -> None:
    users(1)
    with pytest.raises(transaction.TransactionManagementError):
        lock(User.objects.all())


@pytest.mark.django_db
def test_a_table_without_a_place_is_refused() -> None:
    with pytest.raises(locking.TableNotInOrder, match=r"accounts\.GuestEmail"), transaction.atomic():
        lock(GuestEmail.objects.all())


def test_the_order_spells_models_as_they_are_and_none_twice() -> None:
    spelled = {model._meta.label_lower: model._meta.label for model in apps.get_models()}
    assert [spelled.get(label.lower(), label) for label in locking.TABLE_ORDER] == list(locking.TABLE_ORDER)
    assert len(locking.PLACES) == len(locking.TABLE_ORDER)


@pytest.mark.django_db
def test_the_watcher_lets_the_right_order_pass() -> None:
    stored, made = key(), users(2)
    with transaction.atomic():
        lock(IdempotencyKey.objects.all())
        lock(User.objects.filter(pk=made[0].pk))
        lock(User.objects.all())
        lock(IdempotencyKey.objects.filter(pk=stored.pk))


@pytest.mark.django_db
def test_the_watcher_fails_on_tables_out_of_order() -> None:
    key(), users(1)
    with transaction.atomic():
        lock(User.objects.all())
        with pytest.raises(WrongLock, match=r"kernel\.IdempotencyKey \d+ is locked after accounts\.User"):
            lock(IdempotencyKey.objects.all())


@pytest.mark.django_db
def test_the_watcher_fails_on_rows_out_of_order() -> None:
    one, other = users(2)
    with transaction.atomic():
        lock(User.objects.filter(pk=other.pk))
        with pytest.raises(WrongLock, match=r"is locked after"):
            lock(User.objects.filter(pk=one.pk))


@pytest.mark.django_db
def test_the_watcher_begins_anew_with_each_transaction() -> None:
    one, other = users(2)
    for user in (other, one):
        with transaction.atomic():
            lock(User.objects.filter(pk=user.pk))


@pytest.mark.django_db(transaction=True)
def test_the_watcher_begins_anew_with_each_real_transaction() -> None:
    one, other = users(2)
    for user in (other, one):
        with transaction.atomic():
            lock(User.objects.filter(pk=user.pk))


@pytest.mark.django_db
def test_the_watcher_does_not_take_the_tests_transaction_for_an_operations() -> None:
    users(1)
    with pytest.raises(WrongLock, match="outside any transaction but the test's own"):
        lock(User.objects.all())


@pytest.mark.django_db
def test_the_watcher_fails_on_a_lock_taken_elsewhere() -> None:
    users(1)
    with transaction.atomic(), pytest.raises(WrongLock, match="outside lock"):
        User.objects.select_for_update().get()


@pytest.mark.django_db(transaction=True)
def test_the_watcher_watches_the_connections_of_threads() -> None:
    users(1)

    def take() -> None:
        with transaction.atomic():
            User.objects.select_for_update().get()

    (outcome,) = at_once(take)
    assert isinstance(outcome, WrongLock)


def ordered(queryset: models.QuerySet[User]) -> object:
    return lock(queryset)


def unordered(queryset: models.QuerySet[User]) -> object:
    return list(queryset.select_for_update())


@pytest.mark.django_db(transaction=True)
def test_rows_locked_in_one_order_never_deadlock() -> None:
    users(10)
    assert [contend(ordered) for _ in range(ROUNDS)] == [0] * ROUNDS


@pytest.mark.unwatched
@pytest.mark.django_db(transaction=True)
def test_rows_locked_in_any_order_do_deadlock() -> None:
    """The negative control: without the order the same contest ends in a deadlock."""
    users(10)
    assert any(contend(unordered) for _ in range(ROUNDS))


def contend(take: Take) -> int:
    """Two transactions lock the same rows, asked for in opposite orders; how many deadlocks."""

    def run(order: str) -> None:
        with transaction.atomic():
            take(User.objects.annotate(pause=PAUSE).order_by(order))

    outcomes = at_once(partial(run, "pk"), partial(run, "-pk"))
    assert all(outcome is None or "deadlock detected" in str(outcome) for outcome in outcomes)
    return sum(outcome is not None for outcome in outcomes)
