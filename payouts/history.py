"""What is booked of a history, as statements over a batch of it: the same decisions as for a sale of ours.

They are those of payouts/commission.py and payouts/postings.py, and tests hold them to these.
"""

from typing import Final

from marketplace.kernel.money import BASIS_POINTS

# Half to even, of what is not below zero; PostgreSQL's own rounding takes a half away from zero.
KEPT: Final = """(
    {base} * %(bps)s / {whole}
    + CASE WHEN 2 * ({base} * %(bps)s %% {whole}) + ({base} * %(bps)s / {whole}) %% 2 > {whole}
           THEN 1 ELSE 0 END
)"""


def kept(base: str) -> str:
    """The commission on a base, an expression of whole minor units from 0 to 10^14."""
    return KEPT.format(base=f"({base})", whole=BASIS_POINTS)


COMMISSIONS: Final = f"""
INSERT INTO payouts_commission (order_line_id, currency, rate_bps, base_minor, amount_minor, created_at)
SELECT line.id, line.currency, %(bps)s, line.base, {kept("line.base")}, %(now)s
FROM (
    SELECT line.id, line.currency, greatest(line.amount_minor, 0) AS base
    FROM checkout_vendororder AS part
    JOIN checkout_orderline AS line ON line.vendor_order_id = part.id
    WHERE part.order_id = ANY(%(orders)s)
) AS line
ORDER BY line.id
ON CONFLICT DO NOTHING
"""  # noqa: S608  # made of our own words
REVERSALS: Final = f"""
INSERT INTO payouts_commissionreversal (refund_line_id, currency, rate_bps, amount_minor, created_at)
SELECT line.id, refund.currency, %(bps)s, {kept("greatest(line.amount_minor, 0)")}, %(now)s
FROM checkout_refund AS refund
JOIN checkout_refundline AS line ON line.refund_id = refund.id
WHERE refund.id = ANY(%(refunds)s)
ORDER BY line.id
ON CONFLICT DO NOTHING
"""  # noqa: S608  # made of our own words
# What each vendor's part of an order or a refund came to (`paid`: below zero for what went back), and what
# the platform kept of it. Each is posted as it happened, and settled in the same moment.
POSTINGS: Final = """
WITH share AS (
    SELECT 'sale' AS kind, o.uuid, o.id AS order_id, o.paid_at AS occurred_at, o.currency, part.vendor_id,
           part.id AS vendor_order_id, part.total_minor AS paid,
           coalesce(sum(commission.amount_minor), 0) AS kept
    FROM checkout_order AS o
    JOIN checkout_vendororder AS part ON part.order_id = o.id
    JOIN checkout_orderline AS line ON line.vendor_order_id = part.id
    LEFT JOIN payouts_commission AS commission ON commission.order_line_id = line.id
    WHERE o.id = ANY(%(orders)s)
    GROUP BY o.id, part.id
    UNION ALL
    SELECT 'refund', refund.uuid, refund.order_id, refund.occurred_at, refund.currency, line.vendor_id,
           part.id, -sum(line.amount_minor + line.shipping_minor), -coalesce(sum(reversal.amount_minor), 0)
    FROM checkout_refund AS refund
    JOIN checkout_refundline AS line ON line.refund_id = refund.id
    LEFT JOIN payouts_commissionreversal AS reversal ON reversal.refund_line_id = line.id
    LEFT JOIN checkout_vendororder AS part
        ON part.order_id = refund.order_id AND part.vendor_id = line.vendor_id
    WHERE refund.id = ANY(%(refunds)s)
    GROUP BY refund.id, line.vendor_id, part.id
), posted AS (
    SELECT kind, uuid, order_id, occurred_at, currency, 'buyer_clearing' AS account,
           NULL::bigint AS vendor_id, NULL::bigint AS vendor_order_id, -sum(paid) AS amount
    FROM share GROUP BY kind, uuid, order_id, occurred_at, currency
    UNION ALL
    SELECT kind, uuid, order_id, occurred_at, currency, 'vendor_payable', vendor_id, vendor_order_id,
           paid - kept
    FROM share
    UNION ALL
    SELECT kind, uuid, order_id, occurred_at, currency, 'commission', NULL, NULL, sum(kept)
    FROM share GROUP BY kind, uuid, order_id, occurred_at, currency
)
SELECT kind, concat(kind, ':', uuid) AS reference, order_id, occurred_at, account, currency, vendor_id,
       vendor_order_id, amount::bigint AS amount_minor
FROM posted
UNION ALL
SELECT 'settlement', concat('settlement:', uuid), order_id, occurred_at,
       CASE account WHEN 'commission' THEN 'external_settlement' ELSE account END, currency, vendor_id,
       vendor_order_id, -amount::bigint
FROM posted
"""
