"""Payouts at the provider: asked for once, followed, and what comes back of them is the vendor's again.

What was claimed is asked for by a key of its row: whatever is cut off is asked again, and happens once.
"""

import contextlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from marketplace.gateway import marks, registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import PaymentProvider, ProviderPayout, ProviderRefused
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock, lock_one
from payouts import ledger, postings
from payouts.events import PayoutReturned
from payouts.models import (
    PAYOUT_MOVES,
    RETURNED,
    LedgerAccount,
    Payout,
    PayoutAccount,
    PayoutSchedule,
    PayoutStatus,
    TransactionKind,
)
from payouts.postings import Whose
from payouts.scheduling import local_day

logger = logging.getLogger(__name__)

# A provider may forget a key after a day; what is older is looked for before it is asked for again.
KEY_LIFE: Final = timedelta(hours=20)
# Clocks differ.
MARGIN: Final = timedelta(minutes=10)
# A worker has so long to send what was claimed before the clock takes it up.
FIRST_CHANCE: Final = timedelta(minutes=10)
# After so long one that is on its way is looked up, where nothing was heard of it.
QUIET: Final = timedelta(hours=12)

# Its entries are free for another payout, and the account is looked through again from the first of them.
RELEASE: Final = """
WITH released AS (
    UPDATE payouts_payoutentry AS claim SET released_at = %(now)s
    FROM payouts_ledgerentry AS entry
    WHERE claim.payout_id = %(payout)s AND claim.released_at IS NULL AND entry.id = claim.entry_id
    RETURNING entry.account_id, entry.id
)
UPDATE payouts_ledgeraccount AS account SET claimed_through = least(account.claimed_through, first.id - 1)
FROM (SELECT account_id, min(id) AS id FROM released GROUP BY account_id) AS first
WHERE account.id = first.account_id
"""


def send_payout(*, payout_id: int) -> None:
    """Ask the provider for a payout that was claimed; once, however often called.

    Runs outside any transaction, then locks the vendor's account with the provider, its accounts of the
    ledger and the payout. What is refused is the vendor's again. Raises ProviderUnavailable, after which it
    is as before; RuntimeError inside a transaction.
    """
    payout = Payout.objects.select_related("account").get(pk=payout_id)
    if payout.status != PayoutStatus.CLAIMED:
        return
    account, asked_at = payout.account, clock.now()
    provider = registry.provider(account.provider)
    Payout.objects.filter(pk=payout.pk).update(attempts=F("attempts") + 1)
    told = _found(provider, payout) if asked_at - payout.created_at > KEY_LIFE else None
    try:
        told = told or provider.pay_out(
            account.ref, amount=payout.amount, metadata={"payout": str(payout.uuid)}, key=payout.key
        )
    except ProviderRefused as refusal:
        logger.warning("payout %s was refused: %s", payout.uuid, refusal)
        # Refused for what it did before, as for another's key: then it stands among its payouts.
        told = _found(provider, payout)
        if told is None:
            _refused(payout, refusal)
            return
    with transaction.atomic():
        lock_one(PayoutAccount.objects.filter(pk=account.pk))
        _follow(payout, told, asked_at)


