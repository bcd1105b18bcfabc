"""The lock watcher: every test fails that takes row locks out of order, or by another way than `lock()`.

A deadlock needs two transactions and bad luck; a wrong order shows in one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from marketplace.kernel import locking

Place = tuple[int, int]
# The database's name for it, that of the savepoint that stands for it, and its block, kept while it counts.
Transaction = tuple[int, str, object]

LOCKS = re.compile(r" FOR (NO KEY )?UPDATE| FOR (KEY )?SHARE")


class WrongLock(AssertionError):  # noqa: N818  # what the watcher says happened
    """A row was locked out of order, outside an operation's transaction, or not by `lock()`."""


class Watcher:
    """Remembers what each transaction has locked."""

    def __init__(self) -> None:
        self.ours = {
            model._meta.db_table
            for app in apps.get_app_configs()
            if "site-packages" not in app.path
            for model in app.get_models()
        }
        self.held: dict[Transaction, set[Place]] = {}

    def locked(self, model: type[models.Model], keys: list[int], alias: str) -> None:
        """Check one lock against those its transaction holds already."""
        held = self.held.setdefault(_transaction(connections[alias]), set())
        table = locking.PLACES[model._meta.label]
        fresh = {(table, key) for key in keys} - held
        if fresh and held and min(fresh) < max(held):
            raise WrongLock(f"{_name(min(fresh))} is locked after {_name(max(held))}")
        held |= fresh

    def executed(self, execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        """Let a statement through, unless it locks rows of ours behind the back of `lock()`."""
        locks_ours = LOCKS.search(sql) and any(f'FROM "{table}"' in sql for table in self.ours)
        if locks_ours and not locking.is_locking():
            raise WrongLock(f"locked outside lock(): {sql}")
        return execute(sql, *others)


@contextmanager
def watched() -> Iterator[Watcher]:
    """Watch every connection of this process, those that threads open later too."""
    watcher = Watcher()
    watched_connections: list[BaseDatabaseWrapper] = []

    def watch(connection: BaseDatabaseWrapper, **_: object) -> None:
        if watcher.executed not in connection.execute_wrappers:
            connection.execute_wrappers.append(watcher.executed)
            watched_connections.append(connection)

    for connection in connections.all(initialized_only=True):
        watch(connection)
    connection_created.connect(watch)
    locking.observers.append(watcher.locked)
    try:
        yield watcher
    finally:
        locking.observers.remove(watcher.locked)
        connection_created.disconnect(watch)
        for connection in watched_connections:
            connection.execute_wrappers.remove(watcher.executed)


def _transaction(connection: BaseDatabaseWrapper) -> Transaction:
    """What tells one operation's transaction from the next, also when a test case wraps them all in its own.

    Asked on the driver's connection, where no count of statements sees it.
    """
    wrapping = sum(bool(getattr(block, "_from_testcase")) for block in connection.atomic_blocks)  # noqa: B009  # the stubs leave it out
    if wrapping == len(connection.atomic_blocks):
        raise WrongLock("locked outside any transaction but the test's own")
    savepoint = connection.savepoint_ids[wrapping - 1] if wrapping else None
    with connection.connection.cursor() as cursor:
        (transaction,) = cursor.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    return transaction, savepoint or "", connection.atomic_blocks[wrapping]


def _name(place: Place) -> str:
    return f"{locking.TABLE_ORDER[place[0]]} {place[1]}"
