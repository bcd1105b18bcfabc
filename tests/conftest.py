"""Fixtures every test may use."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import override_settings
from hypothesis import HealthCheck, is_hypothesis_test, settings

from marketplace.gateway.provider import PaymentProvider
from marketplace.kernel import adjustable
from tests.support import emptying, locks, wire
from tests.support.examples import DEEP, HOUSE

# Every property is tried on the same examples each time, so that a failure is one for everybody; a slow
# machine is no failure.
settings.register_profile(
    "house", max_examples=HOUSE, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("house"), max_examples=DEEP)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "unwatched: takes row locks in ways the watcher would refuse")
    settings.load_profile("deep" if _is_deep(config) else "house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `-m deep`, property tests run too, on the many examples of that profile."""
    if not _is_deep(config):
        return
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("deep")


def _is_deep(config: pytest.Config) -> bool:
    return bool(config.getoption("markexpr") == "deep")


@pytest.fixture(scope="session", autouse=True)
def _fast_password_hash() -> Iterator[None]:
    """Hash in microseconds; the real hash is slow on purpose."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_when_asked_for() -> Iterator[None]:
    """Look for a static file when one is fetched; every client of a test would list them all first."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def _forgotten_answers() -> None:
    """Let no test be answered by what the process remembers of another."""
    caches["answers"].clear()


@pytest.fixture(autouse=True)
def _file_settings() -> None:
    """Let the settings be those of the file, unread, until a test changes one or asks for the table."""
    adjustable.hold({})


@pytest.fixture(autouse=True)
def _watched_locks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that takes row locks out of order or by another way than `lock()`."""
    if request.node.get_closest_marker("unwatched"):
        yield
        return
    with locks.watched():
        yield


@pytest.fixture(scope="session")
def _quick_to_empty(django_db_setup: None) -> Iterator[None]:
    """Empty the database after tests that commit in less time than Django takes."""
    with emptying.instead_of_flush():
        yield


@pytest.fixture(autouse=True)
def _emptied(request: pytest.FixtureRequest) -> None:
    """Leave nothing behind a test that commits, no job either: Django's flush would not know of those."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        request.getfixturevalue("_quick_to_empty")


@pytest.fixture(params=["sandbox", "stripe"])
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[PaymentProvider]:
    """One that new payments go to: the sandbox, and Stripe over HTTP, by its library.

    A test that commits may race: there each request has a connection of its own, which ends with it.
    """
    marker = request.node.get_closest_marker("django_db")
    address = ""
    if marker is None or not marker.kwargs.get("transaction"):
        request.getfixturevalue("db")
    elif request.param == "stripe":
        address = request.getfixturevalue("live_server").url
        monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    with wire.paying_by(request.param, address) as paying:
        yield paying
