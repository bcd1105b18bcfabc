"""What vendors have, by currency: what may go to the bank, what waits, what is held, what they owe.

Of their entries that are in no payout yet; what is available is what a payout would take at this moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from marketplace.kernel import adjustable, clock
from marketplace.kernel.money import Money
from payouts import claimable
from payouts.availability import Available, Standing, WhyNot, why_not
from payouts.models import PayoutAccount, PayoutHold, PayoutSchedule
from vendors.models import Vendor

BALANCES: Final = f"""
WITH {claimable.PILES},
kept AS (
    SELECT vendor_id, currency,
        coalesce(sum(balance_minor) FILTER (WHERE kind = 'vendor_held'), 0) AS held,
        coalesce(sum(balance_minor) FILTER (WHERE kind = 'vendor_reserve'), 0) AS disputed,
        coalesce(-sum(balance_minor) FILTER (WHERE kind = 'vendor_account'), 0) AS at_provider
    FROM payouts_ledgeraccount WHERE vendor_id = ANY (%(vendors)s) GROUP BY vendor_id, currency
),
summed AS (
    SELECT vendor_id, currency,
        coalesce(sum(minor - reserve) FILTER (WHERE waits IS NULL), 0) AS available,
        coalesce(sum(reserve), 0) AS reserve,
        coalesce(sum(minor) FILTER (WHERE waits IS NOT NULL), 0) AS pending,
        min(available_at) FILTER (WHERE waits = 'delay') AS more_at
    FROM judged GROUP BY vendor_id, currency
),
under_way AS (
    SELECT account.vendor_id, payout.currency, sum(payout.amount_minor) AS minor
    FROM payouts_payout AS payout JOIN payouts_payoutaccount AS account ON account.id = payout.account_id
    WHERE account.vendor_id = ANY (%(vendors)s) AND payout.is_ours
        AND payout.status IN ('claimed', 'pending', 'in_transit')
    GROUP BY account.vendor_id, payout.currency
)
SELECT kept.vendor_id, kept.currency, coalesce(summed.available, 0), coalesce(summed.pending, 0),
    kept.held + coalesce(summed.reserve, 0), kept.disputed, kept.at_provider,
    coalesce(under_way.minor, 0), summed.more_at
FROM kept
LEFT JOIN summed ON summed.vendor_id = kept.vendor_id AND summed.currency = kept.currency
LEFT JOIN under_way ON under_way.vendor_id = kept.vendor_id AND under_way.currency = kept.currency
ORDER BY kept.vendor_id, kept.currency
"""  # noqa: S608  # made of our own words


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a vendor has in one currency, in minor units.

    `due_minor` is what is due now: below zero the vendor owes that. `more_at` is when something more becomes
    available by the clock alone.
    """

    currency: str
    due_minor: int = 0
    pending_minor: int = 0
    held_minor: int = 0
    disputed_minor: int = 0
    at_provider_minor: int = 0
    in_transit_minor: int = 0
    more_at: datetime | None = None

    @property
    def available(self) -> Money:
        """What a payout would take now."""
        return Money(max(self.due_minor, 0), self.currency)

    @property
    def negative(self) -> Money:
        """What the vendor owes beyond what it is due."""
        return Money(max(-self.due_minor, 0), self.currency)

    @property
    def pending(self) -> Money:
        """What is the vendor's and waits."""
        return Money(self.pending_minor, self.currency)

    @property
    def reserved(self) -> Money:
        """What is held back, and what buyers dispute."""
        return Money(self.held_minor + self.disputed_minor, self.currency)

    @property
    def in_transit(self) -> Money:
        """What is on its way to the bank."""
        return Money(self.in_transit_minor, self.currency)


def balances(vendors: Iterable[int], *, now: datetime | None = None) -> Mapping[int, list[Balance]]:
    """The balances of vendors, by currency; a vendor that never had anything has none. One statement."""
    found: dict[int, list[Balance]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, claimable.facts(list(vendors), now or clock.now()))
        for vendor, currency, due, pending, held, disputed, there, under_way, more_at in cursor.fetchall():
            found[vendor].append(
                Balance(
                    currency=currency,
                    due_minor=int(due),
                    pending_minor=int(pending),
                    held_minor=int(held),
                    disputed_minor=int(disputed),
                    at_provider_minor=int(there),
                    in_transit_minor=int(under_way),
                    more_at=more_at,
                )
            )
    return found


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a vendor has, its own currency first; when it is paid next, and by currency why it is not now."""

    vendor: Vendor
    balances: Sequence[Balance]
    reasons: Mapping[str, WhyNot] = field(default_factory=dict)
    next_on: date | None = None

    @property
    def own(self) -> Balance:
        """What it has in its own currency."""
        return self.balances[0]


def outlooks(vendors: Sequence[Vendor]) -> Mapping[int, Outlook]:
    """How vendors stand, by key. Four statements, however many."""
    now, keys = clock.now(), [vendor.pk for vendor in vendors]
    found = balances(keys, now=now)
    accounts = {row.vendor_id: row for row in PayoutAccount.objects.filter(vendor__in=keys).in_use()}
    schedules = {row.vendor_id: row for row in PayoutSchedule.objects.filter(vendor__in=keys)}
    held = set(PayoutHold.objects.of_everything().filter(vendor__in=keys).values_list("vendor", flat=True))
    answer = {}
    for vendor in vendors:
        schedule = schedules.get(vendor.pk)
        standing = standing_of(vendor, accounts.get(vendor.pk), is_held=vendor.pk in held, now=now)
        least = minimums(vendor.currency, schedule)
        each = _own_first(vendor.currency, found.get(vendor.pk, []))
        reasons = {
            row.currency: reason
            for row in each
            if (reason := why_not(standing, _available(row, least.get(row.currency, 1)))) is not None
        }
        answer[vendor.pk] = Outlook(
            vendor=vendor, balances=each, reasons=reasons, next_on=schedule.next_on if schedule else None
        )
    return answer


def standing_of(vendor: Vendor, account: PayoutAccount | None, *, is_held: bool, now: datetime) -> Standing:
    """What of a vendor decides about all of its payouts."""
    wait = timedelta(hours=adjustable.number("PAYOUT_COOLDOWN_HOURS"))
    changed_at = account.bank_changed_at if account else None
    return Standing(
        vendor_status=vendor.status,
        account_state=account.state if account and account.ref else None,
        is_cooling_down=changed_at is not None and now < changed_at + wait,
        is_held=is_held,
    )


def minimums(own: str, schedule: PayoutSchedule | None) -> Mapping[str, int]:
    """The least that is paid out, by currency: the platform's, and in the vendor's own its own."""
    platform = adjustable.amounts("PAYOUT_MINIMUMS")
    wished = schedule.minimum_minor if schedule else 0
    return {**platform, own: max(platform.get(own, 1), wished, 1)}


def _available(balance: Balance, minimum: int) -> Available:
    return Available(
        minor=balance.due_minor, at_provider_minor=balance.at_provider_minor, minimum_minor=minimum
    )


def _own_first(currency: str, found: Sequence[Balance]) -> list[Balance]:
    own = next((each for each in found if each.currency == currency), Balance(currency=currency))
    return [own, *(each for each in found if each.currency != currency)]
