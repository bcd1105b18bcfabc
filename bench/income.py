"""`uv run python -m bench.income`: how long reports over millions of lines take, beside their bare SQL.

Makes a database for it and throws it away, as `python -m bench` does. One vendor sells so many lines in three
years, the others together as many again. Every report is asked over the API in this process; the statement
that sums is then sent again by psycopg alone.
"""

import argparse
import contextlib
import json
import logging
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from bench.__main__ import prepare
from marketplace import env

PRODUCTS: Final = 2_000
VENDORS: Final = 20
WARM_UPS: Final = 2
TABLE: Final = "analytics_salesentry"

# Entries alone: the orders and lines they speak of are not made.
FOREIGN_KEYS: Final = """
SELECT format('ALTER TABLE analytics_salesentry DROP CONSTRAINT %I', conname) FROM pg_constraint
WHERE conrelid = 'analytics_salesentry'::regclass AND contype = 'f'
"""
SHELVES: Final = """
CREATE TEMPORARY TABLE shelf AS
SELECT vendor_id, array_agg(id ORDER BY id) AS products FROM catalog_product GROUP BY 1
"""
# In the order of their moments: an order of two lines of the first vendor, one of a line of each of two
# others, and a return of every fiftieth line of the first vendor.
ENTRIES: Final = """
INSERT INTO analytics_salesentry (
    kind, vendor_id, order_id, order_line_id, refund_line_id, product_id, is_first_part, country, occurred_at,
    currency, gross_minor, refund_minor, discount_minor, shipping_minor, commission_minor, tax_minor, units
)
SELECT each.kind, each.vendor_id, 2 * o + each.is_others, each.order_line_id, each.refund_line_id,
    CASE WHEN each.kind <> 'shipping'
        THEN shelf.products[1 + abs(hashint8(o + each.place)) %% cardinality(shelf.products)] END,
    each.is_first_part, (ARRAY['DE', 'FR', 'IT', 'ES', ''])[1 + o %% 5],
    timestamptz '2023-01-01 00:00Z' + o * (interval '1095 days' / %(orders)s), 'EUR',
    each.gross, each.refund, 0, each.shipping, each.commission, each.tax, each.units
FROM generate_series(1, %(orders)s) AS o
CROSS JOIN LATERAL (SELECT 1000 + abs(hashint8(o)) %% 9000 AS price) AS priced
CROSS JOIN LATERAL (VALUES
    ('line', 1, 0, 4 * o, NULL, 1, false, price, 0, 0, -price / 10, price / 5, 1),
    ('line', 1, 0, 4 * o + 1, NULL, 2, false, 2 * price, 0, 0, -price / 5, price / 5, 2),
    ('shipping', 1, 0, NULL, NULL, 0, true, 0, 0, 490, 0, 0, 0),
    ('line', 2 + o %% %(others)s, 1, 4 * o + 2, NULL, 3, false, price, 0, 0, -price / 10, price / 5, 1),
    ('line', 2 + (o + 1) %% %(others)s, 1, 4 * o + 3, NULL, 4, false, price, 0, 0, -price / 10, price / 5, 1),
    ('shipping', 2 + o %% %(others)s, 1, NULL, NULL, 0, true, 0, 0, 490, 0, 0, 0),
    ('shipping', 2 + (o + 1) %% %(others)s, 1, NULL, NULL, 0, false, 0, 0, 490, 0, 0, 0),
    ('refund', 1, 0, NULL, CASE WHEN o %% 25 = 0 THEN o END, 1, false, 0, -price, 0, price / 10, 0, -1)
) AS each (kind, vendor_id, is_others, order_line_id, refund_line_id, place, is_first_part, gross, refund,
    shipping, commission, tax, units)
JOIN shelf ON shelf.vendor_id = each.vendor_id
WHERE each.kind <> 'refund' OR each.refund_line_id IS NOT NULL
ORDER BY o
"""

FIGURES: Final = "orders units gross { amount } refunds { amount } commission { amount } net { amount }"
ALL: Final = 'from: "2023-01-01", to: "2026-01-01"'
ZONE: Final = 'timezone: "Europe/Berlin"'
IN_EURO: Final = f'currency: "EUR", {ZONE}'
PRODUCTS_ASKED: Final = "{ revenue { amount } units product { title slug } }"


def _own(asked: str) -> str:
    return f'{{ viewer {{ vendor(slug: "vendor-1") {{ {asked} }} }} }}'


def _income(by: str, days: str = ALL) -> str:
    return _own(
        f"income(by: {by}, {days}, {ZONE}) {{ buckets {{ period {FIGURES} }} totals {{ {FIGURES} }} }}"
    )


def _platform(asked: str) -> str:
    return f"{{ platform {{ {asked} }} }}"


