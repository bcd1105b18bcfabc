"""Repeated requests: one effect, the same outcome."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import GuestEmail
from marketplace.kernel import clock, idempotency
from marketplace.kernel.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from marketplace.kernel.idempotency import Outcome, once
from marketplace.kernel.models import IdempotencyKey
from tests.support.races import at_once

DAY = datetime(2026, 5, 1, tzinfo=UTC)
PLACED = Outcome("placed", {"order": 3})
THREADS = 20


def place() -> Outcome:
    """Leaves a row for each time it runs."""
    GuestEmail.objects.create(email="effect@example.com")
    return PLACED


def effects() -> int:
    return GuestEmail.objects.count()


def ask(key: str | None = "k1", scope: str = "placeOrder:cart:17", **payload: object) -> Outcome:
    with transaction.atomic():
        return once(scope=scope, key=key, payload=payload, run=place)


@pytest.mark.django_db
def test_the_same_request_has_one_effect_and_one_outcome() -> None:
    assert [ask(total=5), ask(total=5)] == [PLACED, PLACED]
    assert effects() == 1


@pytest.mark.django_db
def test_without_a_key_every_request_is_a_new_one() -> None:
    assert [ask(key=None), ask(key=None)] == [PLACED, PLACED]
    assert effects() == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_another_input_under_the_key_is_refused() -> None:
    ask(total=5)
    with pytest.raises(IdempotencyKeyReused):
        ask(total=6)
    assert effects() == 1


@pytest.mark.django_db
def test_a_key_means_nothing_in_another_scope() -> None:
    ask(total=5)
    ask(scope="placeOrder:cart:18", total=6)
    assert effects() == 2


@pytest.mark.django_db
def test_the_input_is_compared_by_value() -> None:
    ask(lines=[{"b": 1, "a": Decimal("1.20")}], on=date(2026, 1, 1))
    ask(on=date(2026, 1, 1), lines=[{"a": Decimal("1.20"), "b": 1}])
    assert effects() == 1


@pytest.mark.django_db
def test_a_failure_leaves_nothing_so_that_the_key_may_be_tried_again() -> None:
    def fail() -> Outcome:
        place()
        raise OSError("no answer")

    with pytest.raises(OSError, match="no answer"), transaction.atomic():
        once(scope="placeOrder:cart:17", key="k1", payload={}, run=fail)
    assert (effects(), IdempotencyKey.objects.count()) == (0, 0)
    assert ask() == PLACED


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(key=key)
    assert refusal.value.field == "idempotencyKey"
    assert effects() == 0


@pytest.mark.django_db
def test_keys_are_forgotten_after_their_time() -> None:
    with clock.at(DAY):
        ask(key="old")
    with clock.at(DAY + timedelta(days=6)):
        ask(key="new")
    with clock.at(DAY + timedelta(days=7, seconds=1)):
        assert idempotency.forget(older_than=timedelta(days=7)) == 1
    assert IdempotencyKey.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
def test_a_key_is_stored_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        once(scope="s", key="k", payload={}, run=place)
    assert effects() == 0


@pytest.mark.django_db(transaction=True)
def test_a_request_that_still_runs_is_not_waited_for() -> None:
    running, may_end = Event(), Event()

    def slow() -> Outcome:
        running.set()
        assert may_end.wait(10)
        return place()

    def ask_slowly() -> Outcome:
        try:
            with transaction.atomic():
                return once(scope="placeOrder:cart:17", key="k1", payload={}, run=slow)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask_slowly)
        assert running.wait(10)
        with pytest.raises(RequestInProgress):
            ask()
        may_end.set()
        assert first.result() == PLACED
    assert ask() == PLACED
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_h18_twenty_at_once_are_one() -> None:
    told = contend(ask)
    assert effects() == 1
    assert told["placed"] >= 1
    assert told["placed"] + told["RequestInProgress"] == THREADS


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_without_the_claim_are_more() -> None:
    """The negative control: looking for the key first, without the claim, is not enough."""
    contend(ask_unguarded)
    assert effects() > 1


def contend(send: Callable[[], Outcome]) -> Counter[str]:
    """Send one request from many threads at once; what each was told."""
    told = at_once(*[send] * THREADS)
    return Counter(one.name if isinstance(one, Outcome) else type(one).__name__ for one in told)


def ask_unguarded() -> Outcome:
    with transaction.atomic():
        if not IdempotencyKey.objects.filter(key="k1").exists():
            place()
            IdempotencyKey.objects.bulk_create(
                [IdempotencyKey(scope="s", key="k1", outcome="placed", input_hash="")], ignore_conflicts=True
            )
        return PLACED


@pytest.mark.django_db
def test_serial_requests_need_no_lock_of_their_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def again() -> Outcome:
        return once(scope="placeOrder:cart:17", key="k1", payload={}, run=place, is_serial=True)

    with transaction.atomic():
        again()
        with django_assert_num_queries(1):
            assert again() == PLACED
    assert effects() == 1
