"""The command, and that it can be killed."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from recommend import files
from tests.factories.recommend import history

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_what_it_built(folder: Path) -> None:
    history({"a": ["tea"], "b": ["tea", "cup"]})
    out = StringIO()
    call_command("train_recommender", stdout=out)
    assert out.getvalue().startswith(f"3 purchases of 2 products by 2 buyers in {folder}, after ")
    assert files.mark(folder, files.current(folder) or "").seen != ""
