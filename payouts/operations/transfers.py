"""Transfers: money from the platform to vendors' accounts with the provider, each once.

A transfer is claimed first: how much goes is decided, posted and committed under the ledger accounts of its
vendor, and only then is the provider asked, by a key made of the row. Whatever is cut off in between is asked
again by the same key; what the provider refuses is posted back, and asked again later by another.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from checkout.models import VendorOrder
from checkout.selectors.reviews import is_under_review, under_review
from marketplace.gateway import marks, registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import ProviderRefused, ProviderTransfer, ProviderUnavailable
from marketplace.kernel import audit, clock
from marketplace.kernel.locking import lock
from payouts import ledger, moving, postings
from payouts.models import (
    TRANSFER_MOVES,
    LedgerAccount,
    PayoutAccount,
    PayoutAccountState,
    TransactionKind,
    Transfer,
    TransferSource,
    TransferStatus,
    Waiting,
)
from payouts.operations import standing
from payouts.postings import Posting, Whose
from vendors.models import VendorStatus

logger = logging.getLogger(__name__)

# Providers forget keys after a day: what was asked longer ago is looked for there before it is asked again.
KEYS_LAST: Final = timedelta(hours=20)
# The provider's clock may be behind ours.
MARGIN: Final = timedelta(minutes=5)
NO_FUNDS: Final = "balance_insufficient"
OTHER_PARAMETERS: Final = "idempotency_key_reused"
TO_MAKE: Final = (TransferStatus.QUEUED, TransferStatus.SENDING)


def queue(
    *, part: moving.Part, occasion: moving.Occasion, provider: str, charge_ref: str
) -> Iterator[Transfer]:
    """The transfers for an occasion, unwritten: of a sale as much of the charge as the buyer paid for it, and
    what the platform pays of its balance.
    """
    is_sale = occasion.kind == TransactionKind.SALE and charge_ref != ""
    amounts = moving.by_source(occasion.minor, charged_minor=part.paid_minor if is_sale else 0)
    for source, minor in zip((TransferSource.CHARGE, TransferSource.BALANCE), amounts, strict=True):
        if minor:
            yield Transfer(
                vendor_id=part.vendor_id,
                vendor_order_id=part.vendor_order_id,
                occasion_id=occasion.transaction_id,
                source=source,
                provider=provider,
                charge_ref=charge_ref if source == TransferSource.CHARGE else "",
                currency=part.currency,
                planned_minor=minor,
            )


def send_transfer(*, transfer_id: int) -> None:
    """Send what is due of a transfer, or note what it waits for; once, however often called.

    Runs outside any transaction; for what it decides it locks the ledger accounts of the vendor. Audited
    where its state changes. Raises ProviderUnavailable; RuntimeError inside a transaction.
    """
    row = _claim(transfer_id)
    if row is None:
        return
    try:
        told = _asked(row)
    except ProviderRefused as refusal:
        logger.warning("transfer %s was refused: %s", row.uuid, refusal)
        _refused(row, refusal.code)
    else:
        _made(row, told.ref)


def send_all(keys: Iterable[int]) -> None:
    """Send these, one after the other: one that is not answered keeps none from its turn.

    As `send_transfer`. Raises ProviderUnavailable at the end.
    """
    silence: ProviderUnavailable | None = None
    for key in keys:
        try:
            send_transfer(transfer_id=key)
        except ProviderUnavailable as fault:
            silence = fault
    if silence is not None:
        raise silence


def hear_of_transfer(*, provider: str, ref: str) -> None:
    """Note that a transfer is there whose answer was lost, and tell people of what nobody here has asked for.

    Asks the provider outside any transaction, then locks the ledger accounts of the vendor. Raises
    UnknownObject for one that is not stored (yet), ProviderUnavailable; RuntimeError inside a transaction.
    """
    try:
        told = registry.provider(provider).get_transfer(ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    named = Q(ref=ref)
    if marks.is_ours(told.metadata):
        with suppress(ValueError):
            named |= Q(uuid=UUID(told.metadata.get("transfer", "")))
    row = Transfer.objects.filter(named, provider=provider).first()
    if row is None:
        if PayoutAccount.objects.filter(provider=provider, ref=told.account_ref).exists():
            logger.error("transfer %s of %s goes to a vendor and is not known here", ref, provider)
        raise UnknownObject(provider=provider, ref=ref)
    _made(row, told.ref)
    if told.reversed.minor > row.reversed_minor:
        logger.error("of transfer %s of %s more has come back than was asked for", ref, provider)


def send_waiting(*, vendor_id: int) -> None:
    """Send what waited for a vendor: for its account, or for the end of its suspension. As `send_all`."""
    rows = Transfer.objects.filter(vendor=vendor_id, status__in=TO_MAKE).order_by("pk")
    send_all(list(rows.values_list("pk", flat=True)))


def _claim(transfer_id: int) -> Transfer | None:
    """The transfer, if the provider is to be asked for it: by what is due now, or as it was asked before."""
    with transaction.atomic(), audit.gathered():
        row = Transfer.objects.get(pk=transfer_id)
        if row.status == TransferStatus.QUEUED:
            lock(LedgerAccount.objects.filter(vendor=row.vendor_id, currency=row.currency))
            row.refresh_from_db()
        if row.status == TransferStatus.QUEUED:
            _decide(row)
    if row.status != TransferStatus.SENDING:
        return None
    return Transfer.objects.select_related("account", "vendor_order__order").get(pk=transfer_id)


def _decide(row: Transfer) -> None:
    """Decide about a queued transfer; the caller holds the ledger accounts of its vendor."""
    amount, netted = moving.claim(
        row.planned_minor,
        due_minor=_due(row),
        debt_minor=standing.debt(vendor_id=row.vendor_id, currency=row.currency),
    )
    if not amount + netted:
        TRANSFER_MOVES.move(row, TransferStatus.CANCELLED, actor=None, also={"waiting": Waiting.NOTHING})
        return
    account = account_of(row)
    waiting = _waiting(row, account)
    if waiting:
        if row.waiting != waiting:
            Transfer.objects.filter(pk=row.pk).update(waiting=waiting)
        return
    now = clock.now()
    claimed = {
        "account": account,
        "amount_minor": amount,
        "netted_minor": netted,
        "waiting": Waiting.NOTHING,
        "refusal": "",
        "attempts": row.attempts + 1,
        "claimed_at": now,
    }
    if not amount:
        TRANSFER_MOVES.move(row, TransferStatus.MADE, actor=None, also={**claimed, "made_at": now})
        return
    TRANSFER_MOVES.move(row, TransferStatus.SENDING, actor=None, also=claimed)
    _post(row, TransactionKind.TRANSFER, _postings(row))


def _due(row: Transfer) -> int:
    """What is due now of what it is of."""
    if row.vendor_order_id is None or row.occasion.kind == TransactionKind.ADJUSTMENT:
        return row.planned_minor
    (part,) = standing.parts(VendorOrder.objects.filter(pk=row.vendor_order_id))
    return part.due_minor


def account_of(row: Transfer) -> PayoutAccount | None:
    """The account of the vendor, as of now, with the provider that the money is with."""
    provider = registry.provider(row.provider)
    accounts = PayoutAccount.objects.filter(
        vendor=row.vendor_id, provider=provider.name, is_live=provider.is_live, is_replaced=False
    )
    return accounts.exclude(ref="").first()


def _waiting(row: Transfer, account: PayoutAccount | None) -> Waiting:
    """What a transfer has to wait for before it may be sent."""
    if row.vendor_order is not None and under_review([row.vendor_order.order_id]):
        return Waiting.REVIEW
    if row.vendor.status == VendorStatus.SUSPENDED:
        return Waiting.SUSPENDED
    if account is None or account.state != PayoutAccountState.ACTIVE:
        return Waiting.ACCOUNT
    return Waiting.NOTHING


def _asked(row: Transfer) -> ProviderTransfer:
    """What the provider answers, or has answered."""
    if row.account is None or row.claimed_at is None:
        raise ValueError(f"transfer {row.uuid} was not claimed")
    if row.claimed_at <= clock.now() - KEYS_LAST:
        found = _found(row, row.claimed_at)
        if found is not None:
            return found
    part = row.vendor_order
    about = {} if part is None else {"order": part.order.number, "vendor_order": part.number}
    try:
        return registry.provider(row.provider).transfer(
            row.account.ref,
            amount=row.amount,
            charge_ref=row.charge_ref or None,
            group="" if part is None else f"order_{part.order.number}",
            metadata={"transfer": str(row.uuid), **about},
            key=row.key,
        )
    except ProviderRefused as refusal:
        # The key is known there with other words of ours: the transfer was made by it, or refused.
        found = _found(row, row.claimed_at) if refusal.code == OTHER_PARAMETERS else None
        if found is None:
            raise
        return found


def _found(row: Transfer, since: datetime) -> ProviderTransfer | None:
    """The transfer as the provider knows it, if it does."""
    told = registry.provider(row.provider).list_transfers(since - MARGIN)
    return next((each for each in told if each.metadata.get("transfer") == str(row.uuid)), None)


def _made(row: Transfer, ref: str) -> None:
    """Note that it is there; once."""
    with transaction.atomic():
        lock(LedgerAccount.objects.filter(vendor=row.vendor_id, currency=row.currency))
        row.refresh_from_db(fields=["status"])
        if row.status == TransferStatus.SENDING:
            made = {"ref": ref, "made_at": clock.now()}
            TRANSFER_MOVES.move(row, TransferStatus.MADE, actor=None, also=made)


def _refused(row: Transfer, code: str) -> None:
    """Post it back and queue it again, by another key; once for each key."""
    with transaction.atomic():
        lock(LedgerAccount.objects.filter(vendor=row.vendor_id, currency=row.currency))
        now = Transfer.objects.get(pk=row.pk)
        if now.status != TransferStatus.SENDING or now.version != row.version:
            return
        _post(now, TransactionKind.TRANSFER_FAILED, postings.posted_back(_postings(now)))
        again = {
            "amount_minor": 0,
            "netted_minor": 0,
            "version": now.version + 1,
            "waiting": Waiting.FUNDS if code == NO_FUNDS else Waiting.REFUSED,
            "refusal": code[:64],
        }
        TRANSFER_MOVES.move(now, TransferStatus.QUEUED, actor=None, reason=code, also=again)


def _postings(row: Transfer) -> list[Posting]:
    whose = Whose(vendor_id=row.vendor_id, vendor_order_id=row.vendor_order_id)
    return postings.transfer(row.currency, row.amount_minor, whose)


def _post(row: Transfer, kind: TransactionKind, posted: list[Posting]) -> None:
    ledger.post(
        kind=kind,
        reference=f"{kind.value.replace('_', '-')}:{row.uuid}:v{row.version}",
        occurred_at=clock.now(),
        postings=posted,
        order=None if row.vendor_order is None else row.vendor_order.order,
    )


# How long after it was refused a transfer is tried again, and one whose answer is missing is asked for.
REFUSED_FOR: Final = timedelta(hours=1)
UNANSWERED_FOR: Final = timedelta(minutes=2)


def left_over() -> "QuerySet[Transfer]":
    """Transfers that should have gone by now, the oldest first: unanswered ones, such as nobody has tried,
    and those of which what they waited for has come.
    """
    now = clock.now()
    is_cut_off = Q(status=TransferStatus.SENDING, claimed_at__lte=now - UNANSWERED_FOR) | Q(
        status=TransferStatus.QUEUED, waiting=Waiting.NOTHING, created_at__lte=now - UNANSWERED_FOR
    )
    is_free = (
        ~Q(vendor__status=VendorStatus.SUSPENDED)
        & ~Q(is_under_review("vendor_order__order"))
        & Q(
            vendor__payout_accounts__state=PayoutAccountState.ACTIVE,
            vendor__payout_accounts__provider=F("provider"),
        )
    )
    has_come = Q(waiting__in=[Waiting.ACCOUNT, Waiting.SUSPENDED, Waiting.REVIEW]) & is_free
    again = Q(waiting=Waiting.FUNDS) | Q(waiting=Waiting.REFUSED, claimed_at__lte=now - REFUSED_FOR)
    queued = Q(status=TransferStatus.QUEUED)
    return Transfer.objects.filter(is_cut_off | queued & (has_come | again)).distinct().order_by("pk")
