"""Whether vendors' money is where it should be, asked of the rows alone: nothing of payouts is believed.

Each claim is a statement that finds where it is not so, one text a row. The provider's own books are its
movements, in the sandbox's tables or on paper (tests/support/paper.py); what stands in ours has to be the
same, to the cent.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

_CLAIMS: Final = (
    """
    SELECT format('transaction %s comes to %s', t.reference, sum(e.amount_minor))
    FROM payouts_ledgerentry e JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    JOIN payouts_ledgeraccount a ON a.id = e.account_id
    GROUP BY t.id, a.currency HAVING sum(e.amount_minor) <> 0
    """,
    """
    SELECT format('%s of vendor %s: %s is kept, %s is replayed', a.kind, a.vendor_id, a.balance_minor,
                  coalesce(sum(e.amount_minor), 0))
    FROM payouts_ledgeraccount a LEFT JOIN payouts_ledgerentry e ON e.account_id = a.id
    WHERE a.vendor_id IS NOT NULL
    GROUP BY a.id HAVING a.balance_minor <> coalesce(sum(e.amount_minor), 0)
    """,
    # A payout is its entries, each in one payout that did not come back.
    """
    SELECT format('payout %s of %s is made up of %s', p.id, p.amount_minor, coalesce(sum(e.amount_minor), 0))
    FROM payouts_payout p
    LEFT JOIN payouts_payoutentry c ON c.payout_id = p.id
    LEFT JOIN payouts_ledgerentry e ON e.id = c.entry_id
    WHERE p.is_ours
    GROUP BY p.id
    HAVING p.amount_minor <> coalesce(sum(e.amount_minor), 0)
        OR count(*) FILTER (WHERE (c.released_at IS NULL) = (p.status IN ('failed', 'canceled'))) > 0
    """,
    # What went to banks and what is still owed is all that was ever owed.
    """
    SELECT format('vendor %s: %s was owed, %s went or is there', a.vendor_id, sum(e.amount_minor) FILTER (
               WHERE t.kind NOT IN ('payout', 'payout_failed')), min(gone.minor) + min(left_over.minor))
    FROM payouts_ledgeraccount a
    JOIN payouts_ledgerentry e ON e.account_id = a.id
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount_minor), 0) AS minor
        FROM payouts_payout p JOIN payouts_payoutaccount pa ON pa.id = p.account_id
        WHERE pa.vendor_id = a.vendor_id AND p.currency = a.currency AND p.is_ours
            AND p.status NOT IN ('failed', 'canceled')
    ) AS gone
    CROSS JOIN LATERAL (
        SELECT sum(b.balance_minor) AS minor FROM payouts_ledgeraccount b
        WHERE b.vendor_id = a.vendor_id AND b.currency = a.currency
            AND b.kind IN ('vendor_payable', 'vendor_reserve', 'vendor_held')
    ) AS left_over
    WHERE a.kind IN ('vendor_payable', 'vendor_reserve', 'vendor_held')
    GROUP BY a.vendor_id, a.currency
    HAVING coalesce(sum(e.amount_minor) FILTER (WHERE t.kind NOT IN ('payout', 'payout_failed')), 0)
        <> min(gone.minor) + min(left_over.minor)
    """,
    # The provider's books: each vendor's account, and the platform's own.
    """
    SELECT format('account %s holds %s there and %s here', pa.ref, coalesce(there.minor, 0),
                  coalesce(here.minor, 0))
    FROM payouts_payoutaccount pa
    CROSS JOIN (SELECT DISTINCT currency FROM payouts_ledgeraccount) AS money
    LEFT JOIN LATERAL (
        SELECT sum(m.minor) AS minor FROM movement m
        WHERE m.holder = pa.ref AND m.currency = money.currency
    ) AS there ON true
    LEFT JOIN LATERAL (
        SELECT -a.balance_minor AS minor FROM payouts_ledgeraccount a
        WHERE a.vendor_id = pa.vendor_id AND a.currency = money.currency AND a.kind = 'vendor_account'
    ) AS here ON true
    WHERE coalesce(there.minor, 0) <> coalesce(here.minor, 0)
    """,
    """
    SELECT format('the platform holds %s %s there and %s here', money.currency, coalesce(there.minor, 0),
                  coalesce(here.minor, 0))
    FROM (SELECT DISTINCT currency FROM movement) AS money
    LEFT JOIN LATERAL (
        SELECT sum(m.minor) AS minor FROM movement m WHERE m.holder = '' AND m.currency = money.currency
    ) AS there ON true
    LEFT JOIN LATERAL (
        SELECT -sum(e.amount_minor) AS minor
        FROM payouts_ledgerentry e JOIN payouts_ledgeraccount a ON a.id = e.account_id
        WHERE a.kind = 'buyer_clearing' AND a.currency = money.currency
    ) AS here ON true
    WHERE coalesce(there.minor, 0) <> coalesce(here.minor, 0)
    """,
    # What lies in a vendor's account is what it is owed and what it owes, but for what is still to move.
    """
    SELECT format('vendor %s: %s lies there, %s is owed, %s is its debt, %s is to move', v.vendor_id,
                  v.lying, v.owed, v.debt, v.moving)
    FROM (
        SELECT a.vendor_id, a.currency,
            coalesce(-sum(a.balance_minor) FILTER (WHERE a.kind = 'vendor_account'), 0) AS lying,
            coalesce(sum(a.balance_minor) FILTER (WHERE a.kind IN ('vendor_payable', 'vendor_held')), 0)
                AS owed,
            coalesce((
                SELECT sum(r.short_minor) FROM payouts_reversal r
                JOIN payouts_transfer s ON s.id = r.transfer_id
                WHERE s.vendor_id = a.vendor_id AND s.currency = a.currency
            ), 0) - coalesce((
                SELECT sum(least(j.amount_minor, 0)) FROM payouts_adjustment j
                WHERE j.vendor_id = a.vendor_id AND j.currency = a.currency
            ), 0) - coalesce((
                SELECT sum(s.netted_minor) FROM payouts_transfer s
                WHERE s.vendor_id = a.vendor_id AND s.currency = a.currency
                    AND s.status IN ('sending', 'made')
            ), 0) AS debt,
            coalesce((
                SELECT sum(e.amount_minor) FROM payouts_ledgerentry e
                JOIN payouts_ledgeraccount b ON b.id = e.account_id
                JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
                WHERE b.vendor_id = a.vendor_id AND b.currency = a.currency
                    AND b.kind IN ('vendor_payable', 'vendor_held')
                    AND t.kind NOT IN ('payout', 'payout_failed')
                    AND NOT (t.kind = 'adjustment' AND e.amount_minor < 0)
            ), 0) - coalesce((
                SELECT sum(s.amount_minor + s.netted_minor - coalesce((
                    SELECT sum(r.asked_minor) FROM payouts_reversal r WHERE r.transfer_id = s.id
                ), 0))
                FROM payouts_transfer s
                WHERE s.vendor_id = a.vendor_id AND s.currency = a.currency
                    AND s.status IN ('sending', 'made')
            ), 0) AS moving
        FROM payouts_ledgeraccount a WHERE a.vendor_id IS NOT NULL GROUP BY a.vendor_id, a.currency
    ) AS v
    WHERE v.lying <> v.owed + v.debt - v.moving
    """,
    # Nothing goes to a vendor that owed something before: that is kept first.
    """
    SELECT format('transfer %s sent %s to a vendor that owed %s', s.id, s.amount_minor, owed.minor)
    FROM payouts_transfer s
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT sum(r.short_minor) FROM payouts_reversal r JOIN payouts_transfer o ON o.id = r.transfer_id
            WHERE o.vendor_id = s.vendor_id AND o.currency = s.currency AND r.created_at < s.claimed_at
        ), 0) - coalesce((
            SELECT sum(least(j.amount_minor, 0)) FROM payouts_adjustment j
            WHERE j.vendor_id = s.vendor_id AND j.currency = s.currency AND j.created_at < s.claimed_at
        ), 0) - coalesce((
            SELECT sum(o.netted_minor) FROM payouts_transfer o
            WHERE o.vendor_id = s.vendor_id AND o.currency = s.currency AND o.claimed_at <= s.claimed_at
        ), 0) AS minor
    ) AS owed
    WHERE s.status = 'made' AND s.amount_minor > 0 AND owed.minor > 0
    """,
    # No transfer takes more of a charge than it took.
    """
    SELECT format('charge %s: %s of %s was sent on', s.charge_ref, sum(s.amount_minor), min(c.minor))
    FROM payouts_transfer s JOIN charge c ON c.ref = s.charge_ref
    GROUP BY s.charge_ref HAVING sum(s.amount_minor) > min(c.minor)
    """,
    # Of a sale a vendor gets what the buyer paid and the platform put to it, less what is kept and remitted.
    """
    SELECT format('of part %s its vendor gets %s, and should %s', v.number, got.minor, v.total_minor
               + v.platform_discount_minor - v.tax_remitted_minor - kept.minor)
    FROM checkout_vendororder v
    JOIN LATERAL (
        SELECT sum(e.amount_minor) AS minor FROM payouts_ledgerentry e
        JOIN payouts_ledgertransaction t ON t.id = e.transaction_id AND t.kind = 'sale'
        JOIN payouts_ledgeraccount a ON a.id = e.account_id AND a.kind = 'vendor_payable'
        WHERE e.vendor_order_id = v.id
    ) AS got ON got.minor IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT sum(k.amount_minor + k.tax_minor) AS minor FROM payouts_commission k
        JOIN checkout_orderline l ON l.id = k.order_line_id WHERE l.vendor_order_id = v.id
    ) AS kept
    WHERE got.minor <> v.total_minor + v.platform_discount_minor - v.tax_remitted_minor - kept.minor
    """,
    # What is kept is the rate of the line, half to even, where no rule says more than a rate.
    """
    SELECT format('of line %s %s is kept at %s bps of %s', l.id, k.amount_minor, k.rate_bps, base.minor)
    FROM payouts_commission k JOIN checkout_orderline l ON l.id = k.order_line_id
    CROSS JOIN LATERAL (
        SELECT l.amount_minor - l.discount_minor + l.platform_discount_minor AS minor
    ) AS base
    WHERE k.fixed_minor + k.floor_minor + k.tax_bps = 0 AND k.cap_minor IS NULL AND (
        2 * abs(10000 * k.amount_minor - base.minor * k.rate_bps) > 10000
        OR 2 * abs(10000 * k.amount_minor - base.minor * k.rate_bps) = 10000 AND k.amount_minor % 2 <> 0
    )
    """,
    # Once all of a line went back, so did all that was kept of it; and never more.
    """
    SELECT format('of line %s %s of %s was given back, and %s of %s that was kept', l.id, back.minor,
               l.amount_minor - l.discount_minor + l.tax_minor, back.kept, k.amount_minor + k.tax_minor)
    FROM payouts_commission k JOIN checkout_orderline l ON l.id = k.order_line_id
    JOIN LATERAL (
        SELECT sum(b.amount_minor + b.tax_minor) AS minor, sum(g.amount_minor + g.tax_minor) AS kept
        FROM checkout_refundline b
        JOIN checkout_refund r ON r.id = b.refund_id AND r.status <> 'failed'
        JOIN payouts_commissionreversal g ON g.refund_line_id = b.id
        WHERE b.order_line_id = l.id
    ) AS back ON back.kept IS NOT NULL
    WHERE back.kept > k.amount_minor + k.tax_minor
        OR back.minor = l.amount_minor - l.discount_minor + l.tax_minor
            AND back.kept <> k.amount_minor + k.tax_minor
    """,
)
# The provider's own books, from its tables or as they were told.
_SANDBOX: Final = """
movement AS (
    SELECT account_ref AS holder, currency, amount_minor - fee_minor AS minor
    FROM gateway_sandboxbalancetransaction
), charge AS (SELECT ref, amount_minor AS minor FROM gateway_sandboxcharge)
"""
_TOLD: Final = """
movement AS (
    SELECT * FROM jsonb_to_recordset($1) AS m (holder text, currency text, minor bigint)
), charge AS (SELECT * FROM jsonb_to_recordset($2) AS c (ref text, minor bigint))
"""
CLAIMS: Final = "\nUNION ALL\n".join(f"SELECT * FROM ({claim}) AS claim" for claim in _CLAIMS)  # noqa: S608  # made of our own words
# What has ever moved here.
MOVED: Final = """
SELECT (SELECT count(*) FROM payouts_ledgertransaction), (SELECT count(*) FROM payouts_transfer),
    (SELECT count(*) FROM payouts_reversal), (SELECT count(*) FROM payouts_payout),
    (SELECT count(*) FROM gateway_sandboxbalancetransaction)
