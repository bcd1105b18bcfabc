"""Both houses, made once for all tests that ask for them; what a test does there is undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from marketplace.api import execution
from tests.tenancy.world import World, build


@pytest.fixture
def world(houses: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    settings.KEY_REQUESTS_A_MINUTE = 0  # tests/api/test_bearer.py counts
    # What asks for everything is long, and all visitors ask it.
    monkeypatch.setattr(execution, "LONGEST_REMEMBERED", 20_000)
    with _undone():
        yield houses


@pytest.fixture(scope="package")
def houses(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media, KEY_REQUESTS_A_MINUTE=0),
        _undone(),
    ):
        yield build()


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    """Pictures that are uploaded go nowhere."""
    settings.MEDIA_ROOT = tmp_path


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction of the tests' own, as TestCase opens them: a durable one within knows it for none."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as django.test.TestCase marks them
    with atomic:
        yield
        transaction.set_rollback(True)
