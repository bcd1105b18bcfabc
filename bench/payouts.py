"""`uv run python -m bench.payouts`: how long a payout run takes over many vendors and entries.

Makes a database for it and throws it away, as `python -m bench` does. Every vendor has as many delivered
sales whose money lies in its account, and is due. What is measured is the run alone: claims, rows, postings,
jobs; the provider is asked by those jobs, one a payout, on any number of workers.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from bench.__main__ import prepare

MINOR: Final = 9000
COST: Final = {"subtotal_minor": MINOR, "shipping_minor": 0, "total_minor": MINOR}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vendors", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=100_000, help="in all")
    parser.add_argument("--memory", action="store_true", help="trace Python's memory, which takes time")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-payouts-"))
    with contextlib.ExitStack() as surroundings:
        surroundings.callback(shutil.rmtree, folder, ignore_errors=True)
        where = prepare(surroundings, folder)
        django.setup()
        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        _load(given.vendors, given.entries // given.vendors)
        print(f"{where}; loaded in {time.perf_counter() - began:.1f} s", file=sys.stderr)  # noqa: T201
        _run(given.vendors, is_traced=given.memory)
        connection.close()


def _run(vendors: int, *, is_traced: bool) -> None:
    pay_due = import_string("payouts.operations.paying.pay_due")
    statements = 0

    def count(execute: Any, *rest: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*rest)

    if is_traced:
        tracemalloc.start()
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        run = pay_due()
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1] / 2**20 if is_traced else 0
    again = pay_due()
    print(  # noqa: T201
        f"{run.vendors} vendors, {run.payouts} payouts in {seconds:.1f} s; "
        f"{statements / vendors:.1f} statements a vendor"
        + (f"; at most {peak:.1f} MB of Python's memory" if is_traced else "")
        + f"; a second run pays {again.payouts}"
    )


def _load(vendors: int, parts: int) -> None:
    """Rows as they stand after so many sales, of the columns that a run reads."""
    of = import_string
    now = of("marketplace.kernel.clock.now")()
    models, shop = import_module("payouts.models"), import_module("checkout.models")
    sellers = of("vendors.models.Vendor").objects.bulk_create(
        of("vendors.models.Vendor")(
            slug=f"v{n}", name=f"V{n}", email="v@example.com", country="DE", currency="EUR", status="approved"
        )
        for n in range(vendors)
    )
    accounts = models.PayoutAccount.objects.bulk_create(
        models.PayoutAccount(
            vendor=seller, provider="sandbox", is_live=False, ref=f"acct_{seller.pk}", state="active"
        )
        for seller in sellers
    )
    models.PayoutSchedule.objects.bulk_create(
        models.PayoutSchedule(vendor=seller, next_on=now.date()) for seller in sellers
    )
    owed = {}
    for kind, sign in (("vendor_payable", 1), ("vendor_account", -1)):
        owed[kind] = models.LedgerAccount.objects.bulk_create(
            models.LedgerAccount(kind=kind, vendor=seller, currency="EUR", balance_minor=sign * MINOR * parts)
            for seller in sellers
        )
    with connection.cursor() as cursor:
        # Neither foreign keys nor the books are looked at: what a run does not read is not made.
        cursor.execute("SET session_replication_role = replica")
    long_ago = now - timedelta(days=30)
    for start in range(0, vendors * parts, 5000):
        some = list(range(start, min(start + 5000, vendors * parts)))
        _sell(models, shop, some, sellers, accounts, owed["vendor_payable"], long_ago)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


def _sell(models: Any, shop: Any, some: list[int], *of_vendors: Any) -> None:
    sellers, accounts, payable, when = of_vendors

    def each() -> Iterator[tuple[int, int]]:
        return ((n, n % len(sellers)) for n in some)

    orders = shop.Order.objects.bulk_create(
        shop.Order(
            number=f"B{n}",
            billing_profile_id=1,
            cart_id=1,
            cart_version=1,
            email="b@example.com",
            **COST,
            payment_state="paid",
            currency="EUR",
            placed_at=when,
            paid_at=when,
            expires_at=when,
        )
        for n, _ in each()
    )
    sold = shop.VendorOrder.objects.bulk_create(
        shop.VendorOrder(
            order=order, vendor=sellers[v], number=f"B{n}-1", currency="EUR", status="delivered", **COST
        )
        for order, (n, v) in zip(orders, each(), strict=True)
    )
    shop.Fulfillment.objects.bulk_create(
        shop.Fulfillment(vendor_order=part, number=f"{part.number}-F1", shipped_at=when, delivered_at=when)
        for part in sold
    )
    posted = models.LedgerTransaction.objects.bulk_create(
        models.LedgerTransaction(
            kind="sale", reference=f"sale:{order.number}", order=order, occurred_at=when, recorded_at=when
        )
        for order in orders
    )
    rows = list(zip(each(), sold, posted, strict=True))
    models.LedgerEntry.objects.bulk_create(
        models.LedgerEntry(transaction=entry, account=payable[v], vendor_order=part, amount_minor=MINOR)
        for (_, v), part, entry in rows
    )
    models.Transfer.objects.bulk_create(
        models.Transfer(
            vendor=sellers[v],
            vendor_order=part,
            occasion=entry,
            source="charge",
            provider="sandbox",
            account=accounts[v],
            ref=f"tr_{n}",
            currency="EUR",
            planned_minor=MINOR,
            amount_minor=MINOR,
            status="made",
            made_at=when,
        )
        for (n, v), part, entry in rows
    )


if __name__ == "__main__":
    main()
