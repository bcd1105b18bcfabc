"""Our rows beside the providers' books: what differs is brought in line where it can be, and noted.

What can be brought in line is brought there by the very operations that webhooks lead to, which ask the
provider anew. Then everything is looked at once more: what differs both times is a discrepancy, for what was
on its way at the first look has arrived by the second.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Min, Q
from django.db.models.functions import Cast

from checkout.errors import PaymentQuarantined
from checkout.models import Payment, Refund, RefundStatus
from checkout.operations.refunds import send_refund, settle_refund
from checkout.operations.settle import settle_payment
from marketplace.gateway import inbox, registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import GatewayEvent, PaymentProvider, ProviderRefused, ProviderUnavailable
from marketplace.kernel import clock
from payouts import reconciling
from payouts.models import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyStatus,
    Reconciliation,
    ReconciliationOutcome,
    ReversalStatus,
    Transfer,
)
from payouts.operations import beside, facts, reversals, transfers
from payouts.operations.accounts import sync_account
from payouts.operations.beside import MARGIN, asked
from payouts.operations.disputes import settle_dispute
from payouts.operations.holdings import holdings
from payouts.operations.payouts import sync_payout
from payouts.operations.withdrawals import book_withdrawal
from payouts.reconciling import NOTHING, PLATFORM, Difference

logger = logging.getLogger(__name__)

Found = Mapping[tuple[DiscrepancyKind, str], Difference]

# How far back a reconciliation looks that is asked for no more: over a weekend without us.
LOOK_BACK: Final = timedelta(days=3)
# What changes of a discrepancy that is met again.
SEEN: Final = ("reconciliation", "order", "ours", "theirs", "status", "last_seen_at", "resolved_at")


def reconcile_all(*, since: datetime | None = None) -> Sequence[Reconciliation]:
    """Compare our rows with the books of every provider that new payments or old ones are with."""
    names = [
        name
        for name in settings.PAYMENT_PROVIDERS
        if name == settings.PAYMENT_PROVIDER or Payment.objects.filter(provider=name).exists()
    ]
    return [reconcile(provider=name, since=since) for name in names]


def reconcile(*, provider: str, since: datetime | None = None) -> Reconciliation:
    """Compare our rows with a provider's books, from a moment on or from LOOK_BACK ago.

    It looks as far back as the oldest discrepancy that is still open. One that differs no more is closed.
    Side effects: commits rows by itself, and what settling the differences does. Asks the provider outside
    any transaction; where it does not answer the outcome is SILENT, and nothing else is noted.
    Raises RuntimeError inside a transaction.
    """
    adapter = registry.provider(provider)
    known = Discrepancy.objects.filter(provider=provider, status=DiscrepancyStatus.OPEN)
    oldest = known.aggregate(oldest=Min("looked_back_to_at"))["oldest"]
    start = since or clock.now() - LOOK_BACK
    run = Reconciliation.objects.create(provider=provider, since_at=min(start, oldest or start))
    try:
        found = _look(adapter, run.since_at)
        for each in found.values():
            _heal(provider, each)
        for event in _missed(adapter, run.since_at):
            inbox.take(event)
        still = _look(adapter, run.since_at) if found else {}
    except ProviderUnavailable as silence:
        logger.warning("%s could not be reconciled with: %s", provider, silence)
        return _ended(run, ReconciliationOutcome.SILENT)
    _note(run, found, still)
    return _ended(run, ReconciliationOutcome.DIFFERENT if run.open else ReconciliationOutcome.CLEAN)


def _look(adapter: PaymentProvider, since: datetime) -> Found:
    """All that differs now; balances are looked at where nothing else differs."""
    found = {(each.kind, each.ref): each for look in _LOOKS for each in look(adapter, since)}
    return found or {(each.kind, each.ref): each for each in holdings(adapter)}


def _payments(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """Payments and refunds; those of ours that are older than the lists are asked for one by one."""
    refunds = list(adapter.list_refunds(since - MARGIN))
    intents = list(adapter.list_payments(since - MARGIN))
    back = facts.refunds(adapter.name, since, refunds)
    listed = {each.ref for each in refunds}
    refunds += asked(adapter.get_refund, {each.ref for each in back} - listed)
    paid = facts.payments(adapter.name, since, intents, refunds)
    listed = {each.ref for each in intents}
    intents += asked(adapter.get_payment, {each.ref for each in paid} - listed)
    # Of a payment that is older than the list of refunds not all that went back of it may be known.
    paid = [each if each.ref in listed else replace(each, held=None) for each in paid]
    yield from reconciling.payments(paid, intents, refunds)
    yield from reconciling.refunds(back, refunds, [each.ref for each in paid])


def _events(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    for event in _missed(adapter, since):
        kind = DiscrepancyKind.EVENT_UNSETTLED
        yield Difference(kind=kind, ref=event.id, ours=NOTHING, theirs=event.type)


def _missed(adapter: PaymentProvider, since: datetime) -> Sequence[GatewayEvent]:
    """The events that something is to be done about, and was not."""
    table = inbox.reactions()
    return [event for event in inbox.missed(adapter, since - MARGIN) if event.type in table]


_LOOKS: Final = (
    _payments,
    beside.disputes,
    beside.customers,
    beside.accounts,
    beside.withdrawals,
    beside.transfers,
    _events,
)


def _heal(provider: str, difference: Difference) -> None:
    """Bring it to what the provider says, where an operation does that. What it refuses stays as it is."""
    heal = _HEALERS.get(difference.kind)
    if heal is not None:
        with suppress(UnknownObject, PaymentQuarantined, ProviderRefused):  # logged where they are found
            heal(provider, difference.ref)


def _resend(provider: str, ref: str) -> None:
    """A refund that never reached the provider goes by our name for it."""
    unsent = Refund.objects.filter(payment__provider=provider, status=RefundStatus.CREATED, provider_ref="")
    for key in [row.pk for row in unsent if str(row.uuid) == ref]:
        send_refund(refund_id=key)


def _send(provider: str, ref: str) -> None:
    """A transfer of which the answer was lost, or what comes back of it, is asked for again."""
    rows = Transfer.objects.filter(provider=provider).annotate(name=Cast("uuid", CharField()))
    for row in rows.filter(Q(ref=ref) | Q(name=ref)):
        transfers.send_transfer(transfer_id=row.pk)
        under_way = row.reversals.filter(status=ReversalStatus.SENDING)
        reversals.send_all(list(under_way.values_list("pk", flat=True)))


def _send_claimed(provider: str, ref: str) -> None:
    """The same of one that the provider calls by a reference that we have not heard of."""
    uuid = registry.provider(provider).get_transfer(ref).metadata.get("transfer", "")
    _send(provider, uuid)


def _follow(provider: str, ref: str) -> None:
    settle_dispute(provider=provider, ref=ref)


def _sync(provider: str, ref: str) -> None:
    sync_account(provider=provider, ref=ref)


def _note_payout(provider: str, ref: str) -> None:
    account_ref, payout_ref = ref.split()
    if account_ref == PLATFORM:
        book_withdrawal(provider=provider, ref=payout_ref)
        return
    sync_payout(provider=provider, account_ref=account_ref, ref=payout_ref)


_HEALERS: Final[Mapping[DiscrepancyKind, Callable[[str, str], None]]] = {
    DiscrepancyKind.PAYMENT_BEHIND: lambda provider, ref: settle_payment(provider=provider, ref=ref),
    DiscrepancyKind.REFUND_UNKNOWN: lambda provider, ref: settle_refund(provider=provider, ref=ref),
    DiscrepancyKind.REFUND_STATE: lambda provider, ref: settle_refund(provider=provider, ref=ref),
    DiscrepancyKind.REFUND_MISSING: _resend,
    DiscrepancyKind.DISPUTE_UNKNOWN: _follow,
    DiscrepancyKind.DISPUTE_STATE: _follow,
    DiscrepancyKind.ACCOUNT_STATE: _sync,
    DiscrepancyKind.PAYOUT_STATE: _note_payout,
    DiscrepancyKind.TRANSFER_MISSING: _send,
    DiscrepancyKind.TRANSFER_STATE: _send_claimed,
    DiscrepancyKind.TRANSFER_REVERSED: _send,
}


def _note(run: Reconciliation, found: Found, still: Found) -> None:
    """Keep what differs both times, and close what does no more. Three statements."""
    now = clock.now()
    orders = facts.orders(each.order for each in found.values() if each.order)
    met = [
        Discrepancy(
            reconciliation=run,
            provider=run.provider,
            kind=each.kind,
            ref=each.ref,
            order_id=orders.get(each.order),
            ours=each.ours,
            theirs=each.theirs,
            status=DiscrepancyStatus.OPEN if key in still else DiscrepancyStatus.HEALED,
            looked_back_to_at=run.since_at,
            last_seen_at=now,
            resolved_at=None if key in still else now,
        )
        for key, each in (dict(found) | {key: still[key] for key in still if key in found}).items()
    ]
    with transaction.atomic():
        Discrepancy.objects.bulk_create(
            met, update_conflicts=True, update_fields=SEEN, unique_fields=["provider", "kind", "ref"]
        )
        open_rows = Discrepancy.objects.filter(provider=run.provider, status=DiscrepancyStatus.OPEN)
        open_rows.exclude(reconciliation=run).update(status=DiscrepancyStatus.GONE, resolved_at=now)
    run.open = sum(row.status == DiscrepancyStatus.OPEN for row in met)
    run.healed = len(met) - run.open


def _ended(run: Reconciliation, outcome: ReconciliationOutcome) -> Reconciliation:
    run.outcome, run.ended_at = outcome, clock.now()
    run.save()
    return run
