"""What is booked when money goes back, and when it does not after all."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from checkout.back import Back
from checkout.events import RefundFailed, RefundRequested
from checkout.models import Refund, RefundLine, RefundStatus, VendorOrder
from checkout.selectors.refunds import as_back, worth_of
from marketplace.kernel import clock
from marketplace.kernel.locking import lock
from payouts import ledger, postings
from payouts.commission import reversed_commission
from payouts.models import (
    AccountKind,
    Commission,
    CommissionReversal,
    LedgerAccount,
    LedgerEntry,
    TransactionKind,
)
from payouts.postings import AccountName, Posting


def post_refund(event: RefundRequested) -> None:
    """Decide how much commission goes back for each line of a refund, and post it.

    Runs inside the transaction in which the refund is made; nothing happens the second time. A refund without
    lines gives back what was never taken for a sale: it posts nothing. Locks the ledger accounts of all
    vendors of the order, for a cancelled order makes a refund for each.
    """
    lines = list(
        RefundLine.objects.filter(refund=event.refund_id)
        .select_related("refund__order", "order_line__commission")
        .order_by("pk")
    )
    if not lines:
        return
    refund = lines[0].refund
    lock(
        LedgerAccount.objects.filter(
            kind=AccountKind.VENDOR_PAYABLE,
            currency=refund.currency,
            vendor__in=VendorOrder.objects.filter(order=refund.order_id).values("vendor"),
        )
    )
    reversals = _reversals(refund, lines)
    ledger.post(
        kind=TransactionKind.REFUND,
        reference=f"refund:{refund.uuid}",
        occurred_at=refund.occurred_at,
        postings=_postings(refund, lines, reversals),
        order=refund.order,
    )


def post_refund_failed(event: RefundFailed) -> None:
    """Post back what was posted for a refund that failed; once. Locks the vendor's ledger account."""
    refund = Refund.objects.select_related("order").get(pk=event.refund_id)
    entries = LedgerEntry.objects.filter(transaction__reference=f"refund:{refund.uuid}")
    back = [
        Posting(
            account=AccountName.of(entry.account),
            amount_minor=-entry.amount_minor,
            vendor_order_id=entry.vendor_order_id,
        )
        for entry in entries.select_related("account").order_by("pk")
    ]
    if back:
        ledger.post(
            kind=TransactionKind.REFUND_FAILED,
            reference=f"refund-failed:{refund.uuid}",
            occurred_at=clock.now(),
            postings=back,
            order=refund.order,
        )


def _reversals(refund: Refund, lines: list[RefundLine]) -> Counter[int]:
    """Commission given back, by refund line; decided now where it was not before."""
    known = CommissionReversal.objects.filter(refund_line__in=lines)
    decided = Counter(dict(known.values_list("refund_line", "amount_minor")))
    if decided.keys() >= {line.pk for line in lines}:
        return decided
    before, given = _before(refund, lines)
    fresh = []
    for line in lines:
        kept = line.order_line.commission if line.order_line else None
        if line.order_line and kept:
            before[line.order_line_id] += as_back(line)
            so_far = reversed_commission(
                worth_of(line.order_line), before[line.order_line_id], commission_minor=kept.amount_minor
            )
            decided[line.pk] = max(0, so_far - given[line.order_line_id])
            given[line.order_line_id] += decided[line.pk]
        fresh.append(
            CommissionReversal(
                refund_line=line,
                currency=refund.currency,
                rate_bps=kept.rate_bps if kept else 0,
                amount_minor=decided[line.pk],
            )
        )
    CommissionReversal.objects.bulk_create(fresh)
    return decided


def reversal_of(lines: Iterable[RefundLine]) -> int:
    """How much commission would go back with these lines, which are not written. Two statements."""
    lines = [line for line in lines if line.order_line is not None]
    kept = Commission.objects.filter(order_line__in=[line.order_line_id for line in lines])
    commissions = dict(kept.values_list("order_line", "amount_minor"))
    before, given = _before(None, lines)
    reversed_minor = 0
    for line in lines:
        if line.order_line is None or line.order_line_id not in commissions:
            continue
        before[line.order_line_id] += as_back(line)
        so_far = reversed_commission(
            worth_of(line.order_line),
            before[line.order_line_id],
            commission_minor=commissions[line.order_line_id],
        )
        reversed_minor += max(0, so_far - given[line.order_line_id])
    return reversed_minor


def _before(
    refund: Refund | None, lines: Iterable[RefundLine]
) -> tuple[defaultdict[int | None, Back], Counter[int | None]]:
    """What went back of these lines' order lines before this refund, and commission with it."""
    rows = (
        RefundLine.objects.filter(order_line__in=[line.order_line_id for line in lines if line.order_line_id])
        .exclude(refund=None if refund is None else refund.pk)
        .exclude(refund__status=RefundStatus.FAILED)
        .select_related("commission_reversal")
    )
    backs: defaultdict[int | None, Back] = defaultdict(Back)
    given: Counter[int | None] = Counter()
    for row in rows:
        backs[row.order_line_id] += as_back(row)
        given[row.order_line_id] += row.commission_reversal.amount_minor
    return backs, given


def _postings(refund: Refund, lines: list[RefundLine], reversals: Counter[int]) -> list[Posting]:
    if refund.vendor_order_id is None:
        raise ValueError(f"refund {refund.uuid} is of no vendor's part")
    return postings.refund(
        refund.currency,
        postings.Share(
            vendor_id=lines[0].vendor_id,
            vendor_order_id=refund.vendor_order_id,
            paid_minor=sum(line.paid_minor for line in lines),
            commission_minor=sum(reversals.values()),
            funded_minor=sum(line.platform_minor for line in lines),
            remitted_minor=sum(line.tax_remitted_minor for line in lines),
        ),
    )
