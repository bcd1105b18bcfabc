"""Reversals: what comes back of transfers, after the buyer has it.

What is to come back is decided, posted and committed under the ledger accounts of the vendors, as transfers
are; what a vendor's account does not hold is owed by the vendor, and kept of its next transfers.
"""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Sum

from checkout.models import VendorOrder
from marketplace.gateway import registry
from marketplace.gateway.provider import ProviderRefused, ProviderUnavailable
from marketplace.kernel import clock
from marketplace.kernel.locking import lock
from payouts import ledger, moving, postings
from payouts.models import LedgerAccount, Reversal, ReversalStatus, TransactionKind, Transfer
from payouts.operations import standing
from payouts.operations.transfers import KEYS_LAST, NO_FUNDS, OTHER_PARAMETERS, UNANSWERED_FOR
from payouts.postings import Posting, Whose

logger = logging.getLogger(__name__)


def take_back(*, order_id: int) -> Sequence[int]:
    """Decide what has to come back for an order; the keys of all reversals that the provider is to be asked.

    One transaction. Locks the ledger accounts of the order's vendors. Posts each reversal.
    """
    rows = VendorOrder.objects.filter(order=order_id)
    with transaction.atomic():
        lying = standing.hold(rows)
        for part in standing.parts(rows):
            for ask in moving.to_take_back(part):
                amount, short = moving.taken_back(ask, held_minor=lying[part.vendor_id])
                lying[part.vendor_id] -= amount
                _claim(ask, amount=amount, short=short)
    asked = Reversal.objects.filter(
        transfer__vendor_order__order=order_id, status=ReversalStatus.SENDING
    ).order_by("pk")
    return list(asked.values_list("pk", flat=True))


def send_reversal(*, reversal_id: int) -> None:
    """Ask the provider for what is to come back; once, however often called.

    What it refuses to take, the vendor owes. Runs outside any transaction; for what it notes it locks the
    ledger accounts of the vendor. Raises ProviderUnavailable; RuntimeError inside a transaction.
    """
    row = Reversal.objects.select_related("transfer__vendor_order__order").get(pk=reversal_id)
    if row.status != ReversalStatus.SENDING:
        return
    try:
        ref = _asked(row)
    except ProviderRefused as refusal:
        if refusal.code != NO_FUNDS:
            logger.error("reversal %s was refused: %s", row.uuid, refusal)  # noqa: TRY400  # no bug of ours
        _refused(row, refusal.code)
        return
    # Whoever was asked by this key answered the same to all: nothing has to be held for that.
    waiting = Reversal.objects.filter(pk=row.pk, status=ReversalStatus.SENDING)
    waiting.update(status=ReversalStatus.MADE, ref=ref, made_at=clock.now())


def send_all(keys: Sequence[int]) -> None:
    """Ask for these, one after the other; raises ProviderUnavailable at the end. As `send_reversal`."""
    silence: ProviderUnavailable | None = None
    for key in keys:
        try:
            send_reversal(reversal_id=key)
        except ProviderUnavailable as fault:
            silence = fault
    if silence is not None:
        raise silence


def left_over() -> Sequence[int]:
    """The keys of reversals whose answer has been missing for a while, the oldest first."""
    old = Reversal.objects.filter(
        status=ReversalStatus.SENDING, created_at__lte=clock.now() - UNANSWERED_FOR
    ).order_by("pk")
    return list(old.values_list("pk", flat=True))


def _claim(ask: moving.Ask, *, amount: int, short: int) -> None:
    """Write down that it comes back, and what of it does not; the caller holds the vendor's accounts."""
    row = Reversal.objects.create(
        transfer_id=ask.transfer_id,
        occasion_id=ask.occasion_id,
        asked_minor=ask.minor,
        amount_minor=amount,
        short_minor=short,
        status=ReversalStatus.SENDING if amount else ReversalStatus.SHORT,
        attempts=1 if amount else 0,
    )
    if amount:
        Transfer.objects.filter(pk=ask.transfer_id).update(reversed_minor=F("reversed_minor") + amount)
        _post(row, TransactionKind.REVERSAL, postings.posted_back(_postings(row)))


def _asked(row: Reversal) -> str:
    """How the provider calls it; empty where it is only known that it was made."""
    if row.created_at <= clock.now() - KEYS_LAST and _is_made(row):
        return ""
    part = row.transfer.vendor_order
    about = {} if part is None else {"order": part.order.number, "vendor_order": part.number}
    try:
        return (
            registry.provider(row.transfer.provider)
            .reverse_transfer(
                row.transfer.ref,
                amount=row.amount,
                metadata={"reversal": str(row.uuid), **about},
                key=row.key,
            )
            .ref
        )
    except ProviderRefused as refusal:
        if refusal.code == OTHER_PARAMETERS and _is_made(row):
            return ""
        raise


def _is_made(row: Reversal) -> bool:
    """Whether more has come back there than we know of: of a transfer one is asked at a time."""
    made = row.transfer.reversals.filter(status=ReversalStatus.MADE).aggregate(sum=Sum("amount_minor"))["sum"]
    told = registry.provider(row.transfer.provider).get_transfer(row.transfer.ref)
    return told.reversed.minor - (made or 0) >= row.amount_minor


def _refused(row: Reversal, code: str) -> None:
    """Post it back: the vendor owes it. Once."""
    with transaction.atomic():
        sent = row.transfer
        lock(LedgerAccount.objects.filter(vendor=sent.vendor_id, currency=sent.currency))
        now = Reversal.objects.get(pk=row.pk)
        if now.status != ReversalStatus.SENDING:
            return
        _post(row, TransactionKind.REVERSAL_FAILED, _postings(row))
        Transfer.objects.filter(pk=sent.pk).update(reversed_minor=F("reversed_minor") - now.amount_minor)
        now.status, now.refusal = ReversalStatus.SHORT, code[:64]
        now.amount_minor, now.short_minor = 0, now.asked_minor
        now.save()


def _postings(row: Reversal) -> list[Posting]:
    sent = row.transfer
    whose = Whose(vendor_id=sent.vendor_id, vendor_order_id=sent.vendor_order_id)
    return postings.transfer(sent.currency, row.amount_minor, whose)


def _post(row: Reversal, kind: TransactionKind, posted: list[Posting]) -> None:
    part = row.transfer.vendor_order
    ledger.post(
        kind=kind,
        reference=f"{kind.value.replace('_', '-')}:{row.uuid}:v{row.version}",
        occurred_at=clock.now(),
        postings=posted,
        order=None if part is None else part.order,
    )