"""
# What should not be so once all that could move has moved.
UNSETTLED: Final = """
SELECT format('part %s is worth %s to its vendor, who has %s of it', v.number, worth.minor, sent.minor)
FROM checkout_vendororder v
JOIN LATERAL (
    SELECT sum(e.amount_minor) AS minor FROM payouts_ledgerentry e
    JOIN payouts_ledgeraccount a ON a.id = e.account_id AND a.kind IN ('vendor_payable', 'vendor_held')
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    WHERE e.vendor_order_id = v.id AND t.kind NOT IN ('payout', 'payout_failed', 'adjustment')
) AS worth ON worth.minor IS NOT NULL
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.amount_minor + s.netted_minor - coalesce((
        SELECT sum(r.asked_minor) FROM payouts_reversal r WHERE r.transfer_id = s.id
    ), 0)), 0) AS minor
    FROM payouts_transfer s JOIN payouts_ledgertransaction o ON o.id = s.occasion_id
    WHERE s.vendor_order_id = v.id AND s.status IN ('sending', 'made') AND o.kind <> 'adjustment'
) AS sent
WHERE worth.minor <> sent.minor
UNION ALL SELECT format('transfer %s is %s', id, status) FROM payouts_transfer
WHERE status IN ('queued', 'sending')
UNION ALL SELECT format('reversal %s is %s', id, status) FROM payouts_reversal WHERE status = 'sending'
UNION ALL SELECT format('payout %s is %s', id, status) FROM payouts_payout WHERE status = 'claimed'
"""
Told = Mapping[str, list[dict[str, Any]]]


def disproved(told: Told | None = None) -> list[str]:
    """All that is not as it should be: nothing.

    Args:
        told: the provider's `movements` and `charges`, where they are not the sandbox's.
    """
    with connection.cursor() as cursor:
        if told is None:
            cursor.execute(f"WITH {_SANDBOX} {CLAIMS}")
        else:
            # Planned once: that takes longer than to find nothing.
            cursor.execute("SELECT FROM pg_prepared_statements WHERE name = 'claims'")
            if cursor.fetchone() is None:
                cursor.execute(f"PREPARE claims (jsonb, jsonb) AS WITH {_TOLD} {CLAIMS}")
            rows = [json.dumps(told[name]) for name in ("movements", "charges")]
            cursor.execute("EXECUTE claims (%s, %s)", rows)
        return [text for (text,) in cursor.fetchall()]


def moved() -> tuple[int, ...]:
    """How much was moved so far. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED)
        return tuple(cursor.fetchone())


def unsettled() -> list[str]:
    """What is left to move once all that could has moved: nothing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(UNSETTLED)
        return [text for (text,) in cursor.fetchall()]


def booked() -> dict[str, int]:
    """How many transactions of each kind there are. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM payouts_ledgertransaction GROUP BY kind")
        return dict(cursor.fetchall())
