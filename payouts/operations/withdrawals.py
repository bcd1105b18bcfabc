"""What goes from the provider to the platform's own bank: booked when the provider sends it, by its schedule.

The marketplace asks for none of it. The ledger is all that is kept: a posting for each, and one for what came
back.
"""

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from marketplace.gateway import registry
from marketplace.gateway.errors import UnknownObject
from marketplace.gateway.provider import PayoutStatus, ProviderPayout, ProviderRefused
from marketplace.kernel import clock
from payouts import ledger, postings
from payouts.models import LedgerTransaction, TransactionKind

RETURNED: Final = frozenset({PayoutStatus.FAILED, PayoutStatus.CANCELED})


def book_withdrawal(*, provider: str, ref: str) -> None:
    """Book a payout to the platform's bank, and what came back of it; each once, however often called.

    One that came back is booked both ways, so that an older answer that is late changes nothing. Asks the
    provider outside any transaction. Raises UnknownObject, ProviderUnavailable; RuntimeError inside a
    transaction.
    """
    try:
        told = registry.provider(provider).get_payout("", ref)
    except ProviderRefused as refusal:
        raise UnknownObject(provider=provider, ref=ref) from refusal
    moved = postings.withdrawal(told.amount.currency, told.amount.minor)
    out, back = _references(provider, ref)
    with transaction.atomic():
        ledger.post(
            kind=TransactionKind.WITHDRAWAL, reference=out, occurred_at=told.created_at, postings=moved
        )
        if told.status in RETURNED:
            ledger.post(
                kind=TransactionKind.WITHDRAWAL,
                reference=back,
                occurred_at=clock.now(),
                postings=postings.posted_back(moved),
            )


def unbooked(provider: str, told: Iterable[ProviderPayout]) -> list[ProviderPayout]:
    """Those of the platform's payouts of which the ledger does not say what became of them. One statement."""
    last = {_references(provider, each.ref)[each.status in RETURNED]: each for each in told}
    known = LedgerTransaction.objects.filter(reference__in=last).values_list("reference", flat=True)
    return [last[reference] for reference in sorted(last.keys() - set(known))]


def _references(provider: str, ref: str) -> tuple[str, str]:
    """Under which names it stands in the ledger: that it went, and that it came back."""
    return f"withdrawal:{provider}:{ref}", f"withdrawal-back:{provider}:{ref}"
