"""When files are built, and that notes are forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.kernel.clock import now
from recommend import files, jobs
from recommend.live import KEPT_REMOVALS
from recommend.models import Removal
from tests.factories.recommend import PurchaseFactory, history

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a handful were many."""
    monkeypatch.setattr(jobs, "WORTH_FILES", 3)
    monkeypatch.setattr(jobs, "LEAST_NEWS", 1)


def test_a_small_shop_needs_no_files(folder: Path) -> None:
    history({"a": ["tea"], "b": ["tea"]})
    jobs.train_when_due()
    assert files.current(folder) is None


def test_files_are_built_where_there_are_none_and_when_much_has_happened(folder: Path) -> None:
    history({"a": ["tea"], "b": ["tea", "cup"]})
    jobs.train_when_due()
    first = files.current(folder)
    assert first is not None
    PurchaseFactory.create()
    jobs.train_when_due()
    assert files.current(folder) == first
    PurchaseFactory.create()
    jobs.train_when_due()
    assert files.current(folder) != first


def test_files_of_another_version_are_built_anew(folder: Path) -> None:
    history({"a": ["tea"], "b": ["tea", "cup"]})
    jobs.train_when_due()
    name = files.current(folder) or ""
    (folder / name / "mark.json").write_text("{}")
    assert jobs.is_due()


def test_old_notes_are_forgotten() -> None:
    old = now() - KEPT_REMOVALS - timedelta(hours=1)
    Removal.objects.create(billing_profile_id=1, product_id=1, transaction_number=1, removed_at=old)
    jobs.forget_old_removals()
    assert Removal.objects.count() == 0
