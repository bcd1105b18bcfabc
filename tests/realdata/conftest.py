"""Recorded sales, imported once for each file of tests."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.support import recorded


@pytest.fixture(scope="module", autouse=True)
def recorded_sales(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The history that the module names as HISTORY, committed; afterwards the database is empty again."""
    name: str = request.module.HISTORY
    recorded.require(name)
    with django_db_blocker.unblock():
        recorded.bring(name)
        yield
        recorded.empty()
