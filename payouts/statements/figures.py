"""What came and went of what a vendor is owed, from one moment to another.

What is owed is all that stands on its accounts as payable, disputed or held back, so that moving something
between them is nothing here. What was settled elsewhere (a history) is left out: it was never owed.

A moment is that of writing down, for only that never comes later than it says: an entry is written once,
with the time of its transaction, and none is added to a month that is long over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from django.db import connection

from marketplace.kernel.money import Money
from payouts.models import AccountKind, Statement

# What of a vendor's accounts says what it is owed.
OWED: Final = (AccountKind.VENDOR_PAYABLE, AccountKind.VENDOR_RESERVE, AccountKind.VENDOR_HELD)


class Component(StrEnum):
    """Why something came or went."""

    SALES = "sales"  # what buyers paid: goods, shipping, tax
    REFUNDS = "refunds"  # what of that went back
    PROMOTIONS = "promotions"  # what the platform paid of discounts
    COMMISSION = "commission"  # what the platform kept, less what it gave back
    COMMISSION_TAX = "commission_tax"  # the tax on that, likewise
    TAX = "tax"  # what of the tax the platform remits
    ADJUSTMENTS = "adjustments"
    DISPUTES = "disputes"
    PAYOUTS = "payouts"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Whose, in which currency, from when to before when; none where it is open."""

    vendor_id: int
    currency: str
    starts_at: datetime | None
    ends_at: datetime | None

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """What a statement is about."""
        return cls(
            vendor_id=statement.vendor_id,
            currency=statement.currency,
            starts_at=statement.starts_at,
            ends_at=statement.ends_at,
        )

    @property
    def named(self) -> Mapping[str, Any]:
        """As the parameters of the statements here."""
        return {
            "vendor": self.vendor_id,
            "currency": self.currency,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "owed": [kind.value for kind in OWED],
            "held": [kind.value for kind in OWED[1:]],
        }


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that came or went: its components add up to `amount`."""

    occurred_at: datetime
    recorded_at: datetime
    kind: str
    reference: str
    order_number: str
    components: Mapping[Component, Money]
    amount: Money
    balance: Money


_ENTRIES: Final = """
entry AS (
    SELECT t.id, t.kind, t.reference, t.occurred_at, t.recorded_at, max(e.vendor_order_id) AS part_id,
           sum(e.amount_minor)::bigint AS amount
    FROM payouts_ledgeraccount AS a
    JOIN payouts_ledgerentry AS e ON e.account_id = a.id
    JOIN payouts_ledgertransaction AS t ON t.id = e.transaction_id
    WHERE a.vendor_id = %(vendor)s AND a.currency = %(currency)s AND a.kind = ANY(%(owed)s)
        AND (%(starts_at)s::timestamptz IS NULL OR t.recorded_at >= %(starts_at)s)
        AND (%(ends_at)s::timestamptz IS NULL OR t.recorded_at < %(ends_at)s)
        AND t.kind <> 'settlement'
        AND NOT (
            t.kind IN ('sale', 'refund') AND EXISTS (
                SELECT FROM payouts_ledgertransaction AS settled
                WHERE settled.reference = 'settlement:' || split_part(t.reference, ':', 2)
            )
        )
    GROUP BY t.id
    HAVING sum(e.amount_minor) <> 0
)"""
# Of a sale and of what went back of one: what is not the buyer's money. The rest of the entry is.
_PARTED: Final = f"""
WITH {_ENTRIES}, parted AS (
    SELECT entry.*, part.number AS part_number,
        CASE entry.kind
            WHEN 'sale' THEN part.platform_discount_minor
            WHEN 'refund' THEN -back.platform_minor
            WHEN 'refund_failed' THEN back.platform_minor
        END AS promotions,
        CASE entry.kind
            WHEN 'sale' THEN -kept.minor
            WHEN 'refund' THEN back.commission_minor
            WHEN 'refund_failed' THEN -back.commission_minor
        END AS commission,
        CASE entry.kind
            WHEN 'sale' THEN -kept.tax_minor
            WHEN 'refund' THEN back.commission_tax_minor
            WHEN 'refund_failed' THEN -back.commission_tax_minor
        END AS commission_tax,
        CASE entry.kind
            WHEN 'sale' THEN -part.tax_remitted_minor
            WHEN 'refund' THEN back.remitted_minor
            WHEN 'refund_failed' THEN -back.remitted_minor
        END AS tax
    FROM entry
    LEFT JOIN checkout_vendororder AS part ON part.id = entry.part_id
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(c.amount_minor), 0)::bigint AS minor,
            coalesce(sum(c.tax_minor), 0)::bigint AS tax_minor
        FROM checkout_orderline AS l JOIN payouts_commission AS c ON c.order_line_id = l.id
        WHERE entry.kind = 'sale' AND l.vendor_order_id = part.id
    ) AS kept ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(l.platform_minor), 0)::bigint AS platform_minor,
            coalesce(sum(l.tax_remitted_minor), 0)::bigint AS remitted_minor,
            coalesce(sum(c.amount_minor), 0)::bigint AS commission_minor,
            coalesce(sum(c.tax_minor), 0)::bigint AS commission_tax_minor
        FROM checkout_refund AS r
        JOIN checkout_refundline AS l ON l.refund_id = r.id
        LEFT JOIN payouts_commissionreversal AS c ON c.refund_line_id = l.id
        WHERE r.uuid = CASE
            WHEN entry.kind IN ('refund', 'refund_failed') THEN split_part(entry.reference, ':', 2)::uuid
        END
    ) AS back ON true
)"""  # noqa: S608  # made of our own words
SUMS: Final = f"""{_PARTED}
SELECT kind, sum(amount)::bigint, coalesce(sum(promotions), 0)::bigint,
    coalesce(sum(commission), 0)::bigint, coalesce(sum(commission_tax), 0)::bigint,
    coalesce(sum(tax), 0)::bigint
