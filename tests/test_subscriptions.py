"""The table of reactions: every event has its line, and no reaction stands below its event."""

import dataclasses
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from marketplace.kernel import events
from marketplace.subscriptions import SUBSCRIPTIONS

# Each app may react to those before it, and to itself.
IMPORT_LINE = (
    "gateway",
    "accounts",
    "vendors",
    "catalog",
    "checkout",
    "payouts",
    "community",
    "analytics",
    "recommend",
    "outreach",
)


def app_of(module: str) -> str:
    return module.removeprefix("marketplace.").partition(".")[0]


def declared() -> set[type]:
    """The events of all apps."""
    rooms = [f"{app.name}.events" for app in apps.get_app_configs() if app.label in IMPORT_LINE]
    modules = [import_module(room) for room in rooms if find_spec(room)]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module.__name__
    }


def reactions() -> set[tuple[str, str]]:
    """Which app's events lead to something in which app."""
    return {
        (app_of(event.__module__), app_of(function.__module__))
        for event, line in SUBSCRIPTIONS.by_event.items()
        for function in [*line.now, *(job.run for job in line.later)]
    }


def test_the_kernel_reads_this_table() -> None:
    assert events.subscriptions() is SUBSCRIPTIONS


def test_every_event_has_a_line_and_every_line_an_event() -> None:
    assert set(SUBSCRIPTIONS.by_event) == declared()


def test_no_reaction_stands_below_its_event() -> None:
    assert [
        (event, reaction)
        for event, reaction in reactions()
        if IMPORT_LINE.index(reaction) < IMPORT_LINE.index(event)
    ] == []


def test_the_whole_graph_of_apps() -> None:
    assert reactions() == {
        ("gateway", "gateway"),
        ("accounts", "accounts"),
        ("accounts", "outreach"),
        ("vendors", "catalog"),
        ("catalog", "catalog"),
        ("vendors", "checkout"),
        ("vendors", "payouts"),
        ("vendors", "outreach"),
        ("catalog", "community"),
        ("catalog", "outreach"),
        ("community", "outreach"),
        ("payouts", "outreach"),
        ("payouts", "payouts"),
        ("checkout", "checkout"),
        ("checkout", "payouts"),
        ("checkout", "analytics"),
        ("checkout", "recommend"),
        ("checkout", "outreach"),
        ("outreach", "outreach"),
    }
