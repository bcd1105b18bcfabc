"""Events: what a lower app says happened, for whoever stands above it.

An app's events.py holds frozen dataclasses of ids. An operation publishes one inside its transaction; what
follows from it is written in one table, marketplace/subscriptions.py, which the kernel reads at start by the
name in the setting SUBSCRIPTIONS, as Django reads ROOT_URLCONF.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from marketplace.kernel.jobs import Job, defer_all

# What a job may ask for beside the fields of its event: a name for this publication of it. By that a job that
# runs twice knows what it did, and an event that comes twice is two.
OCCASION: Final = "occasion"

Call = tuple[Job[...], dict[str, Any]]
# The jobs of events that are published together, until they are queued.
_gathered: Final[ContextVar[list[Call] | None]] = ContextVar("gathered", default=None)


class UnknownEvent(LookupError):  # noqa: N818  # a fact about the event
    """An event without a line in the table of reactions."""


@dataclass(frozen=True)
class Subscription:
    """One line of the table: an event and what follows from it."""

    event: type
    now: tuple[Callable[[Any], None], ...]
    later: tuple[Job[...], ...]


class Subscriptions:
    """The table of reactions, checked line by line when it is made."""

    def __init__(self, *lines: Subscription) -> None:
        self.by_event = {line.event: line for line in lines}
        if len(self.by_event) < len(lines):
            raise ValueError("an event has two lines in the table of reactions")

    def publish(self, event: object) -> None:
        """Run and queue what follows from an event; see the function of this name."""
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("an event is published with the rows it speaks of")
        line = self.by_event.get(type(event))
        if line is None:
            raise UnknownEvent(
                f"{type(event).__module__}.{type(event).__qualname__} has no line in the table"
            )
        for react in line.now:
            react(event)
        occasion = uuid4().hex
        calls: list[Call] = [
            (job, {name: getattr(event, name, occasion) for name in _parameters(job)}) for job in line.later
        ]
        gathered = _gathered.get()
        if gathered is None:
            defer_all(calls)
        else:
            gathered.extend(calls)

    def as_markdown(self) -> str:
        """The table for the docs: one line an event."""
        lines = [
            f"| {event.__name__} | {_names(react.__name__ for react in line.now)} "
            f"| {_names(job.run.__name__ for job in line.later)} |"
            for event, line in self.by_event.items()
        ]
        return "\n".join(["| event | in the transaction | as a job |", "|---|---|---|", *lines])


def on(
    event: type, *, now: Iterable[Callable[[Any], None]] = (), later: Iterable[Job[...]] = ()
) -> Subscription:
    """A line of the table.

    Args:
        event: a frozen dataclass.
        now: functions of the event, run in this order inside its transaction; one that raises undoes it all.
        later: jobs queued with the transaction; each gets the fields of the event that it has parameters for,
            and where it asks for the `occasion`, a name of this publication.

    Raises TypeError for an event that is no frozen dataclass and for a job that asks for more than it says.
    """
    if not (dataclasses.is_dataclass(event) and getattr(event, "__dataclass_params__").frozen):  # noqa: B009
        raise TypeError(f"{event.__qualname__} is no frozen dataclass")
    line = Subscription(event, tuple(now), tuple(later))
    fields = {field.name for field in dataclasses.fields(event)} | {OCCASION}
    for job in line.later:
        if not _parameters(job) <= fields:
            raise TypeError(f"{job.name} asks {event.__qualname__} for {sorted(_parameters(job) - fields)}")
    return line


def publish(event: object) -> None:
    """Say what happened, inside the transaction in which it does.

    Side effects: those of the event's line in marketplace/subscriptions.py.
    Raises TransactionManagementError outside a transaction, UnknownEvent for an event without a line, and
    what an in-transaction reaction raises.
    """
    subscriptions().publish(event)


def publish_all(events: Iterable[object]) -> None:
    """Say that several things happened, like `publish`; what follows later is queued in one statement."""
    calls: list[Call] = []
    token = _gathered.set(calls)
    try:
        for event in events:
            publish(event)
    finally:
        _gathered.reset(token)
    defer_all(calls)


def subscriptions() -> Subscriptions:
    """The table that the setting SUBSCRIPTIONS names; imported once."""
    table = import_string(settings.SUBSCRIPTIONS)
    if not isinstance(table, Subscriptions):
        raise TypeError(f"{settings.SUBSCRIPTIONS} is no table of reactions")
    return table


def _parameters(job: Job[...]) -> frozenset[str]:
    return frozenset(inspect.signature(job.run).parameters)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "-"
