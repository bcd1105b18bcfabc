"""The whole command, small and short: no figure is judged, only that each is there."""

import json
import subprocess
import sys
from typing import Any

import pytest

from marketplace.env import PROJECT_DIR

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def document() -> Any:
    command = [sys.executable, "-m", "bench", "--scale", "50", "--vendors", "5", "--seconds", "0.5"]
    run = subprocess.run(  # noqa: S603  # our own command
        [*command, "--clients", "2", "--buyers", "2"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_every_operation_is_answered_in_every_way_without_an_error(document: Any) -> None:
    cells = {(cell["operation"], cell["way"]): cell for cell in document["cells"]}
    assert set(cells) == {
        (operation, way)
        for operation in ("product_list", "product_detail", "product_search")
        for way in ("POST", "GET registered", "bare Django")
    }
    assert [cell for cell in cells.values() if cell["errors"] or not cell["requests"]] == []


def test_every_journey_comes_to_its_end(document: Any) -> None:
    trips = {(trip["journey"], trip["buyers"]): trip for trip in document["trips"]}
    assert set(trips) == {("create cart + add", 2), ("guest checkout", 2)}
    assert [trip for trip in trips.values() if trip["errors"] or not trip["journeys"]] == []
    assert trips["guest checkout", 2]["statements"]["place_order"] > 0


def test_no_request_opens_a_database_session(document: Any) -> None:
    assert sum(cell["sessions_opened"] for cell in document["cells"]) == 0


def test_the_sql_of_every_operation_is_counted_and_replayed(document: Any) -> None:
    assert [
        name
        for name, each in document["operations"].items()
        if min(each["statements"], each["bare_query_ms"]) <= 0
    ] == []
    assert len(document["operations"]) == 3