def sync_payout(*, provider: str, account_ref: str, ref: str) -> Payout:
    """Bring a payout to what the provider says of it, however often called; one that is not ours is noted.

    Asks the provider outside any transaction, then locks the vendor's account with it, its accounts of the
    ledger and the payout. What came back is the vendor's again, once. Raises UnknownObject for an account
    that is not stored (yet), ProviderUnavailable; RuntimeError inside a transaction.
    """
    asked_at = clock.now()
    try:
        told = registry.provider(provider).get_payout(account_ref, ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    with transaction.atomic():
        try:
            account = lock_one(PayoutAccount.objects.filter(provider=provider, ref=account_ref))
        except PayoutAccount.DoesNotExist as unknown:
            raise UnknownObject(provider=provider, ref=account_ref) from unknown
        payout = _known(account, told) or _noted(account, told, asked_at)
        return _follow(payout, told, asked_at)


def to_be_asked() -> "QuerySet[Payout]":
    """What was claimed and is in nobody's hands: a worker died, or the provider did not answer."""
    return Payout.objects.filter(
        status=PayoutStatus.CLAIMED, created_at__lte=clock.now() - FIRST_CHANCE
    ).order_by("pk")


def quiet() -> "QuerySet[Payout]":
    """What is on its way and was not heard of for a while: no provider lists the events of accounts again."""
    under_way = [PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT]
    return Payout.objects.filter(status__in=under_way, synced_at__lte=clock.now() - QUIET).order_by("pk")


def _found(provider: PaymentProvider, payout: Payout) -> ProviderPayout | None:
    """The payout among those that the provider has made, by our mark on it."""
    made = provider.list_payouts(payout.account.ref, payout.created_at - MARGIN)
    return next((told for told in made if _uuid_of(told) == payout.uuid), None)


def _uuid_of(told: ProviderPayout) -> UUID | None:
    """Which of ours it is, by our mark."""
    with contextlib.suppress(ValueError):
        return UUID(told.metadata.get("payout", "")) if marks.is_ours(told.metadata) else None
    return None


def _known(account: PayoutAccount, told: ProviderPayout) -> Payout | None:
    """The payout by its reference, or by our mark where the answer that told the reference was lost."""
    named, uuid = Q(ref=told.ref), _uuid_of(told)
    if uuid is not None:
        named |= Q(ref="", is_ours=True, uuid=uuid)
    return Payout.objects.filter(named, account=account).first()


def _noted(account: PayoutAccount, told: ProviderPayout, asked_at: datetime) -> Payout:
    """A payout that the provider, or the vendor there, has made: it moves no money of ours."""
    return Payout.objects.create(
        account=account,
        ref=told.ref,
        is_ours=False,
        status=PayoutStatus(told.status.value),
        amount_minor=told.amount.minor,
        currency=told.amount.currency,
        arrives_on=told.arrives_on,
        created_at=told.created_at,
        synced_at=asked_at,
    )


def _follow(payout: Payout, told: ProviderPayout, asked_at: datetime) -> Payout:
    """Bring the row to what is told; an answer to an older question changes nothing. The account is held."""
    status = PayoutStatus(told.status.value)
    if status in RETURNED:
        lock(LedgerAccount.objects.filter(vendor=payout.account.vendor_id))
    payout = lock_one(Payout.objects.filter(pk=payout.pk).select_related("account"))
    if payout.synced_at is not None and payout.synced_at > asked_at:
        return payout
    also: Mapping[str, object] = {
        "ref": told.ref,
        "arrives_on": told.arrives_on,
        "synced_at": asked_at,
        "failure_code": told.failure_code,
        "failure_message": told.failure_message[:300],
    }
    if PAYOUT_MOVES.allows(payout.status, status):
        PAYOUT_MOVES.move(payout, status, actor=None, also=also)
        if status in RETURNED:
            _give_back(payout)
    elif payout.status == status:
        Payout.objects.filter(pk=payout.pk).update(**also)
        payout.refresh_from_db()
    return payout


def _refused(payout: Payout, refusal: ProviderRefused) -> None:
    """The provider does not make it: what was claimed is the vendor's again, and its day is tomorrow."""
    vendor_id = payout.account.vendor_id
    with transaction.atomic():
        lock(LedgerAccount.objects.filter(vendor=vendor_id))
        schedules = lock(PayoutSchedule.objects.filter(vendor=vendor_id).select_related("vendor"))
        payout = lock_one(Payout.objects.filter(pk=payout.pk).select_related("account"))
        if payout.status != PayoutStatus.CLAIMED:
            return
        also = {"failure_code": refusal.code[:64], "failure_message": refusal.message[:300]}
        PAYOUT_MOVES.move(payout, PayoutStatus.FAILED, actor=None, also=also)
        _give_back(payout)
        for schedule in schedules:
            tomorrow = local_day(clock.now() + timedelta(days=1), schedule.vendor.timezone)
            if schedule.next_on is not None and schedule.next_on > tomorrow:
                schedule.next_on = tomorrow
                schedule.save(update_fields=["next_on"])


def _give_back(payout: Payout) -> None:
    """Post the amount back, once, and let its entries go. The caller has moved it, and holds the ledger."""
    if not payout.is_ours:
        return
    paid = postings.payout(payout.currency, payout.amount_minor, Whose(vendor_id=payout.account.vendor_id))
    ledger.post(
        kind=TransactionKind.PAYOUT_FAILED,
        reference=f"payout-failed:{payout.uuid}:v{payout.version}",
        occurred_at=clock.now(),
        postings=postings.posted_back(paid),
    )
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, {"payout": payout.pk, "now": clock.now()})
    publish(PayoutReturned(payout_id=payout.pk))
