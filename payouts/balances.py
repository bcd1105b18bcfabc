"""What vendors have, by currency: what may go to the bank, what waits, what is held, what they owe.

One statement for any number of vendors, of their entries that are in no payout yet; what is available is what
a payout would take at this moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts import claimable

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
