"""Many writes in one statement."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from marketplace.kernel import writes
from marketplace.kernel.models import AuditEntry, IdempotencyKey

pytestmark = pytest.mark.django_db


def _key(key: str, outcome: str = "done") -> IdempotencyKey:
    return IdempotencyKey(scope="test", key=key, input_hash="", outcome=outcome)


def _keys() -> list[tuple[str, str]]:
    return list(IdempotencyKey.objects.order_by("key").values_list("key", "outcome"))


def test_what_is_gathered_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    old, older = _key("old"), _key("older")
    IdempotencyKey.objects.bulk_create([old, older])
    old.outcome, older.outcome = "a", "b"
    with django_assert_num_queries(1), writes.together():
        writes.insert([_key("new"), _key("newer")])
        writes.insert([AuditEntry(action="test", subject_type="test", subject_id=1)])
        writes.save([old, older], ["outcome"])
        writes.insert([])
        writes.save([], ["outcome"])
    assert _keys() == [("new", "done"), ("newer", "done"), ("old", "a"), ("older", "b")]
    assert AuditEntry.objects.filter(action="test").count() == 1


def test_nothing_gathered_is_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0), writes.together():
        writes.flush()


def test_outside_it_is_written_at_once() -> None:
    seen: list[object] = []
    row = _key("one")
    writes.insert([row])
    writes.then(lambda: seen.append(_keys()))
    writes.update(IdempotencyKey.objects.all(), {"outcome": "two"}, rows=1, refuse=ValueError)
    assert (seen, _keys(), row.pk is None) == ([[("one", "done")]], [("one", "two")], False)


def test_what_waits_comes_after_the_statement_and_writes_at_once() -> None:
    seen: list[object] = []

    def look() -> None:
        writes.insert([_key("two")])
        seen.append(_keys())

    with writes.together():
        writes.then(look)
        with writes.together():
            writes.insert([_key("one")])
        assert _keys() == []
        writes.flush()
        assert seen == [[("one", "done"), ("two", "done")]]
        writes.insert([_key("three")])
    assert len(seen) == 1
    assert len(_keys()) == 3


@pytest.mark.parametrize("is_gathered", [False, True])
def test_fewer_rows_than_meant_are_refused(is_gathered: bool) -> None:
    IdempotencyKey.objects.bulk_create([_key("one")])
    gathered = writes.together() if is_gathered else nullcontext()
    with pytest.raises(ValueError, match="fewer"), transaction.atomic(), gathered:
        writes.update(
            IdempotencyKey.objects.all(), {"outcome": "two"}, rows=2, refuse=lambda: ValueError("fewer")
        )
    assert _keys() == [("one", "done")]


def test_nothing_is_sent_when_something_is_raised(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    seen: list[str] = []

    def fail() -> None:
        writes.insert([_key("one")])
        writes.then(lambda: seen.append("late"))
        raise ZeroDivisionError

    with django_assert_num_queries(0), pytest.raises(ZeroDivisionError), writes.together():
        fail()
    assert seen == []
    writes.insert([_key("two")])
    assert _keys() == [("two", "done")]


def test_what_the_database_refuses_is_raised() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), writes.together():
        writes.insert([_key("one"), _key("one")])
    assert _keys() == []


def test_keys_come_before_the_rows_in_one_statement() -> None:
    rows = [_key("a"), AuditEntry(action="test", subject_type="test", subject_id=1), _key("b"), _key("c")]
    with CaptureQueriesContext(connection) as captured:
        writes.number(rows)
    assert len(captured) == 1
    keys = [row.pk for row in rows if isinstance(row, IdempotencyKey)]
    assert keys == sorted(set(keys))
    with writes.together():
        writes.insert([row for row in rows if isinstance(row, IdempotencyKey)])
        writes.insert([rows[1]])
    assert [row.pk for row in IdempotencyKey.objects.order_by("key")] == keys
    assert AuditEntry.objects.get(action="test").pk == rows[1].pk


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_gathered() -> None:
    with pytest.raises(transaction.TransactionManagementError), writes.together():
        pass


@pytest.mark.parametrize("is_gathered", [False, True])
def test_a_row_that_stands_already_is_changed_instead(is_gathered: bool) -> None:
    IdempotencyKey.objects.bulk_create([_key("one")])
    with writes.together() if is_gathered else nullcontext():
        writes.insert([_key("one", "again")], unique=["scope", "key"], change=["outcome"])
    assert _keys() == [("one", "again")]


def test_new_rows_learn_their_keys() -> None:
    rows = [_key("b"), _key("a")]
    with writes.together():
        writes.insert(rows)
    assert dict(IdempotencyKey.objects.values_list("key", "pk")) == {row.key: row.pk for row in rows}
