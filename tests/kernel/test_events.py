"""Events: published in a transaction, with what follows from them in one table."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from marketplace.kernel import events
from marketplace.kernel.events import Subscriptions, on
from marketplace.kernel.jobs import job
from marketplace.kernel.models import IdempotencyKey


@dataclass(frozen=True)
class DoorOpened:
    door_id: int
    by: str


@dataclass(frozen=True)
class DoorClosed:
    door_id: int


@dataclass
class DoorPainted:
    door_id: int


def note(event: DoorOpened) -> None:
    IdempotencyKey.objects.create(scope=event.by, key=str(event.door_id), outcome="", input_hash="")


def refuse(event: DoorOpened) -> None:
    raise PermissionError(event.by)


@job()
def ring(door_id: int) -> None:
    """A reaction that asks for a part of the event."""


@job()
def shout(words: str) -> None:
    """A reaction that asks for what no event says."""


@job()
def chime(door_id: int) -> None:
    """Another one."""


CHIMING = Subscriptions(on(DoorOpened, later=[ring, chime]))
TABLE = Subscriptions(on(DoorOpened, now=[note], later=[ring]), on(DoorClosed))
REFUSING = Subscriptions(on(DoorOpened, now=[note, refuse], later=[ring]))


def noted() -> list[tuple[str, str]]:
    return list(IdempotencyKey.objects.values_list("scope", "key"))


def queued() -> list[tuple[str, dict[str, object]]]:
    return list(ProcrastinateJob.objects.values_list("task_name", "args"))


@pytest.mark.django_db
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.TABLE")
def test_what_follows_happens_in_the_transaction_or_is_queued_with_it() -> None:
    with transaction.atomic():
        events.publish(DoorOpened(7, "eve"))
    assert noted() == [("eve", "7")]
    assert queued() == [("tests.kernel.test_events.ring", {"door_id": 7})]


@pytest.mark.django_db
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.CHIMING")
def test_all_jobs_of_an_event_are_queued_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        events.publish(DoorOpened(7, "eve"))
    assert [name.rpartition(".")[2] for name, _ in queued()] == ["ring", "chime"]


@pytest.mark.django_db
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.TABLE")
def test_an_event_may_lead_to_nothing() -> None:
    events.publish(DoorClosed(7))
    assert (noted(), queued()) == ([], [])


@pytest.mark.django_db
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.REFUSING")
def test_a_reaction_that_raises_undoes_everything() -> None:
    with pytest.raises(PermissionError), transaction.atomic():
        events.publish(DoorOpened(7, "eve"))
    assert (noted(), queued()) == ([], [])


@pytest.mark.django_db
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.TABLE")
def test_an_event_without_a_line_is_a_bug() -> None:
    with pytest.raises(events.UnknownEvent, match="DoorPainted has no line in the table"):
        events.publish(DoorPainted(7))


@pytest.mark.django_db(transaction=True)
@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.TABLE")
def test_an_event_is_published_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        events.publish(DoorOpened(7, "eve"))
    assert (noted(), queued()) == ([], [])


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: on(DoorPainted), "DoorPainted is no frozen dataclass"),
        (lambda: on(int), "int is no frozen dataclass"),
        (lambda: on(DoorClosed, later=[shout]), r"shout asks DoorClosed for \['words'\]"),
    ],
)
def test_a_line_is_checked_when_it_is_written(make: Callable[[], object], fault: str) -> None:
    with pytest.raises(TypeError, match=fault):
        make()


def test_an_event_has_one_line() -> None:
    with pytest.raises(ValueError, match="two lines"):
        Subscriptions(on(DoorClosed), on(DoorClosed))


@override_settings(SUBSCRIPTIONS="tests.kernel.test_events.ring")
def test_the_setting_names_a_table() -> None:
    with pytest.raises(TypeError, match="is no table of reactions"):
        events.subscriptions()


def test_the_table_prints_itself_for_the_docs() -> None:
    assert TABLE.as_markdown().splitlines() == [
        "| event | in the transaction | as a job |",
        "|---|---|---|",
        "| DoorOpened | note | ring |",
        "| DoorClosed | - | - |",
    ]
