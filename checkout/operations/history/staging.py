"""The files of a history in temporary tables, each row with what is wrong with it.

The tables are this connection's own and end with it, so whatever becomes of the process, nothing is left. A
row with a `code` is rejected; what can be told of a row by itself is told as it is read, what needs other
rows in one statement for all of them.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from checkout.history.files import Layout, Record, find, records
from checkout.history.rows import (
    LINES,
    PRODUCTS,
    VENDORS,
    Rejected,
    line_row,
    product_row,
    vendor_row,
)
from marketplace.kernel import clock

# Told the step, how many are done, and of how many; 0 where that is not known yet.
Report = Callable[[str, int, int], None]

# How much of a rejected row is kept to show it.
LONGEST_RAW: Final = 1000
ROWS_A_REPORT: Final = 5_000
ROWS_A_PAGE: Final = 5_000
# A clock elsewhere may be a little ahead of ours.
TOLERANCE: Final = timedelta(hours=24)
TABLES: Final = (
    "history_vendor",
    "history_product",
    "history_line",
    "history_order",
    "history_part",
    "history_entry",
    "history_known",
    "history_seller",
    "history_pair",
    "history_buyer",
    "history_category",
    "history_listing",
    "history_profile",
    "history_rejected",
)

CREATE: Final = """
CREATE TEMPORARY TABLE history_vendor (
    row bigint, vendor text, country text, timezone text, code text, fault text, raw text
);
CREATE TEMPORARY TABLE history_product (
    row bigint, product text, title text, category text, weight_g integer,
    code text, fault text, raw text
);
CREATE TEMPORARY TABLE history_line (
    row bigint, "order" text, line text, sold_at timestamptz,
    customer text, vendor text, product text, quantity integer,
    unit_price_minor bigint, amount_minor bigint, shipping_minor bigint, currency text,
    code text, fault text, raw text, is_known boolean NOT NULL DEFAULT false
);
"""
REJECTED: Final = """
CREATE TEMPORARY TABLE history_rejected AS
SELECT row_number() OVER (ORDER BY array_position(ARRAY['vendors', 'products', 'order_lines'], file), line)
    AS place, each.*
FROM (
    SELECT 'vendors' AS file, row AS line, fault, code, raw FROM history_vendor
    UNION ALL SELECT 'products', row, fault, code, raw FROM history_product
    UNION ALL SELECT 'order_lines', row, fault, code, raw FROM history_line
) AS each WHERE code IS NOT NULL
"""
PAGE: Final = """
SELECT file, line, coalesce(fault, ''), code, raw FROM history_rejected
WHERE place > %s AND place <= %s ORDER BY place
"""


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A temporary table, and how a record becomes one of its rows."""

    layout: Layout
    name: str
    columns: tuple[str, ...]
    row_of: Callable[[Record, datetime], tuple[Any, ...]]
    # Where a row that cannot be used still says whose it is.
    kept: int


_STAGED: Final = (
    _Table(
        layout=VENDORS,
        name="history_vendor",
        columns=("vendor", "country", "timezone"),
        row_of=lambda record, _: vendor_row(record.cells),
        kept=0,
    ),
    _Table(
        layout=PRODUCTS,
        name="history_product",
        columns=("product", "title", "category", "weight_g"),
        row_of=lambda record, _: product_row(record.cells),
        kept=0,
    ),
    _Table(
        layout=LINES,
        name="history_line",
        columns=(
            '"order"',
            "line",
            "sold_at",
            "customer",
            "vendor",
            "product",
            "quantity",
            "unit_price_minor",
            "amount_minor",
            "shipping_minor",
            "currency",
        ),
        row_of=lambda record, latest: line_row(record.cells, latest=latest),
        kept=1,
    ),
)


def clear() -> None:
    """Drop the temporary tables of an import before, which a connection that lasts would keep."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in TABLES)}")


def stage(folder: Path, *, report: Report) -> None:
    """Read the three files into temporary tables, all or none, and look at each row by itself.

    Raises HistoryUnreadable for a file that is missing or broken.
    """
    paths = [find(folder, table.layout) for table in _STAGED]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CREATE)
        for table, path in zip(_STAGED, paths, strict=True):
            columns = ", ".join(("row", *table.columns, "code", "fault", "raw"))
            with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in _rows(table, path, report):
                    copy.write_row(row)
        cursor.execute("; ".join(f"ANALYZE {table.name}" for table in _STAGED))


def write_rejected(path: Path) -> Counter[str]:
    """Write the rejected rows, in the order of their files, and count them by code.

    A file of an import before is gone; there is none where nothing is rejected. To be asked once, when all
    has been checked.
    """
    counts: Counter[str] = Counter()
    path.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute(REJECTED)
        if not cursor.rowcount:
            return counts
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "column", "code", "row"))
            for after in range(0, cursor.rowcount, ROWS_A_PAGE):
                cursor.execute(PAGE, [after, after + ROWS_A_PAGE])
                for row in cursor.fetchall():
                    writer.writerow(row)
                    counts[row[3]] += 1
    return counts


def _rows(table: _Table, path: Path, report: Report) -> Iterable[tuple[Any, ...]]:
    latest = clock.now() + TOLERANCE
    empty = (None,) * len(table.columns)
    done = 0
    for done, record in enumerate(records(path, table.layout), start=1):
        if done % ROWS_A_REPORT == 0:
            report(f"reading {table.layout.name}", done, 0)
        raw = record.text[:LONGEST_RAW].replace("\0", "\\0")
        if record.code:
            yield record.line, *empty, record.code, record.column, raw
            continue
        try:
            row = table.row_of(record, latest)
        except Rejected as fault:
            known = tuple(record.cells[: table.kept])
            yield record.line, *_kept(known, empty), fault.code, fault.column, raw
        else:
            yield record.line, *row, None, None, raw
    report(f"reading {table.layout.name}", done, 0)


def _kept(known: tuple[str, ...], empty: tuple[None, ...]) -> tuple[str | None, ...]:
    return *(cell.strip() for cell in known), *empty[len(known) :]
