"""`uv run python -m bench.imports`: how long files of listings take.

Makes a database for it and throws it away, as `python -m bench` does. What is measured is the whole way of a
file: looked at and kept, read, applied; the first time, with every price changed, and with nothing changed.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import django
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from bench.__main__ import prepare

HEAD: Final = "product;sku;title;description;category;price;stock;weight_g;option1_name;option1_value"
WORDS: Final = "A thing of clay, glazed twice and fired at 1,220 degrees, from a small workshop. " * 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--variants", type=int, default=1, help="rows of each product")
    parser.add_argument("--memory", action="store_true", help="trace Python's memory, which takes time")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-imports-"))
    with contextlib.ExitStack() as surroundings:
        surroundings.callback(shutil.rmtree, folder, ignore_errors=True)
        where = prepare(surroundings, folder)
        django.setup()
        call_command("migrate", verbosity=0)
        print(where, file=sys.stderr)  # noqa: T201
        vendor = _shop()
        for name, price in (("first", 10), ("every price changed", 11), ("nothing changed", 11)):
            content = "\n".join(_rows(given.rows, given.variants, price)).encode()
            _run(name, vendor, content, is_traced=given.memory)
        connection.close()


def _shop() -> Any:
    for number in range(20):
        import_string("catalog.operations.categories.create_category")(name=f"Category {number}")
    return import_string("vendors.models.Vendor").objects.create(
        slug="potter", name="Potter", email="v@example.com", country="DE", currency="EUR", status="approved"
    )


def _rows(rows: int, variants: int, price: int) -> Iterator[str]:
    yield HEAD
    for number in range(rows):
        thing, size = divmod(number, variants)
        option = f"Size;{size}" if variants > 1 else ";"
        words = WORDS if not size else ""
        category = f"category-{thing % 20}"
        yield f"thing-{thing};SKU-{number};Thing {thing};{words};{category};{price}.50;7;120;{option}"


def _run(name: str, vendor: Any, content: bytes, *, is_traced: bool) -> None:
    start = import_string("catalog.operations.imports.starting.start_import")
    run = import_string("catalog.operations.imports.running.run_import")
    wish = import_string("catalog.operations.imports.starting.Wish")(is_again=True)
    statements = 0

    def count(execute: Any, *rest: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*rest)

    if is_traced:
        tracemalloc.start()
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        file, _ = start(vendor=vendor, content=content, wish=wish, actor=None)
        run(import_id=file.pk)
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1] / 2**20 if is_traced else 0
    tracemalloc.stop()
    file.refresh_from_db()
    print(  # noqa: T201
        f"{name}: {len(content) / 2**20:.1f} MB, {file.rows} rows: {file.created} created, "
        f"{file.updated} updated, {file.unchanged} unchanged, {file.failed} failed, in {seconds:.1f} s; "
        f"{statements} statements" + (f"; at most {peak:.1f} MB of Python's memory" if is_traced else "")
    )


if __name__ == "__main__":
    main()