REPORTS: Final = {
    "income, 3 years by day": _income("DAY"),
    "income, 3 years by ISO week": _income("WEEK"),
    "income, 3 years by month": _income("MONTH"),
    "income, 3 years": _income("YEAR"),
    "income, one month by day": _income("DAY", 'from: "2025-03-01", to: "2025-04-01"'),
    "top 20 products, 3 years": _own(f"topProducts({ALL}, {ZONE}) {PRODUCTS_ASKED}"),
    "platform, 3 years by month": _platform(
        f"sales(by: MONTH, {ALL}, {IN_EURO}) {{ buckets {{ period {FIGURES} }} }}"
    ),
    "platform, top 20 products": _platform(f"topProducts({ALL}, {IN_EURO}) {PRODUCTS_ASKED}"),
    "platform, by country": _platform(f"salesByCountry({ALL}, {IN_EURO}) {{ country {FIGURES} }}"),
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One report: what it sends and how long it takes, in milliseconds."""

    report: str
    statements: int
    p50_ms: float
    p95_ms: float
    bare_p50_ms: float
    bare_p95_ms: float

    @property
    def times_bare(self) -> float:
        """How many times as long as its bare statement the whole request takes."""
        return self.p50_ms / self.bare_p50_ms


def main() -> None:
    """Load, measure, and print one JSON document (standard output) and a table (standard error)."""
    parser = argparse.ArgumentParser(prog="python -m bench.income")
    parser.add_argument("--scale", type=int, default=1_000_000, help="lines of one vendor (%(default)s)")
    parser.add_argument("--rounds", type=int, default=20, help="times each report is asked (%(default)s)")
    plan = parser.parse_args()
    with contextlib.ExitStack() as surroundings:
        folder = Path(tempfile.mkdtemp(prefix="marketplace-bench-"))
        surroundings.callback(shutil.rmtree, folder, ignore_errors=True)
        where = prepare(surroundings, folder)
        django.setup()
        logging.disable(logging.INFO)
        call_command("migrate", verbosity=0)
        import_string("bench.catalogue.load")(products=PRODUCTS, vendors=VENDORS)
        loaded = _load(plan.scale)
        client = _reader()
        found = [_measure(client, name, asked, plan.rounds) for name, asked in REPORTS.items()]
        connection.close()
    sys.stderr.write(_table(found))
    document = {"lines": plan.scale, "database": where, **loaded, "reports": [asdict(each) for each in found]}
    sys.stdout.write(f"{json.dumps(document, indent=2)}\n")


def _load(lines: int) -> dict[str, float]:
    """Write the entries of so many lines of the first vendor, and as many of the others."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        for (drop,) in cursor.fetchall():
            cursor.execute(drop)
        cursor.execute(SHELVES)
        cursor.execute(ENTRIES, {"orders": lines // 2, "others": VENDORS - 1})
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*), pg_total_relation_size(%s) / 1e6 FROM analytics_salesentry", [TABLE])
        entries, megabytes = cursor.fetchone() or (0, 0)
    return {"entries": entries, "megabytes": float(megabytes), "seconds": time.perf_counter() - begun}


def _reader() -> Client:
    """A member of the platform's staff who also reads the finances of the first vendor."""
    user = import_string("marketplace.accounts.models.User").objects.create(
        email="reader@example.com", is_staff=True, is_superuser=True
    )
    vendor = import_string("vendors.models.Vendor").objects.get(slug="vendor-1")
    role = import_string("vendors.permissions.VendorRole").FINANCE
    import_string("vendors.operations.members.add_member")(vendor=vendor, user=user, role=role, actor=user)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="marketplace.accounts.authentication.EmailBackend")
    return client


def _measure(client: Client, name: str, asked: str, rounds: int) -> Measured:
    seconds: list[float] = []
    for _ in range(WARM_UPS + rounds):
        statements: list[tuple[str, Any]] = []
        begun = time.perf_counter()
        with connection.execute_wrapper(_recorder(statements)):
            response = client.post("/graphql/", json.dumps({"query": asked}), "application/json")
        seconds.append(time.perf_counter() - begun)
        if response.status_code != 200 or "errors" in response.json():
            raise RuntimeError(response.content[:500].decode())
    (summing,) = (each for each in statements if TABLE in each[0])
    bare = _replayed(summing, WARM_UPS + rounds)
    p50, p95 = _percentiles(seconds[WARM_UPS:])
    bare_p50, bare_p95 = _percentiles(bare[WARM_UPS:])
    return Measured(
        report=name,
        statements=len(statements),
        p50_ms=p50,
        p95_ms=p95,
        bare_p50_ms=bare_p50,
        bare_p95_ms=bare_p95,
    )


def _recorder(statements: list[tuple[str, Any]]) -> Callable[..., Any]:
    def record(execute: Callable[..., Any], sql: str, parameters: Any, *rest: Any) -> Any:
        statements.append((sql, parameters))
        return execute(sql, parameters, *rest)

    return record


def _replayed(statement: tuple[str, Any], rounds: int) -> list[float]:
    """Seconds to send the statement by psycopg alone and fetch its rows."""
    url = env.current().database_url or ""
    seconds = []
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as plain:
        for _ in range(rounds):
            begun = time.perf_counter()
            plain.execute(*statement).fetchall()
            seconds.append(time.perf_counter() - begun)
    return seconds


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return cuts[9] * 1000, cuts[18] * 1000


def _table(found: list[Measured]) -> str:
    lines = [
        "| report | SQL | p50 ms | p95 ms | bare p50 ms | bare p95 ms | of the bare statement |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {each.report} | {each.statements} | {each.p50_ms:.0f} | {each.p95_ms:.0f} "
            f"| {each.bare_p50_ms:.0f} | {each.bare_p95_ms:.0f} | {each.times_bare:.2f} |"
            for each in found
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
