"""What of vendors' money is in no payout yet, pile by pile, and which piles may go: one SELECT.

A pile is all of one part of an order, so that a sale goes with what came back of it; of what is about no
part, each entry is one. A pile below zero is a debt, and is netted with whatever goes. One above zero waits
for all that availability.Waits names. What was imported was settled elsewhere and is none.

The SELECT stands in one place, so that what a vendor is shown is what a payout takes. Its parameters:
`vendors` (keys), `now`, `delay_days` for those without a delay of their own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from marketplace.kernel import adjustable

# Everything of an account up to `claimed_through` is in payouts: what was sold years ago is not looked at.
OWED: Final = """
SELECT entry.id, entry.amount_minor, entry.vendor_order_id,
    CASE WHEN entry.vendor_order_id IS NULL THEN entry.transaction_id END AS transaction_id,
    CASE WHEN entry.vendor_order_id IS NULL THEN posted.kind END AS kind,
    account.id AS account_id, account.vendor_id, account.currency
FROM payouts_ledgeraccount AS account
JOIN payouts_ledgerentry AS entry ON entry.account_id = account.id AND entry.id > account.claimed_through
JOIN payouts_ledgertransaction AS posted ON posted.id = entry.transaction_id
LEFT JOIN checkout_order AS bought ON bought.id = posted.order_id
WHERE account.kind = 'vendor_payable' AND account.vendor_id = ANY (%(vendors)s)
    AND posted.kind NOT IN ('payout', 'payout_failed')
    AND coalesce(bought.source, '') = ''
    AND NOT EXISTS (
        SELECT FROM payouts_payoutentry AS claim WHERE claim.entry_id = entry.id AND claim.released_at IS NULL
    )
"""
# What was delivered of a part (docs/ledger.md: transfers) is no less than what it is worth to its vendor.
IS_THERE: Final = """
(
    SELECT coalesce(sum(sent.amount_minor + sent.netted_minor), 0) FROM payouts_transfer AS sent
    WHERE sent.vendor_order_id = pile.vendor_order_id AND sent.status = 'made'
) - (
    SELECT coalesce(sum(back.asked_minor), 0) FROM payouts_reversal AS back
    JOIN payouts_transfer AS sent ON sent.id = back.transfer_id
    WHERE sent.vendor_order_id = pile.vendor_order_id
) >= (
    SELECT coalesce(sum(worth.amount_minor), 0) FROM payouts_ledgerentry AS worth
    JOIN payouts_ledgeraccount AS place ON place.id = worth.account_id
    WHERE worth.vendor_order_id = pile.vendor_order_id AND place.kind IN ('vendor_payable', 'vendor_held')
)
"""
# So many basis points of a pile, as kernel/money.py rounds them.
HALF_EVEN: Final = """
minor * reserve_bps / 10000 + (
    2 * (minor * reserve_bps %% 10000) > 10000
    OR 2 * (minor * reserve_bps %% 10000) = 10000 AND minor * reserve_bps / 10000 %% 2 = 1
)::int
"""
PILES: Final = f"""
owed AS MATERIALIZED ({OWED}),
pile AS (
    SELECT account_id, vendor_id, currency, vendor_order_id, transaction_id, min(kind) AS kind,
        sum(amount_minor)::bigint AS minor
    FROM owed GROUP BY account_id, vendor_id, currency, vendor_order_id, transaction_id
),
arrived AS (
    SELECT pile.*, part.status, bought.id AS order_id,
        CASE WHEN schedule.reserve_days > 0 THEN schedule.reserve_bps ELSE 0 END AS reserve_bps,
        coalesce(
            (
                SELECT max(parcel.delivered_at) FROM checkout_fulfillment AS parcel
                WHERE parcel.vendor_order_id = part.id
            ),
            bought.paid_at
        ) + make_interval(days => coalesce(schedule.delay_days, %(delay_days)s)) AS available_at
    FROM pile
    LEFT JOIN checkout_vendororder AS part ON part.id = pile.vendor_order_id
    LEFT JOIN checkout_order AS bought ON bought.id = part.order_id
    LEFT JOIN payouts_payoutschedule AS schedule ON schedule.vendor_id = pile.vendor_id
),
waiting AS MATERIALIZED (
    SELECT pile.account_id, pile.vendor_id, pile.currency, pile.vendor_order_id, pile.transaction_id,
        pile.order_id, pile.minor, pile.reserve_bps,
        CASE WHEN pile.status IN ('delivered', 'completed') THEN pile.available_at END AS available_at,
        CASE
            WHEN pile.minor < 0 THEN NULL
            WHEN pile.vendor_order_id IS NULL THEN
                CASE WHEN pile.kind = 'adjustment' AND NOT EXISTS (
                    SELECT FROM payouts_transfer AS sent
                    WHERE sent.occasion_id = pile.transaction_id AND sent.vendor_id = pile.vendor_id
                        AND sent.status IN ('made', 'cancelled')
                ) THEN 'transfer' END
            WHEN EXISTS (
                SELECT FROM payouts_payouthold AS hold
                WHERE hold.vendor_order_id = pile.vendor_order_id AND hold.released_at IS NULL
                    AND hold.amount_minor IS NULL
            ) THEN 'hold'
            WHEN EXISTS (
                SELECT FROM payouts_disputeshare AS share JOIN payouts_dispute AS dispute
                    ON dispute.id = share.dispute_id
                WHERE share.vendor_order_id = pile.vendor_order_id AND (
                    dispute.status IN ('warning', 'needs_response', 'under_review')
                    OR dispute.withdrawn_at IS NOT NULL AND dispute.booked_at IS NULL
                )
            ) THEN 'dispute'
            WHEN EXISTS (
                SELECT FROM checkout_return AS back WHERE back.vendor_order_id = pile.vendor_order_id
                    AND back.status IN ('requested', 'approved', 'partly_received', 'received')
            ) THEN 'return'
            WHEN EXISTS (
                SELECT FROM checkout_ordercase AS told
                WHERE told.vendor_order_id = pile.vendor_order_id AND told.status <> 'closed'
            ) THEN 'case'
            WHEN EXISTS (
                SELECT FROM checkout_orderreview AS look
                WHERE look.order_id = pile.order_id AND look.status = 'open'
            ) THEN 'review'
            WHEN pile.status = 'cancelled' THEN CASE WHEN pile.minor > 0 THEN 'cancelled' END
            WHEN pile.status NOT IN ('delivered', 'completed') THEN 'delivery'
            WHEN pile.available_at > %(now)s THEN 'delay'
            WHEN NOT {IS_THERE} THEN 'transfer'
        END AS waits
    FROM arrived AS pile
),
judged AS MATERIALIZED (
    SELECT waiting.*,
        CASE WHEN reserve_bps > 0 AND waits IS NULL AND vendor_order_id IS NOT NULL AND minor > 0
            AND NOT EXISTS (
                SELECT FROM payouts_payouthold AS hold
                WHERE hold.vendor_order_id = waiting.vendor_order_id AND hold.cause = 'rolling'
            )
        THEN {HALF_EVEN} ELSE 0 END AS reserve
    FROM waiting
)
"""  # noqa: S608  # made of our own words


def facts(vendors: list[int], now: datetime) -> Mapping[str, Any]:
    """The parameters of PILES."""
    return {"vendors": vendors, "now": now, "delay_days": adjustable.number("PAYOUT_DELAY_DAYS")}
