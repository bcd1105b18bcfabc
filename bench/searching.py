"""`uv run python -m bench.searching`: what searching costs, by itself and on one thread.

Makes a database for it and throws it away, as `python -m bench` does, with a generated catalogue. Each
request goes through the whole application in this process; its very statements are sent again by psycopg
alone, and explained. Beside the clock stands what this process spent of the processor, which other work on
the machine makes no longer.
"""

import argparse
import contextlib
import logging
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from bench.__main__ import prepare
from marketplace import env

ROUNDS: Final = 4
TYPED: Final = (2, 3, 5)
ANALYZE: Final = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=100_000, help="products (default: %(default)s)")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-searching-"))
    with contextlib.ExitStack() as surroundings:
        surroundings.callback(shutil.rmtree, folder, ignore_errors=True)
        prepare(surroundings, folder)
        django.setup()
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        import_string("bench.catalogue.load")(products=given.scale, vendors=100)
        _told("loaded", time.perf_counter() - began)
        began = time.perf_counter()
        words = import_string("catalog.operations.vocabulary.refresh_vocabulary")()
        _told(f"{words:,} words known", time.perf_counter() - began)
        import_string("bench.catalogue.settle")()
        with _unlimited():
            _measure()
        connection.close()


def _measure() -> None:
    scenarios, measured = import_module("bench.scenarios"), import_module("bench.statements")
    url = env.inherited()["DATABASE_URL"]
    for scenario in (*scenarios.scenarios(), *scenarios.typing(TYPED)):
        measured.capture(scenario)
        begun = time.process_time()
        captures = [each for _ in range(ROUNDS) for each in measured.capture(scenario)]
        own = (time.process_time() - begun) / (len(captures) + 3 * ROUNDS)
        bare = measured.replay(captures, url)
        whole = [each.seconds for each in captures]
        print(  # noqa: T201
            f"{scenario.name}: {max(len(each.statements) for each in captures)} statements; {_times(whole)}; "
            f"{own * 1000:.1f} ms of this processor; {1 / statistics.mean(whole):.0f} a second; the bare "
            f"statements {_times(bare)}: {statistics.median(whole) / statistics.median(bare):.1f} x; "
            f"PostgreSQL's own {_explained(captures, url)}",
            flush=True,
        )


def _times(seconds: list[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return f"p50 {statistics.median(seconds) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"


def _explained(captures: list[Any], url: str) -> str:
    """The median time to plan and to execute each statement of a request, in ms, and the pages it touched."""
    found: dict[int, list[tuple[float, float, int]]] = {}
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as plain:
        for capture in captures[:: max(len(captures) // 40, 1)]:
            for place, statement in enumerate(capture.statements):
                if statement.sql.lstrip().startswith(("SELECT", "WITH", "(")):
                    plan = _plan(plain, statement)
                    touched = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
                    row = (plan["Planning Time"], plan["Execution Time"], touched)
                    found.setdefault(place, []).append(row)
    return "; ".join(
        f"{statistics.median(row[0] for row in rows):.1f} + "
        f"{statistics.median(row[1] for row in rows):.1f} ms, "
        f"{statistics.median(row[2] for row in rows):.0f} pages"
        for rows in found.values()
    )


def _plan(plain: "psycopg.Connection[Any]", statement: Any) -> Any:
    row = plain.execute(ANALYZE + statement.sql, statement.parameters).fetchone()
    return row[0][0] if row else {}


@contextlib.contextmanager
def _unlimited() -> Iterator[None]:
    """One client is all the buyers there are; they are counted, and never refused."""
    vars(import_module("marketplace.api.rates"))["SUGGESTIONS_A_MINUTE"] = 1_000_000
    yield


def _told(what: str, seconds: float) -> None:
    print(f"{what} in {seconds:.1f} s", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
