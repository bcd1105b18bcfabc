"""What a provider tells of customers, vendors' accounts, transfers, payouts and disputes, beside what we do.

Each function asks it, never inside a transaction, and yields what is told differently.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, TypeVar

from marketplace.accounts.models import PaymentCustomer
from marketplace.gateway.provider import PaymentProvider, ProviderRefused
from payouts import reconciling
from payouts.models import DiscrepancyKind, Dispute, Payout, PayoutAccount
from payouts.operations import facts
from payouts.operations.withdrawals import unbooked
from payouts.reconciling import NOTHING, PLATFORM, Difference

Told = TypeVar("Told")

# The provider's clock may be behind ours.
MARGIN: Final = timedelta(minutes=5)


def asked(ask: Callable[[str], Told], refs: Iterable[str]) -> Iterator[Told]:
    """What is known there of these references; what is not is left out."""
    for ref in sorted(set(refs) - {""}):
        with suppress(ProviderRefused):
            yield ask(ref)


def customers(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """Customers that were made from then on."""
    made = PaymentCustomer.objects.filter(provider=adapter.name, created_at__gte=since).exclude(ref="")
    for ref in made.order_by("pk").values_list("ref", flat=True):
        try:
            adapter.get_customer(ref)
        except ProviderRefused as refusal:
            kind = DiscrepancyKind.CUSTOMER_UNKNOWN
            yield Difference(kind=kind, ref=ref, ours="customer", theirs=refusal.code)


def accounts(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """All vendors' accounts, and the payouts from there from then on."""
    known = PayoutAccount.objects.filter(provider=adapter.name, is_live=adapter.is_live).exclude(ref="")
    for ref, state in list(known.order_by("pk").values_list("ref", "state")):
        try:
            told = adapter.get_account(ref)
        except ProviderRefused as refusal:
            kind = DiscrepancyKind.ACCOUNT_UNKNOWN
            yield Difference(kind=kind, ref=ref, ours=state, theirs=refusal.code)
            continue
        if told.state.value != state:
            kind = DiscrepancyKind.ACCOUNT_STATE
            yield Difference(kind=kind, ref=ref, ours=state, theirs=told.state.value)
        yield from _payouts(adapter, ref, since)


def _payouts(adapter: PaymentProvider, account_ref: str, since: datetime) -> Iterator[Difference]:
    try:
        told = adapter.list_payouts(account_ref, since - MARGIN)
    except ProviderRefused:  # of one that withdrew our access
        return
    rows = Payout.objects.filter(account__ref=account_ref, account__provider=adapter.name)
    known = dict(rows.filter(ref__in=[each.ref for each in told]).values_list("ref", "status"))
    for each in told:
        ours = known.get(each.ref, NOTHING)
        if ours != each.status.value:
            kind, ref = DiscrepancyKind.PAYOUT_STATE, f"{account_ref} {each.ref}"
            yield Difference(kind=kind, ref=ref, ours=ours, theirs=f"{each.status.value} {each.amount}")


def withdrawals(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """What went to the platform's own bank from then on, and is not booked, or came back and is not."""
    for each in unbooked(adapter.name, adapter.list_payouts("", since - MARGIN)):
        kind, ref = DiscrepancyKind.PAYOUT_STATE, f"{PLATFORM} {each.ref}"
        yield Difference(kind=kind, ref=ref, ours=NOTHING, theirs=f"{each.status.value} {each.amount}")


def transfers(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """Transfers made from then on, or of which something has come back since; and those not answered yet.

    One of ours that is older than the list is asked for by itself.
    """
    theirs = list(adapter.list_transfers(since - MARGIN))
    ours = facts.transfers(adapter.name, since, theirs)
    theirs += asked(adapter.get_transfer, {each.ref for each in ours} - {each.ref for each in theirs})
    vendors = PayoutAccount.objects.filter(provider=adapter.name).values_list("ref", flat=True)
    yield from reconciling.transfers(ours, theirs, set(vendors))


def disputes(adapter: PaymentProvider, since: datetime) -> Iterator[Difference]:
    """Disputes of payments of ours: those from then on, and those that are not at their end here."""
    told = list(adapter.list_disputes(since - MARGIN))
    ongoing = Dispute.objects.filter(provider=adapter.name, closed_at__isnull=True)
    old = set(ongoing.values_list("ref", flat=True)) - {each.ref for each in told}
    told.extend(asked(adapter.get_dispute, old))
    known = dict(
        Dispute.objects.filter(provider=adapter.name, ref__in=[each.ref for each in told]).values_list(
            "ref", "status"
        )
    )
    paid = facts.references(adapter.name, [each.payment_ref or "" for each in told])
    for each in told:
        ours = known.get(each.ref)
        if ours is None and each.payment_ref in paid:
            kind = DiscrepancyKind.DISPUTE_UNKNOWN
        elif ours is not None and ours != each.status.value:
            kind = DiscrepancyKind.DISPUTE_STATE
        else:
            continue
        yield Difference(
            kind=kind, ref=each.ref, ours=ours or NOTHING, theirs=f"{each.status.value} {each.amount}"
        )