FROM parted GROUP BY kind
"""  # noqa: S608  # made of our own words
ROWS: Final = f"""{_PARTED}
SELECT occurred_at, recorded_at, kind, reference, coalesce(part_number, ''), amount,
    coalesce(promotions, 0), coalesce(commission, 0), coalesce(commission_tax, 0), coalesce(tax, 0)
FROM parted ORDER BY recorded_at, id
"""  # noqa: S608  # made of our own words
BALANCES: Final = f"""
WITH {_ENTRIES}
SELECT coalesce(sum(amount), 0)::bigint, (
    SELECT coalesce(sum(e.amount_minor), 0)::bigint
    FROM payouts_ledgeraccount AS a
    JOIN payouts_ledgerentry AS e ON e.account_id = a.id
    JOIN payouts_ledgertransaction AS t ON t.id = e.transaction_id
    WHERE a.vendor_id = %(vendor)s AND a.currency = %(currency)s AND a.kind = ANY(%(held)s)
        AND (%(ends_at)s::timestamptz IS NULL OR t.recorded_at < %(ends_at)s)
)
FROM entry
"""  # noqa: S608  # made of our own words
# What each kind of transaction is besides what its parts say.
_REST: Final[Mapping[str, Component]] = {
    "sale": Component.SALES,
    "refund": Component.REFUNDS,
    "refund_failed": Component.REFUNDS,
    "adjustment": Component.ADJUSTMENTS,
    "payout": Component.PAYOUTS,
    "payout_failed": Component.PAYOUTS,
}


def summed(stretch: Stretch) -> Mapping[Component, Money]:
    """What came and went of each component, those of which nothing did left out. One statement."""
    minors = dict.fromkeys(Component, 0)
    with connection.cursor() as cursor:
        cursor.execute(SUMS, stretch.named)
        for kind, *amounts in cursor.fetchall():
            for component, minor in _components(kind, amounts).items():
                minors[component] += minor
    return {each: Money(minor, stretch.currency) for each, minor in minors.items() if minor}


def moved(stretch: Stretch) -> tuple[Money, Money]:
    """What came and went in all, and what is held back at the end of the stretch. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, stretch.named)
        amount, held = cursor.fetchone()
    return Money(amount, stretch.currency), Money(held, stretch.currency)


def rows(stretch: Stretch, opening: Money) -> Iterator[Row]:
    """All that came and went, in order, with what was owed after each. One statement, read piece by piece."""
    balance = opening
    with connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, stretch.named)
        for occurred_at, recorded_at, kind, reference, number, *amounts in cursor:
            parts = _components(kind, amounts)
            amount = Money(amounts[0], stretch.currency)
            balance += amount
            yield Row(
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                kind=kind,
                reference=reference,
                order_number=number,
                components={each: Money(minor, stretch.currency) for each, minor in parts.items() if minor},
                amount=amount,
                balance=balance,
            )


def _components(kind: str, amounts: list[int]) -> Mapping[Component, int]:
    """What an amount is made up of; whatever is not named is the rest, so that nothing is lost."""
    amount, promotions, commission, commission_tax, tax = amounts
    return {
        Component.PROMOTIONS: promotions,
        Component.COMMISSION: commission,
        Component.COMMISSION_TAX: commission_tax,
        Component.TAX: tax,
        _REST.get(kind, Component.DISPUTES): amount - promotions - commission - commission_tax - tax,
    }
