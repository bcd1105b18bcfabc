"""Small sales histories in a folder, and what an import of one leaves behind."""

import csv
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import connection

from checkout.operations.history import sales
from checkout.operations.history.bringing import ImportRunning, Outcome, import_history
from tests.support.processes import Process

HEADER = "order,line,sold_at,customer,vendor,product,quantity,unit_price,shipping,currency"
VENDORS = "vendor,country,region,city,postal_code,timezone"

# What an import writes, by what does not depend on when and how often it ran.
STATE = {
    "vendor": """SELECT reference, name, country, currency, timezone, status
        FROM vendors_vendor WHERE source <> ''""",
    "product": """SELECT vendor.reference, product.reference, product.title, product.status, product.currency
        FROM catalog_product AS product JOIN vendors_vendor AS vendor ON vendor.id = product.vendor_id
        WHERE product.source <> ''""",
    "order": """SELECT o.reference, profile.reference, o.total_minor, o.shipping_minor, o.payment_state,
            o.paid_at
        FROM checkout_order AS o
        JOIN accounts_billingprofile AS profile ON profile.id = o.billing_profile_id""",
    "line": """SELECT o.reference, line.reference, line.quantity, line.amount_minor, commission.amount_minor
        FROM checkout_orderline AS line JOIN checkout_vendororder AS part ON part.id = line.vendor_order_id
        JOIN checkout_order AS o ON o.id = part.order_id
        JOIN payouts_commission AS commission ON commission.order_line_id = line.id""",
    "refund": """SELECT refund.reference, line.reference, line.quantity, line.amount_minor,
            line.order_line_id IS NULL
        FROM checkout_refundline AS line JOIN checkout_refund AS refund ON refund.id = line.refund_id""",
    "payment": "SELECT amount_minor, status FROM checkout_payment",
    "profiles": "SELECT reference, email FROM accounts_billingprofile",
    "ledger": """SELECT t.kind, t.occurred_at, account.kind, e.amount_minor
        FROM payouts_ledgerentry AS e JOIN payouts_ledgertransaction AS t ON t.id = e.transaction_id
        JOIN payouts_ledgeraccount AS account ON account.id = e.account_id""",
    "sales": """SELECT kind, occurred_at, gross_minor, refund_minor, shipping_minor, commission_minor, units
        FROM analytics_salesentry""",
    "purchases": """SELECT profile.reference, product.reference FROM recommend_purchase AS each
        JOIN accounts_billingprofile AS profile ON profile.id = each.billing_profile_id
        JOIN catalog_product AS product ON product.id = each.product_id""",
}


def line_of(order: str, line: str = "1", **cells: str) -> str:
    """A row of order_lines.csv: one unit at 10.00 unless said otherwise."""
    row = {
        "order": order,
        "line": line,
        "sold_at": "2020-03-01T10:00:00Z",
        "customer": "c1",
        "vendor": "v1",
        "product": "p1",
        "quantity": "1",
        "unit_price": "10.00",
        "shipping": "0.00",
        "currency": "EUR",
        **cells,
    }
    return ",".join(row.values())


def written(
    folder: Path,
    *lines: str,
    vendors: Iterable[str] = ("v1,DE,,,,Europe/Berlin", "v2,BR,SP,,,America/Sao_Paulo"),
    products: Iterable[str] = ("p1,Cup,Tea ware,250", "p2,,,"),
) -> Path:
    """Write a history of these rows into the folder."""
    folder.mkdir(exist_ok=True)
    for name, rows in {
        "vendors": [VENDORS, *vendors],
        "products": ["product,title,category,weight_g", *products],
        "order_lines": [HEADER, *lines],
    }.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def imported(folder: Path, **options: Any) -> Outcome:
    """Import a folder under its name, at 12.5 %."""
    return import_history(
        **{
            "folder": folder,
            "source": folder.name,
            "commission_bps": 1250,
            "rejects": rejects_of(folder),
            "report": lambda *_: None,
            **options,
        }
    )


def rejects_of(folder: Path) -> Path:
    """Where the rejected rows of a folder go."""
    return folder.with_name(f"{folder.name}-rejects.csv")


def rejected(folder: Path) -> list[tuple[str, int, str, str]]:
    """File, line, column and code of each rejected row."""
    if not rejects_of(folder).exists():
        return []
    with rejects_of(folder).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [(row["file"], int(row["line"]), row["column"], row["code"]) for row in rows]


def state() -> dict[str, list[tuple[Any, ...]]]:
    """All that imports have left behind, in an order of its own."""
    found = {}
    with connection.cursor() as cursor:
        for name, statement in STATE.items():
            cursor.execute(statement)
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found


def _import_until(folder: Path, statement: int) -> None:
    """Import a folder in small batches, and die at the statement of this number."""
    sales.LINES_A_BATCH = 3
    numbers = itertools.count(1)

    def execute(send: Callable[..., Any], *given: Any) -> Any:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return send(*given)

    with connection.execute_wrapper(execute):
        imported(folder)


def killed(folder: Path, *, statement: int) -> bool:
    """Import a folder in a process of its own that dies at a statement; whether it came so far."""
    status = Process(_import_until, folder, statement).wait()
    assert status in {0, -signal.SIGKILL}
    return status != 0


def imported_at_last(folder: Path) -> Outcome:
    """Import a folder as soon as the server has noticed that the process before is dead."""
    for _ in range(200):
        try:
            return imported(folder)
        except ImportRunning:
            time.sleep(0.05)
    return imported(folder)
