"""How the database is emptied after a test that commits: by deleting what is there.

Django truncates every table, written to or not, and makes permissions anew: 180 ms of the processor, more
than most tests take. What the migrations filled stays as long as it is as they left it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest import mock

import psycopg
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

SECONDS: Final = 5.0
ALL: Final = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
# A statement of a process that was killed may still run, and what it commits would come after us.
AT_WORK: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


class Emptier:
    """A session of its own beside the tests', which knows all tables already; closed by whoever opened it."""

    def __init__(self, session: psycopg.Connection) -> None:
        self.session = session
        # What refers to deleted rows is deleted too, and the tables that refuse DELETE refuse it to others.
        session.execute("SET session_replication_role = replica")
        names = [name for (name,) in session.execute(ALL)]
        self.filled = self._having_rows(names)
        self.others = [name for name in names if name not in self.filled]
        self.content = self._content()

    def empty(self) -> bool:
        """Delete all rows that no migration made; False, and nothing is done, where that would not do."""
        if not self._is_quiet() or self._content() != self.content:
            return False
        deletions = [
            sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in self._having_rows(self.others)
        ]
        if deletions:
            self.session.execute(sql.SQL("; ").join(deletions))
        return True

    def _having_rows(self, names: list[str]) -> list[str]:
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for name in names
        ]
        return [name for (name,) in self.session.execute(sql.SQL(" UNION ALL ").join(asked), prepare=True)]

    def _content(self) -> list[tuple[int, int]]:
        """A mark of every row of the tables that the migrations filled."""
        asked = [
            sql.SQL("SELECT count(*), sum(hashtextextended(whole::text, 0)) FROM {} whole").format(
                sql.Identifier(name)
            )
            for name in self.filled
        ]
        return self.session.execute(sql.SQL(" UNION ALL ").join(asked), prepare=True).fetchall()

    def _is_quiet(self) -> bool:
        until = time.monotonic() + SECONDS
        while self.session.execute(AT_WORK, prepare=True).fetchone() != (0,):
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True


@contextmanager
def instead_of_flush() -> Iterator[None]:
    """Let tests that commit be followed by this, and by Django's flush only where this would not do.

    Without the rights of a superuser it is always the flush.
    """
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        if session.info.parameter_status("is_superuser") != "on":
            yield
            return
        emptier = Emptier(session)

        def teardown(case: TransactionTestCase) -> None:
            if not emptier.empty():
                flush(case)
                emptier.content = emptier._content()

        with mock.patch.object(TransactionTestCase, "_fixture_teardown", teardown):
            yield
