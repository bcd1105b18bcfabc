"""Payout runs: everybody whose day has come, or one vendor now.

A run walks through the vendors by key, a transaction each, so that it needs the same memory for ten thousand
as for ten, holds nobody up, and is taken up by the next where it was cut off.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from marketplace.kernel import clock
from payouts.availability import WhyNot
from payouts.models import AccountKind, LedgerAccount, PayoutSchedule
from payouts.operations.claiming import claim, first_schedule
from vendors.models import Vendor

# How many vendors are looked up at a time.
CHUNK: Final = 500


@dataclass(kw_only=True)
class Run:
    """What came of a run: how many vendors were due, how many payouts were made, and why not more."""

    vendors: int = 0
    payouts: int = 0
    reasons: Mapping[WhyNot, int] = field(default_factory=dict)


def pay_due() -> Run:
    """Pay every vendor whose day has come; of any number of runs at once each payout is made by one.

    Commits vendor by vendor; see `claim` for locks, statements and what is published.
    """
    run, reasons = Run(), Counter[WhyNot]()
    _make_schedules()
    for vendor_id in _due():
        claimed = claim(vendor_id=vendor_id, is_scheduled=True)
        if not claimed.is_due:
            continue
        run.vendors += 1
        run.payouts += len(claimed.payout_ids)
        reasons.update(claimed.reasons.values())
    run.reasons = reasons
    return run


def pay_vendor(*, vendor: Vendor) -> Run:
    """Pay one vendor now, whatever its schedule says. See `claim`."""
    claimed = claim(vendor_id=vendor.pk)
    return Run(vendors=1, payouts=len(claimed.payout_ids), reasons=Counter(claimed.reasons.values()))


def _make_schedules() -> None:
    """A schedule for whoever has sold something and has none: its first day is one to come."""
    sellers = LedgerAccount.objects.filter(kind=AccountKind.VENDOR_PAYABLE).values("vendor")
    new = Vendor.objects.filter(pk__in=sellers, payout_schedule__isnull=True).order_by("pk")
    PayoutSchedule.objects.bulk_create(
        map(first_schedule, new.iterator(chunk_size=CHUNK)), ignore_conflicts=True, batch_size=CHUNK
    )


def _due() -> Iterator[int]:
    """Vendors whose day may have come, by key, in the zone that is furthest ahead; `claim` looks again."""
    latest = (clock.now() + timedelta(hours=14)).date()
    last = 0
    while True:
        rows = PayoutSchedule.objects.filter(next_on__lte=latest, vendor__gt=last).order_by("vendor")
        keys = list(rows.values_list("vendor", flat=True)[:CHUNK])
        yield from keys
        if len(keys) < CHUNK:
            return
        last = keys[-1]
