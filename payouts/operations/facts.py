"""What we say of payments and refunds, as values to be compared with what a provider says.

A provider is asked first and these are read afterwards, so that what happens in between is here already.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from checkout.models import Order, Payment, PaymentStatus, Refund, RefundStatus
from checkout.operations import charged_back
from marketplace.gateway import marks
from marketplace.gateway.provider import Intent, ProviderRefund, ProviderTransfer
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import AccountKind, Dispute, LedgerEntry, TransactionKind, Transfer, TransferStatus
from payouts.reconciling import OurPayment, OurRefund, OurTransfer

# A refund that was made has so long to be sent.
PATIENCE: Final = timedelta(minutes=1)
LIVE: Final = (PaymentStatus.OPEN, PaymentStatus.PROCESSING)
UNSENT: Final = (RefundStatus.CREATED, RefundStatus.PENDING)
# What moves the money that is held of an order, besides disputes.
MOVES: Final = (TransactionKind.SALE, TransactionKind.REFUND, TransactionKind.REFUND_FAILED)


def payments(
    provider: str, since: datetime, theirs: Sequence[Intent], refunds: Sequence[ProviderRefund]
) -> Sequence[OurPayment]:
    """Our payments with this provider: those from a moment on or still open, and all that it speaks of.

    Five statements, however many there are.
    """
    refs = {each.ref for each in theirs} | {each.payment_ref for each in refunds}
    ours = [each.metadata for each in theirs if marks.is_ours(each.metadata)]
    named = (
        Q(created_at__gte=since)
        | Q(status__in=LIVE)
        | Q(provider_ref__in=refs - {""})
        | Q(uuid__in=_uuids(stamp.get("payment", "") for stamp in ours))
        | Q(order__number__in={stamp.get("order", "") for stamp in ours})
    )
    rows = list(Payment.objects.filter(named, provider=provider).select_related("order").order_by("pk"))
    held = _held(row.order_id for row in rows)
    # Of what is on its way, or disputed, another amount is held there.
    moving = set(
        Refund.objects.filter(payment__in=rows, status=RefundStatus.CREATED).values_list("payment", flat=True)
    ) | set(Dispute.objects.filter(payment__in=rows).values_list("payment", flat=True))
    return [
        OurPayment(
            uuid=str(row.uuid),
            ref=row.provider_ref,
            order=row.order.number,
            status=PaymentStatus(row.status),
            amount=row.amount,
            held=(
                Money(-held[row.order_id], row.currency)
                if row.order_id in held and row.status == PaymentStatus.SUCCEEDED and row.pk not in moving
                else None
            ),
        )
        for row in rows
    ]


def refunds(provider: str, since: datetime, theirs: Sequence[ProviderRefund]) -> Sequence[OurRefund]:
    """Our refunds with this provider, likewise, without those that are just being sent. One statement."""
    stamps = [each.metadata.get("refund", "") for each in theirs if marks.is_ours(each.metadata)]
    named = (
        Q(created_at__gte=since)
        | Q(status__in=UNSENT)
        | Q(provider_ref__in={each.ref for each in theirs})
        | Q(uuid__in=_uuids(stamps))
    )
    fresh = Q(status=RefundStatus.CREATED, created_at__gt=clock.now() - PATIENCE)
    # What a bank gives back is a refund here, and a dispute there.
    rows = Refund.objects.filter(named, payment__provider=provider).exclude(reason=charged_back.REASON)
    return [
        OurRefund(
            uuid=str(row.uuid),
            ref=row.provider_ref,
            order=row.order.number if row.order else "",
            status=RefundStatus(row.status),
            amount=row.amount,
        )
        for row in rows.exclude(fresh).select_related("order").order_by("pk")
    ]


def transfers(provider: str, since: datetime, theirs: Sequence[ProviderTransfer]) -> Sequence[OurTransfer]:
    """Our transfers with this provider, likewise: also those of which something has come back from then on.

    Without those that are just being sent. One statement.
    """
    stamps = [each.metadata.get("transfer", "") for each in theirs]
    named = (
        Q(claimed_at__gte=since)
        | Q(status=TransferStatus.SENDING)
        | Q(reversals__created_at__gte=since)
        | Q(ref__in={each.ref for each in theirs} - {""})
        | Q(uuid__in=_uuids(stamps))
    )
    fresh = Q(status=TransferStatus.SENDING, claimed_at__gt=clock.now() - PATIENCE)
    rows = Transfer.objects.filter(
        named, provider=provider, status__in=[TransferStatus.SENDING, TransferStatus.MADE], amount_minor__gt=0
    )
    return [
        OurTransfer(
            uuid=str(row.uuid),
            ref=row.ref,
            order=row.vendor_order.order.number if row.vendor_order else "",
            account_ref=row.account.ref if row.account else "",
            amount=row.amount,
            reversed=Money(row.reversed_minor, row.currency),
            is_made=row.status == TransferStatus.MADE,
        )
        for row in rows.exclude(fresh)
        .distinct()
        .select_related("vendor_order__order", "account")
        .order_by("pk")
    ]


def references(provider: str, refs: Iterable[str]) -> set[str]:
    """Which of these references are of payments of ours."""
    known = Payment.objects.filter(provider=provider, provider_ref__in=set(refs) - {""})
    return set(known.values_list("provider_ref", flat=True))


def orders(numbers: Iterable[str]) -> dict[str, int]:
    """The keys of the orders of these numbers."""
    return dict(Order.objects.filter(number__in=set(numbers)).values_list("number", "pk"))


def _held(orders: Iterable[int]) -> Counter[int]:
    """What stands on the account of what buyers paid, of each order for which a sale was posted."""
    entries = LedgerEntry.objects.filter(
        account__kind=AccountKind.BUYER_CLEARING,
        transaction__kind__in=MOVES,
        transaction__order__in=set(orders),
    )
    summed = entries.order_by().values_list("transaction__order").annotate(minor=Sum("amount_minor"))
    return Counter({order: int(minor) for order, minor in summed if order is not None})


def _uuids(texts: Iterable[str]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
