"""How vendors' parts of orders stand, as the values that payouts/moving.py decides about, and what they owe.

The caller holds the ledger accounts of the vendors, where it acts upon what is read.
"""

from collections import defaultdict
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from checkout.models import Refund, RefundStatus, VendorOrder
from marketplace.kernel.locking import lock
from payouts.models import (
    AccountKind,
    LedgerAccount,
    LedgerEntry,
    ReversalStatus,
    TransactionKind,
    Transfer,
    TransferStatus,
)
from payouts.moving import GIVING, TAKING, Occasion, Part, Sent

# What a part is worth to its vendor, whether it may have it now or not.
WORTH: Final = (AccountKind.VENDOR_PAYABLE, AccountKind.VENDOR_HELD)
# What is about a part and does not change its worth: what was paid out of it, and what stands by itself.
APART: Final = (TransactionKind.PAYOUT, TransactionKind.PAYOUT_FAILED, TransactionKind.ADJUSTMENT)

# What came short of reversals and was asked by adjustments, less what was kept of transfers since.
DEBT: Final = """
SELECT coalesce((
    SELECT sum(r.short_minor) FROM payouts_reversal r JOIN payouts_transfer t ON t.id = r.transfer_id
    WHERE r.short_minor > 0 AND t.vendor_id = %(vendor)s AND t.currency = %(currency)s
), 0) - coalesce((
    SELECT sum(amount_minor) FROM payouts_adjustment
    WHERE amount_minor < 0 AND vendor_id = %(vendor)s AND currency = %(currency)s
), 0) - coalesce((
    SELECT sum(netted_minor) FROM payouts_transfer
    WHERE netted_minor > 0 AND vendor_id = %(vendor)s AND currency = %(currency)s
), 0)
"""


def parts(rows: "QuerySet[VendorOrder]") -> list[Part]:
    """These parts of orders as they stand. Five statements, however many."""
    orders = list(rows.order_by("pk"))
    keys = [row.pk for row in orders]
    owed, occasions = _worth(keys)
    sent = _sent(keys)
    return [
        Part(
            vendor_order_id=row.pk,
            vendor_id=row.vendor_id,
            order_id=row.order_id,
            currency=row.currency,
            paid_minor=row.total_minor,
            owed_minor=owed[row.pk],
            occasions=occasions[row.pk],
            sent=sent[row.pk],
        )
        for row in orders
    ]


def hold(rows: "QuerySet[VendorOrder]") -> dict[int, int]:
    """Hold the accounts of the vendors of these parts, which are of one order: what moves for them is decided
    by one at a time. Returns what lies in the account of each with the provider. One statement.
    """
    accounts = lock(
        LedgerAccount.objects.filter(
            vendor__in=rows.order_by().values("vendor"), currency__in=rows.order_by().values("currency")
        )
    )
    return lying(accounts)


def lying(accounts: list[LedgerAccount]) -> dict[int, int]:
    """What lies in vendors' accounts with the provider, by vendor, of their ledger accounts in a currency."""
    found: defaultdict[int, int] = defaultdict(int)
    for account in accounts:
        if account.kind == AccountKind.VENDOR_ACCOUNT and account.vendor_id is not None:
            found[account.vendor_id] -= account.balance_minor or 0
    return found


def debt(*, vendor_id: int, currency: str) -> int:
    """What a vendor owes the platform beside what the parts of orders say. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(DEBT, {"vendor": vendor_id, "currency": currency})
        (minor,) = cursor.fetchone()
    return int(minor)


def _worth(keys: list[int]) -> tuple[defaultdict[int, int], defaultdict[int, list[Occasion]]]:
    """What each part is worth by the ledger, and by what it came to be so."""
    refunds = {
        f"refund:{uuid}": RefundStatus(status)
        for uuid, status in Refund.objects.filter(vendor_order__in=keys).values_list("uuid", "status")
    }
    entries = LedgerEntry.objects.filter(vendor_order__in=keys, account__kind__in=WORTH)
    columns = ("vendor_order", "transaction", "transaction__kind", "transaction__reference")
    rows = entries.exclude(transaction__kind__in=APART).order_by("transaction", "pk")
    owed: defaultdict[int, int] = defaultdict(int)
    occasions: defaultdict[int, list[Occasion]] = defaultdict(list)
    for key, transaction, kind, reference, minor in rows.values_list(*columns, "amount_minor"):
        owed[key] += minor
        if kind in GIVING | TAKING:
            state = refunds.get(reference)
            occasions[key].append(
                Occasion(
                    transaction_id=transaction,
                    kind=TransactionKind(kind),
                    minor=minor,
                    is_pending=state in {RefundStatus.CREATED, RefundStatus.PENDING},
                    is_void=state == RefundStatus.FAILED,
                )
            )
    return owed, occasions


def _sent(keys: list[int]) -> defaultdict[int, list[Sent]]:
    sent: defaultdict[int, list[Sent]] = defaultdict(list)
    transfers = Transfer.objects.filter(vendor_order__in=keys).exclude(occasion__kind__in=APART)
    for row in transfers.order_by("pk").prefetch_related("reversals"):
        reversals = row.reversals.all()
        sent[row.vendor_order_id or 0].append(
            Sent(
                transfer_id=row.pk,
                occasion_id=row.occasion_id,
                status=TransferStatus(row.status),
                planned_minor=row.planned_minor,
                amount_minor=row.amount_minor,
                netted_minor=row.netted_minor,
                reversed_minor=row.reversed_minor,
                asked={each.occasion_id: each.asked_minor for each in reversals},
                is_coming_back=any(each.status == ReversalStatus.SENDING for each in reversals),
            )
        )
    return sent
