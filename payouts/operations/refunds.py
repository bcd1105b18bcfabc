"""What is booked when money goes back, and when it does not after all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from checkout.back import Back
from checkout.events import RefundFailed, RefundRequested
from checkout.models import OrderLine, Refund, RefundLine, RefundStatus, VendorOrder
from checkout.selectors.refunds import as_back, worth_of
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock
from payouts import ledger, postings
from payouts.commission import reversed_commission
from payouts.events import WorthChanged
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
    vendors of the order, for a cancelled order makes a refund for each. Publishes WorthChanged for one of
    nothing.
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
    # Of what moved no money of the buyer's the provider has nothing to tell.
    if refund.payment_id is None and refund.order_id is not None and not refund.source:
        publish(WorthChanged(order_id=refund.order_id))


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


@dataclass(frozen=True, slots=True)
class _Given:
    """What is given back of a commission and of the tax on it, in minor units."""

    minor: int = 0
    tax_minor: int = 0

    def __add__(self, other: "_Given") -> "_Given":
        return _Given(self.minor + other.minor, self.tax_minor + other.tax_minor)


class _SoFar:
    """What went back of order lines, by line, and of the commission on them."""

    def __init__(self, refund: Refund | None, lines: Iterable[RefundLine]) -> None:
        """Before a refund, of the order lines of these lines of it. One statement."""
        self._backs: defaultdict[int | None, Back] = defaultdict(Back)
        self._given: defaultdict[int | None, _Given] = defaultdict(_Given)
        rows = (
            RefundLine.objects.filter(
                order_line__in=[line.order_line_id for line in lines if line.order_line_id]
            )
            .exclude(refund=None if refund is None else refund.pk)
            .exclude(refund__status=RefundStatus.FAILED)
            .select_related("commission_reversal")
        )
        for row in rows:
            reversal = row.commission_reversal
            self._backs[row.order_line_id] += as_back(row)
            self._given[row.order_line_id] += _Given(reversal.amount_minor, reversal.tax_minor)

    def add(self, row: RefundLine, line: OrderLine, commission: Commission) -> _Given:
        """What is given back with one more line, which counts from now on."""
        self._backs[line.pk] += as_back(row)
        so_far = [
            reversed_commission(worth_of(line), self._backs[line.pk], commission_minor=minor)
            for minor in (commission.amount_minor, commission.tax_minor)
        ]
        given = self._given[line.pk]
        more = _Given(max(0, so_far[0] - given.minor), max(0, so_far[1] - given.tax_minor))
        self._given[line.pk] += more
        return more


def _reversals(refund: Refund, lines: list[RefundLine]) -> _Given:
    """Commission given back with the lines of a refund, in all; decided now where it was not before."""
    known = CommissionReversal.objects.filter(refund_line__in=lines)
    decided = {row.refund_line_id: _Given(row.amount_minor, row.tax_minor) for row in known}
    if decided.keys() >= {line.pk for line in lines}:
        return sum(decided.values(), _Given())
    so_far = _SoFar(refund, lines)
    fresh = []
    for row in lines:
        line = row.order_line
        kept = line.commission if line else None
        decided[row.pk] = so_far.add(row, line, kept) if line and kept else _Given()
        fresh.append(
            CommissionReversal(
                refund_line=row,
                currency=refund.currency,
                rate_bps=kept.rate_bps if kept else 0,
                amount_minor=decided[row.pk].minor,
                tax_minor=decided[row.pk].tax_minor,
            )
        )
    CommissionReversal.objects.bulk_create(fresh)
    return sum(decided.values(), _Given())


def reversal_of(lines: Iterable[RefundLine]) -> int:
    """How much commission, with its tax, would go back with these lines, which are not written.

    Two statements.
    """
    lines = [line for line in lines if line.order_line is not None]
    found = Commission.objects.filter(order_line__in=[line.order_line_id for line in lines])
    kept = {commission.order_line_id: commission for commission in found}
    so_far = _SoFar(None, lines)
    back = _Given()
    for row in lines:
        if row.order_line is not None and row.order_line.pk in kept:
            back += so_far.add(row, row.order_line, kept[row.order_line.pk])
    return back.minor + back.tax_minor


def _postings(refund: Refund, lines: list[RefundLine], reversals: _Given) -> list[Posting]:
    if refund.vendor_order_id is None:
        raise ValueError(f"refund {refund.uuid} is of no vendor's part")
    return postings.refund(
        refund.currency,
        postings.Share(
            vendor_id=lines[0].vendor_id,
            vendor_order_id=refund.vendor_order_id,
            paid_minor=sum(line.paid_minor for line in lines),
            commission_minor=reversals.minor,
            commission_tax_minor=reversals.tax_minor,
            funded_minor=sum(line.platform_minor for line in lines),
            remitted_minor=sum(line.tax_remitted_minor for line in lines),
        ),
    )
