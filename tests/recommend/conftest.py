"""Files of the test's own, and an engine that has read none yet."""

from pathlib import Path

import pytest
from pytest_django import Settings

from recommend import live, selectors
from recommend.live import Live


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """RECOMMEND_DIR, empty."""
    settings.RECOMMEND_DIR = tmp_path / "recommend"
    return tmp_path / "recommend"


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The engine of a process that has just begun."""
    fresh = Live()
    monkeypatch.setattr(live, "LIVE", fresh)
    monkeypatch.setattr(selectors, "LIVE", fresh)
    return fresh
