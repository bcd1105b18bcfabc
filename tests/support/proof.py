"""Whether vendors' money is where it should be, asked of the rows alone: nothing of payouts is believed.

Each claim is a statement that finds where it is not so, one text a row. The provider's own books are its
movements; what stands in ours has to be the same, to the cent.
"""

from typing import Final

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
        SELECT sum(m.amount_minor - m.fee_minor) AS minor FROM gateway_sandboxbalancetransaction m
        WHERE m.account_ref = pa.ref AND m.currency = money.currency
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
    FROM (SELECT DISTINCT currency FROM gateway_sandboxbalancetransaction) AS money
    LEFT JOIN LATERAL (
        SELECT sum(m.amount_minor - m.fee_minor) AS minor FROM gateway_sandboxbalancetransaction m
        WHERE m.account_ref = '' AND m.currency = money.currency
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
    SELECT format('charge %s: %s of %s was sent on', s.charge_ref, sum(s.amount_minor), min(c.amount_minor))
    FROM payouts_transfer s JOIN gateway_sandboxcharge c ON c.ref = s.charge_ref
    GROUP BY s.charge_ref HAVING sum(s.amount_minor) > min(c.amount_minor)
    """,
)
CLAIMS: Final = "\nUNION ALL\n".join(f"SELECT * FROM ({claim}) AS claim" for claim in _CLAIMS)  # noqa: S608  # made of our own words
# What has ever moved, here and there.
MOVED: Final = """
SELECT (SELECT count(*) FROM payouts_ledgertransaction), (SELECT count(*) FROM payouts_transfer),
    (SELECT count(*) FROM payouts_reversal), (SELECT count(*) FROM payouts_payout),
    (SELECT count(*) FROM gateway_sandboxbalancetransaction)
"""


def disproved() -> list[str]:
    """All that is not as it should be: nothing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS)
        return [text for (text,) in cursor.fetchall()]


def moved() -> tuple[int, ...]:
    """How much was moved so far. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED)
        return tuple(cursor.fetchone())
