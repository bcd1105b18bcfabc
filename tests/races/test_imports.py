"""Imports that are killed, and imports at once: what stands there in the end is one import's."""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from django.db import IntegrityError, transaction

from checkout.models import Order
from checkout.operations.history import bringing
from checkout.operations.history.bringing import ImportRunning, Outcome
from payouts import checking
from tests.support.histories import (
    imported,
    imported_at_last,
    killed,
    line_of,
    rejects_of,
    state,
    written,
)
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

# An import of the fixture's history sends about as many.
STATEMENTS = 130
DICE = random.Random(29)  # noqa: S311  # chance, not secrets
SOME = sorted(DICE.sample(range(1, STATEMENTS), 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dozen orders and three returns, in several batches where batches are small."""
    orders = [
        line_of(f"A{order:02}", str(line), vendor=f"v{line}", customer=f"c{order % 3}" if order % 2 else "")
        for order in range(12)
        for line in (1, 2)
    ]
    returns = [line_of(f"C{number}", quantity="-1", sold_at="2020-03-05T10:00:00Z") for number in range(3)]
    return written(tmp_path / "shop", *orders, *returns, line_of("B1", quantity="0"))


def _killed_and_run_again(folder: Path, statement: int) -> None:
    with transaction.atomic():
        imported(folder)
        expected = state()
        transaction.set_rollback(True)
    rejects_of(folder).unlink()
    killed(folder, statement=statement)
    imported_at_last(folder)
    assert state() == expected
    assert rejects_of(folder).exists()
    assert [fault for _, faults in checking.check() for fault in faults] == []
    assert imported(folder).lines == 0


@pytest.mark.parametrize("statement", SOME)
def test_killed_and_run_again_it_is_as_if_nothing_had_been(folder: Path, statement: int) -> None:
    _killed_and_run_again(folder, statement)


@pytest.mark.deep
@pytest.mark.parametrize("statement", range(1, STATEMENTS, 3))
def test_killed_at_any_statement(folder: Path, statement: int) -> None:
    _killed_and_run_again(folder, statement)


def test_a_killed_import_leaves_whole_orders(folder: Path) -> None:
    assert killed(folder, statement=95)
    assert 0 < Order.objects.count() < 12
    assert set(Order.objects.values_list("total_minor", flat=True)) == {2000}
    assert [fault for _, faults in checking.check() for fault in faults] == []


def _import_beside(folder: Path) -> list[Outcome | Exception]:
    """Two imports: the second begins while the first is reading."""
    begun, over = Event(), Event()

    def wait(*_: object) -> None:
        begun.set()
        over.wait(timeout=20)

    def first() -> Outcome:
        return imported(folder, report=wait)

    def second() -> Outcome:
        begun.wait(timeout=20)
        try:
            return imported(folder, rejects=folder.with_name("others.csv"))
        finally:
            over.set()

    return list(at_once(first, second))


def test_the_second_import_of_a_source_is_refused(folder: Path) -> None:
    first, second = _import_beside(folder)
    assert isinstance(first, Outcome)
    assert (first.orders, type(second)) == (12, ImportRunning)
    assert Order.objects.count() == 12


def test_without_the_hold_two_imports_run_into_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control; the database still lets no order come twice."""

    @contextlib.contextmanager
    def unheld(_: str) -> Iterator[None]:
        yield

    monkeypatch.setattr(bringing, "_held", unheld)
    begun = Event()

    def slow(step: str, *_: object) -> None:
        if step == "customers":
            begun.set()

    outcomes = at_once(lambda: imported(folder, report=slow), lambda: imported(folder))
    assert any(isinstance(outcome, IntegrityError) or outcome.known for outcome in outcomes)  # type: ignore[union-attr]  # nothing else is raised
    assert Order.objects.count() == 12


def test_two_sources_are_imported_at_once(tmp_path: Path) -> None:
    folders = [written(tmp_path / name, *map(line_of, "ABCDEFG")) for name in ("north", "south")]
    north, south = at_once(*(lambda folder=folder: imported(folder) for folder in folders))
    assert isinstance(north, Outcome)
    assert isinstance(south, Outcome)
    assert (north.orders, south.orders, Order.objects.count()) == (7, 7, 14)
