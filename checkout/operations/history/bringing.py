"""A sales history, from its folder to orders that are paid and settled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from checkout.operations.history import checks, goods, sales, staging
from checkout.operations.history.staging import Report
from marketplace.kernel.money import BASIS_POINTS

COUNTS = """
SELECT count(*) FILTER (WHERE code IS NULL AND NOT is_known),
       count(*) FILTER (WHERE code IS NULL AND is_known),
       count(DISTINCT "order") FILTER (WHERE code IS NULL AND NOT is_known AND quantity > 0),
       count(DISTINCT "order") FILTER (WHERE code IS NULL AND NOT is_known AND quantity < 0)
FROM history_line
"""


class ImportRunning(Exception):  # noqa: N818  # what is the matter
    """Another import of this source runs at this moment."""

    code = "import_running"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an import; of a dry run, what would come of it. `known` lines were there before."""

    vendors: int = 0
    listings: int = 0
    customers: int = 0
    orders: int
    refunds: int
    lines: int
    known: int
    rejected: Counter[str] = field(default_factory=Counter)


def import_history(
    *,
    folder: Path,
    source: str,
    commission_bps: int,
    rejects: Path,
    is_dry_run: bool = False,
    is_whole_orders: bool = False,
    report: Report,
) -> Outcome:
    """Bring the orders and refunds of a history here, each once.

    Args:
        folder: with vendors, products and order_lines, as docs/import-sales.md describes them.
        source: what the references are unique in.
        commission_bps: what the platform has kept of each line.
        rejects: where the rows go that cannot be used; no file is left where there is none.
        is_dry_run: read and check, and change nothing.
        is_whole_orders: hold an order back while one of its rows is rejected.
        report: told what is done, and how many of it.

    Runs outside any transaction, in many short ones of its own: a process that is killed leaves whole orders,
    and the next run brings the rest. Holds the source, so that two imports of it never run at once.
    Raises HistoryUnreadable, ImportRunning, ValueError for a rate or a source that cannot be.
    """
    if not 0 <= commission_bps <= BASIS_POINTS:
        raise ValueError(f"{commission_bps} basis points are no rate of commission")
    with _held(source):
        staging.clear()
        try:
            staging.stage(folder, report=report)
            checks.check(source=source, is_whole_orders=is_whole_orders)
            rejected = staging.write_rejected(rejects)
            counts = _counts()
            if is_dry_run:
                return Outcome(rejected=rejected, **counts)
            made = {
                "vendors": goods.bring_vendors(source=source, report=report),
                "listings": goods.bring_listings(source=source, report=report),
                "customers": goods.bring_customers(source=source, report=report),
            }
            sales.bring_sales(source=source, commission_bps=commission_bps, report=report)
        finally:
            staging.clear()
    return Outcome(rejected=rejected, **counts, **made)


@contextmanager
def _held(source: str) -> Iterator[None]:
    """Hold the source for this connection; the database lets go of it when the connection ends."""
    key = f"import_sales:{source}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        if not cursor.fetchone()[0]:
            raise ImportRunning(f"import_running: another import of {source} is running")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return dict(zip(("lines", "known", "orders", "refunds"), cursor.fetchone(), strict=True))
