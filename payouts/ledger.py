"""The ledger's one writer.

Double entry: every transaction sums to zero in each currency, or the database refuses it; what is written
stays as it is, and a mistake is posted back. A vendor's account keeps its balance, so the row is locked while
it changes; the platform's accounts are in every sale, and are neither locked nor summed until they are read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery

from checkout.models import Order
from marketplace.kernel import clock
from marketplace.kernel.locking import lock
from payouts.models import LedgerAccount, LedgerEntry, TransactionKind
from payouts.postings import AccountName, Posting

# A transaction that waits with the same reference is waited for, and then counts.
INSERT: Final = """
INSERT INTO payouts_ledgertransaction (kind, reference, order_id, occurred_at, recorded_at)
VALUES (%(kind)s, %(reference)s, %(order)s, %(occurred_at)s, %(recorded_at)s)
ON CONFLICT (reference) DO NOTHING RETURNING id
"""
# Checked here, so that a fault shows where it was made and not at the commit; put off again, for another
# posting in the same transaction has its entries one by one, too.
CHECK_SUM: Final = "SET CONSTRAINTS {0} IMMEDIATE; SET CONSTRAINTS {0} DEFERRED"
SUM_CONSTRAINT: Final = "ledger_transactions_sum_to_zero"


class ReferenceTaken(Exception):  # noqa: N818  # what is the matter with the reference
    """Something else was posted under this reference before: a fault of the caller, never of a user."""


def post(
    *,
    kind: TransactionKind,
    reference: str,
    occurred_at: datetime,
    postings: Sequence[Posting],
    order: Order | None = None,
) -> bool:
    """Post a transaction, once for its reference: whether it was posted now, or stood there already.

    Eight statements at most where the accounts exist, however many postings there are.
    Locks the accounts of the vendors. Makes accounts that do not exist yet.
    Raises IntegrityError for postings that do not sum to zero or move an account twice, ReferenceTaken where
    the reference stands for other postings, TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "the ledger is written with the rows that move the money"
        )
    key = _open(kind=kind, reference=reference, occurred_at=occurred_at, order=order)
    if key is None:
        _demand_same(reference, postings)
        return False
    accounts = _accounts([posting.account for posting in postings])
    vendors = lock(LedgerAccount.objects.filter(pk__in=_of_vendors(accounts)))
    entries = [
        LedgerEntry(
            transaction_id=key,
            account_id=accounts[posting.account],
            vendor_order_id=posting.vendor_order_id,
            amount_minor=posting.amount_minor,
        )
        for posting in postings
    ]
    LedgerEntry.objects.bulk_create(entries)
    _add_to_balances(vendors, key)
    with connection.cursor() as cursor:
        cursor.execute(CHECK_SUM.format(SUM_CONSTRAINT))
    return True


def _open(*, kind: TransactionKind, reference: str, occurred_at: datetime, order: Order | None) -> int | None:
    """The key of a new transaction; None where there is one of this reference."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "kind": kind.value,
                "reference": reference,
                "order": order.pk if order else None,
                "occurred_at": occurred_at,
                "recorded_at": clock.now(),
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _demand_same(reference: str, postings: Sequence[Posting]) -> None:
    entries = LedgerEntry.objects.filter(transaction__reference=reference).select_related("account")
    posted = {(AccountName.of(entry.account), entry.amount_minor) for entry in entries}
    if posted != {(posting.account, posting.amount_minor) for posting in postings}:
        raise ReferenceTaken(f"{reference} stands for other postings")


def _accounts(names: Sequence[AccountName]) -> dict[AccountName, int]:
    """The keys of these accounts, made where they do not exist."""
    found = _find(names)
    # In one order everywhere, for two first sales at once wait for each other's new rows.
    missing = sorted(set(names) - set(found), key=lambda name: name.place)
    if not missing:
        return found
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                kind=name.kind,
                currency=name.currency,
                vendor_id=name.vendor_id,
                balance_minor=None if name.vendor_id is None else 0,
            )
            for name in missing
        ],
        ignore_conflicts=True,
    )
    return _find(names)


def _find(names: Sequence[AccountName]) -> dict[AccountName, int]:
    rows = LedgerAccount.objects.filter(
        Q(vendor__in={name.vendor_id for name in names if name.vendor_id}) | Q(vendor=None),
        kind__in={name.kind for name in names},
        currency__in={name.currency for name in names},
    )
    wanted = set(names)
    return {name: row.pk for row in rows if (name := AccountName.of(row)) in wanted}


def _of_vendors(accounts: dict[AccountName, int]) -> list[int]:
    return [key for name, key in accounts.items() if name.vendor_id is not None]


def _add_to_balances(accounts: Sequence[LedgerAccount], key: int) -> None:
    """Add the entries of a transaction to the balances of these accounts, which the caller holds locked."""
    moved = LedgerEntry.objects.filter(transaction=key, account=OuterRef("pk")).values("amount_minor")
    LedgerAccount.objects.filter(pk__in=[account.pk for account in accounts]).update(
        balance_minor=F("balance_minor") + Subquery(moved)
    )
