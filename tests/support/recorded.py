"""Recorded sales and what is true of them: the folder that the setting SALES_DATA names."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.management import call_command

# The truths were computed with this rate.
COMMISSION_BPS: Final = 1250


def folder(name: str) -> Path:
    """Where a history is."""
    return Path(settings.SALES_DATA) / name


def require(name: str) -> None:
    """Skip the test where the history is not there."""
    if not folder(name).is_dir():
        pytest.skip(f"there are no recorded sales in {folder(name)} (SALES_DATA)")


def truth(name: str) -> Any:
    """What was computed of a history, apart from us."""
    return json.loads((folder("truth") / f"{name}.json").read_text(encoding="utf-8"))


def bring(name: str) -> None:
    """Import a history, its folder's name the source."""
    call_command("import_sales", str(folder(name)), commission_bps=COMMISSION_BPS)


def empty() -> None:
    """Leave nothing of it to the tests of other files."""
    call_command("flush", verbosity=0, interactive=False, allow_cascade=True, inhibit_post_migrate=True)
