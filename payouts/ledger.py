"""The ledger's one writer.

Double entry: every transaction sums to zero in each currency, or the database refuses it; what is written
stays as it is, and a mistake is posted back. A vendor's account keeps its balance, so the row is locked while
it changes; the platform's accounts are in every sale, and are neither locked nor summed until they are read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from checkout.models import Order
from marketplace.kernel import clock
from marketplace.kernel.locking import lock
from payouts.models import LedgerAccount, LedgerEntry, TransactionKind
from payouts.postings import AccountName, Posting

# All of a transaction in one statement, or nothing where an account is missing or the reference is taken. One
# of the same reference that is being written elsewhere is waited for, and then counts.
WRITE: Final = """
WITH posting AS (
    SELECT account.id AS account_id, p.vendor_order_id, p.amount_minor
    FROM unnest(
        %(kinds)s::text[], %(currencies)s::text[], %(vendors)s::bigint[],
        %(vendor_orders)s::bigint[], %(amounts)s::bigint[]
    ) AS p (kind, currency, vendor_id, vendor_order_id, amount_minor)
    JOIN (
        SELECT * FROM payouts_ledgeraccount WHERE vendor_id = ANY (%(vendors)s::bigint[]) OR vendor_id IS NULL
    ) AS account
        ON account.kind = p.kind AND account.currency = p.currency
        AND account.vendor_id IS NOT DISTINCT FROM p.vendor_id
), made AS (
    INSERT INTO payouts_ledgertransaction (kind, reference, order_id, occurred_at, recorded_at)
    SELECT %(kind)s, %(reference)s, %(order)s, %(occurred_at)s, %(recorded_at)s
    WHERE (SELECT count(*) FROM posting) = %(count)s
    ON CONFLICT (reference) DO NOTHING RETURNING id
), entry AS (
    INSERT INTO payouts_ledgerentry (transaction_id, account_id, vendor_order_id, amount_minor)
    SELECT made.id, posting.account_id, posting.vendor_order_id, posting.amount_minor FROM made, posting
    RETURNING account_id, amount_minor
), balance AS (
    UPDATE payouts_ledgeraccount AS account SET balance_minor = balance_minor + entry.amount_minor
    FROM entry WHERE account.id = entry.account_id AND account.vendor_id IS NOT NULL
)
SELECT (SELECT count(*) FROM posting), EXISTS (SELECT FROM made)
"""
# Checked here, so that a fault shows where it was made and not at the commit; put off again, for another
# posting in the same transaction is complete only when its last entry is.
CHECK_SUM: Final = """
SET CONSTRAINTS ledger_transactions_sum_to_zero IMMEDIATE;
SET CONSTRAINTS ledger_transactions_sum_to_zero DEFERRED
"""


# Postings of many transactions at once: those that stand there already are left as they are. Nothing is added
# to a balance but of one vendor, so what any other's account is moved by has to come to nothing.
MAKE_MANY: Final = """
INSERT INTO payouts_ledgeraccount (kind, vendor_id, currency, balance_minor, created_at)
SELECT account, vendor_id, currency, CASE WHEN vendor_id IS NOT NULL THEN 0 END, %(recorded_at)s
FROM (
    SELECT account, vendor_id, currency FROM ({postings}) AS p WHERE amount_minor <> 0
    EXCEPT SELECT kind, vendor_id, currency FROM payouts_ledgeraccount
) AS fresh
ORDER BY account, currency, vendor_id
ON CONFLICT DO NOTHING
"""
# The platform's accounts have no vendor; 0 stands for it, for what may be NULL is compared row by row.
WRITE_MANY: Final = """
WITH posting AS MATERIALIZED ({postings}),
made AS (
    INSERT INTO payouts_ledgertransaction (kind, reference, order_id, occurred_at, recorded_at)
    SELECT DISTINCT kind, reference, order_id, occurred_at, %(recorded_at)s::timestamptz FROM posting
    ORDER BY occurred_at, reference
    ON CONFLICT (reference) DO NOTHING RETURNING id, reference
), due AS (
    SELECT made.id AS transaction_id, posting.*
    FROM posting JOIN made USING (reference) WHERE amount_minor <> 0
), entry AS (
    INSERT INTO payouts_ledgerentry (transaction_id, account_id, vendor_order_id, amount_minor)
    SELECT due.transaction_id, account.id, due.vendor_order_id, due.amount_minor
    FROM due JOIN payouts_ledgeraccount AS account
        ON account.kind = due.account AND account.currency = due.currency
        AND coalesce(account.vendor_id, 0) = coalesce(due.vendor_id, 0)
    ORDER BY due.transaction_id, account.id
    RETURNING account_id, amount_minor
), balance AS (
    UPDATE payouts_ledgeraccount AS account SET balance_minor = account.balance_minor + added.minor
    FROM (SELECT account_id, sum(amount_minor) AS minor FROM entry GROUP BY account_id) AS added
    WHERE account.id = added.account_id AND account.vendor_id = %(held)s
)
SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM due), (SELECT count(*) FROM entry), (
    SELECT count(*) FROM (
        SELECT FROM due WHERE vendor_id <> coalesce(%(held)s, 0)
        GROUP BY vendor_id, account, currency HAVING sum(amount_minor) <> 0
    ) AS moved
)
"""


class ReferenceTaken(Exception):  # noqa: N818  # what is the matter with the reference
    """Something else was posted under this reference before: a fault of the caller, never of a user."""


class BalanceMoved(Exception):  # noqa: N818  # what is the matter with the postings
    """Postings that were to leave the balances of vendors alone would change one: a fault of the caller."""


def post(
    *,
    kind: TransactionKind,
    reference: str,
    occurred_at: datetime,
    postings: Sequence[Posting],
    order: Order | None = None,
) -> bool:
    """Post a transaction, once for its reference: whether it was posted now, or stood there already.

    Three statements where the accounts exist, however many postings there are; else it makes them.
    Locks the accounts of the vendors.
    Raises IntegrityError for postings that do not sum to zero or move an account twice, ReferenceTaken where
    the reference stands for other postings, TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "the ledger is written with the rows that move the money"
        )
    names = [posting.account for posting in postings]
    what: dict[str, Any] = {
        "kind": kind.value,
        "reference": reference,
        "order": order.pk if order else None,
        "occurred_at": occurred_at,
        "recorded_at": clock.now(),
    }
    _lock(names)
    found, is_new = _write(what, postings)
    if found < len(postings):
        _make(names)
        _lock(names)
        found, is_new = _write(what, postings)
    if not is_new:
        _demand_same(reference, postings)
    return is_new


