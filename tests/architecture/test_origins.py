"""docs/origins.md leads to code and tests that exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.support import tree

PAGE = tree.text(Path("docs/origins.md"))
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| name ")
]
TO_COME = "to come"


def test_every_row_leads_somewhere_or_is_to_come() -> None:
    assert {len(row) for row in ROWS} == {3}
    assert [row for row in ROWS if not row[1].startswith(TO_COME) and not (row[1] and row[2])] == []


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`([\w.]+:[\w.]+)`", PAGE))))
def test_what_a_row_names_exists(place: str) -> None:
    module, _, names = place.partition(":")
    found: object = import_module(module)
    for name in names.split("."):
        # Django and strawberry keep what a class declares in its __dict__ or under its plain name.
        assert hasattr(found, name), place
        found = getattr(found, name)


def test_every_test_it_names_exists() -> None:
    named = {Path(name) for name in re.findall(r"`(tests/[\w/]+\.py)`", PAGE)}
    assert named
    assert named - set(tree.modules()) == set()
