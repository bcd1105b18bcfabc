"""Both houses, made once for each test that asks for them."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.tenancy.world import World, build


@pytest.fixture
def world(db: None, settings: Settings) -> World:  # the database is what it is made in
    settings.KEY_REQUESTS_A_MINUTE = 0  # tests/api/test_bearer.py counts
    return build()


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    """Pictures that are uploaded go nowhere."""
    settings.MEDIA_ROOT = tmp_path