def post_many(postings: str, facts: Mapping[str, Any], *, vendor_id: int | None = None) -> int:
    """Post transactions that leave the balances of vendors as they are, each once; returns how many are new.

    Args:
        postings: a SELECT of kind, reference, order_id, occurred_at, account, currency, vendor_id,
            vendor_order_id and amount_minor, a row a posting; a transaction is what shares a reference.
        facts: the parameters of that SELECT.
        vendor_id: the one vendor whose balances may change; the caller holds its accounts.

    Three statements, however many transactions. Locks nothing.
    Raises IntegrityError for transactions that do not sum to zero, BalanceMoved where a vendor would be owed
    more or less than before, TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "the ledger is written with the rows that move the money"
        )
    given = {**facts, "recorded_at": clock.now(), "held": vendor_id}
    with connection.cursor() as cursor:
        cursor.execute(MAKE_MANY.format(postings=postings), given)
        cursor.execute(WRITE_MANY.format(postings=postings), given)
        made, due, written, moved = cursor.fetchone()
        if due != written or moved:
            raise BalanceMoved(f"{due} postings, {written} written, {moved} balances moved")
        cursor.execute(CHECK_SUM)
    return int(made)


def _lock(names: Sequence[AccountName]) -> None:
    """Hold the accounts of the vendors; what is added to their balances comes one after the other."""
    lock(
        LedgerAccount.objects.filter(
            vendor__in={name.vendor_id for name in names if name.vendor_id},
            kind__in={name.kind for name in names},
            currency__in={name.currency for name in names},
        )
    )


def _write(what: dict[str, Any], postings: Sequence[Posting]) -> tuple[int, bool]:
    """How many of the accounts there are, and whether the transaction is written now."""
    columns: dict[str, Any] = {
        "kinds": [posting.account.kind.value for posting in postings],
        "currencies": [posting.account.currency for posting in postings],
        "vendors": [posting.account.vendor_id for posting in postings],
        "vendor_orders": [posting.vendor_order_id for posting in postings],
        "amounts": [posting.amount_minor for posting in postings],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {**what, **columns, "count": len(postings)})
        found, is_new = cursor.fetchone()
        if is_new:
            cursor.execute(CHECK_SUM)
    return found, is_new


def _make(names: Sequence[AccountName]) -> None:
    """Make the accounts that do not exist."""
    # In one order everywhere, for two first sales at once wait for each other's new rows.
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                kind=name.kind,
                currency=name.currency,
                vendor_id=name.vendor_id,
                balance_minor=None if name.vendor_id is None else 0,
            )
            for name in sorted(set(names), key=lambda name: name.place)
        ],
        ignore_conflicts=True,
    )


def _demand_same(reference: str, postings: Sequence[Posting]) -> None:
    entries = LedgerEntry.objects.filter(transaction__reference=reference).select_related("account")
    posted = {(AccountName.of(entry.account), entry.amount_minor) for entry in entries}
    if posted != {(posting.account, posting.amount_minor) for posting in postings}:
        raise ReferenceTaken(f"{reference} stands for other postings")
