"""Whether orders, sales entries and ledger tell the same: each claim one statement, each difference one line.

Run it inside one snapshot, as `manage.py check_sales` does, or a sale that commits in between looks like a
difference.
"""

from collections.abc import Iterator
from typing import Final

from django.db import connection

ADDS_UP: Final = """
WITH line AS (
    SELECT vendor_order_id, sum(amount_minor) AS amount, sum(discount_minor) AS discount
    FROM checkout_orderline GROUP BY vendor_order_id
), part AS (
    SELECT order_id, sum(subtotal_minor) AS subtotal, sum(discount_minor) AS discount,
           sum(shipping_minor) AS shipping, sum(tax_minor) AS tax, sum(total_minor) AS total
    FROM checkout_vendororder GROUP BY order_id
)
SELECT format('order %s: %s, its parts %s', o.number, o.total_minor, coalesce(part.total, 0))
FROM checkout_order o LEFT JOIN part ON part.order_id = o.id
WHERE (o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor)
      IS DISTINCT FROM (part.subtotal, part.discount, part.shipping, part.tax, part.total)
UNION ALL
SELECT format('part %s: %s, its lines %s', p.number, p.subtotal_minor, coalesce(line.amount, 0))
FROM checkout_vendororder p LEFT JOIN line ON line.vendor_order_id = p.id
WHERE (p.subtotal_minor, p.discount_minor)
      IS DISTINCT FROM (line.amount, line.discount + p.shipping_discount_minor)
"""
SOLD: Final = """
WITH due AS (
    SELECT l.id, o.number, p.vendor_id, o.id AS order_id, l.product_id, o.paid_at, l.currency,
           l.amount_minor, l.platform_discount_minor - l.discount_minor AS discount,
           -c.amount_minor AS commission, l.tax_minor - l.tax_remitted_minor - c.tax_minor AS tax_minor,
           l.quantity
    FROM checkout_order o
    JOIN checkout_vendororder p ON p.order_id = o.id
    JOIN checkout_orderline l ON l.vendor_order_id = p.id
    LEFT JOIN payouts_commission c ON c.order_line_id = l.id
    WHERE o.paid_at IS NOT NULL
), told AS (
    SELECT * FROM analytics_salesentry WHERE kind = 'line'
)
SELECT CASE WHEN due.id IS NULL THEN format('entry %s: of no line that was paid', told.id)
            WHEN told.id IS NULL THEN format('line %s of order %s: no entry', due.id, due.number)
            ELSE format('line %s of order %s: %s %s, its entry %s %s', due.id, due.number, due.amount_minor,
                        due.currency, told.gross_minor + told.refund_minor, told.currency) END
FROM due FULL JOIN told ON told.order_line_id = due.id
WHERE (due.vendor_id, due.order_id, due.product_id, due.paid_at, due.currency, due.amount_minor, due.discount,
       due.commission, due.tax_minor, due.quantity, 0::bigint)
      IS DISTINCT FROM
      (told.vendor_id, told.order_id, told.product_id, told.occurred_at, told.currency,
       told.gross_minor + told.refund_minor, told.discount_minor, told.commission_minor, told.tax_minor,
       told.units, told.shipping_minor)
"""
SHIPPED: Final = """
WITH due AS (
    SELECT p.*, o.paid_at FROM checkout_vendororder p JOIN checkout_order o ON o.id = p.order_id
    WHERE o.paid_at IS NOT NULL
), told AS (
    SELECT * FROM analytics_salesentry WHERE kind = 'shipping'
)
SELECT CASE WHEN due.id IS NULL THEN format('entry %s: of no part that was paid', told.id)
            WHEN told.id IS NULL THEN format('part %s: no entry', due.number)
            ELSE format('part %s: shipping %s, its entry %s', due.number, due.shipping_minor,
                        told.shipping_minor) END
FROM due FULL JOIN told ON told.order_id = due.order_id AND told.vendor_id = due.vendor_id
WHERE (due.paid_at, due.currency, due.shipping_minor, 0::bigint)
      IS DISTINCT FROM
      (told.occurred_at, told.currency, told.shipping_minor, told.gross_minor + told.refund_minor)
"""
CAME_BACK: Final = """
WITH due AS (
    SELECT l.id, l.vendor_id, l.product_id, l.quantity, f.occurred_at, f.currency, r.amount_minor AS reversed,
           l.amount_minor + CASE l.kind WHEN 'shipping' THEN 0 ELSE l.platform_minor END AS amount_minor,
           l.shipping_minor + CASE l.kind WHEN 'shipping' THEN l.platform_minor ELSE 0 END AS shipping_minor,
           l.tax_remitted_minor - l.tax_minor + r.tax_minor AS tax_minor
    FROM checkout_refundline l JOIN checkout_refund f ON f.id = l.refund_id
    LEFT JOIN payouts_commissionreversal r ON r.refund_line_id = l.id
), told AS (
    SELECT * FROM analytics_salesentry WHERE kind = 'refund'
)
SELECT CASE WHEN due.id IS NULL THEN format('entry %s: of nothing that came back', told.id)
            WHEN told.id IS NULL THEN format('refund line %s: no entry', due.id)
            ELSE format('refund line %s: %s, its entry %s', due.id, -due.amount_minor,
                        told.gross_minor + told.refund_minor) END
FROM due FULL JOIN told ON told.refund_line_id = due.id
WHERE (due.vendor_id, due.product_id, due.occurred_at, due.currency, -due.amount_minor, -due.shipping_minor,
       due.reversed, -due.quantity, due.tax_minor)
      IS DISTINCT FROM
      (told.vendor_id, told.product_id, told.occurred_at, told.currency, told.gross_minor + told.refund_minor,
       told.shipping_minor, told.commission_minor, told.units, told.tax_minor)
"""
RESTORED: Final = """
WITH due AS (
    SELECT back.* FROM analytics_salesentry back
    JOIN checkout_refundline l ON l.id = back.refund_line_id JOIN checkout_refund f ON f.id = l.refund_id
    WHERE back.kind = 'refund' AND f.status = 'failed'
), told AS (
    SELECT * FROM analytics_salesentry WHERE kind = 'restored'
)
SELECT CASE WHEN due.id IS NULL THEN format('entry %s: of no refund that failed', told.id)
            WHEN told.id IS NULL THEN format('entry %s: its refund failed, and it stands', due.id)
            ELSE format('entry %s: not the opposite of %s', told.id, due.id) END
FROM due FULL JOIN told ON told.refund_line_id = due.refund_line_id
WHERE (due.vendor_id, due.currency, -due.refund_minor, -due.shipping_minor, -due.commission_minor,
       -due.tax_minor, -due.units)
      IS DISTINCT FROM
      (told.vendor_id, told.currency, told.refund_minor, told.shipping_minor, told.commission_minor,
       told.tax_minor, told.units)
"""
# What a vendor was to get by its sales entries, and by the ledger; what was paid out or settled since is
# another matter.
BOOKED: Final = """
WITH told AS (
    SELECT vendor_id, currency, sum(gross_minor + refund_minor + discount_minor + shipping_minor
                                    + commission_minor + tax_minor) AS minor
    FROM analytics_salesentry GROUP BY vendor_id, currency
), booked AS (
    SELECT a.vendor_id, a.currency, sum(e.amount_minor) AS minor
    FROM payouts_ledgerentry e
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
    JOIN payouts_ledgeraccount a ON a.id = e.account_id
    WHERE t.kind IN ('sale', 'refund', 'refund_failed') AND a.kind = 'vendor_payable'
    GROUP BY a.vendor_id, a.currency
)
SELECT format('vendor %s: sales of %s %s, booked %s', vendor_id, coalesce(told.minor, 0), currency,
              coalesce(booked.minor, 0))
FROM told FULL JOIN booked USING (vendor_id, currency)
WHERE coalesce(told.minor, 0) <> coalesce(booked.minor, 0)
"""
CLAIMS: Final = {
    "every order is the sum of its parts, and every part of its lines": ADDS_UP,
    "every line that was paid has its entry, and no other has one": SOLD,
    "every part that was paid has its shipping entry, and no other has one": SHIPPED,
    "every line that came back has its entry, and no other has one": CAME_BACK,
    "every refund that failed is taken back, and no other is": RESTORED,
    "every vendor has in the ledger what its sales say": BOOKED,
}


def check() -> Iterator[tuple[str, list[str]]]:
    """Each claim with its differences, none where it holds. Reads all orders, entries and postings."""
    for claim, statement in CLAIMS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            yield claim, sorted(difference for (difference,) in cursor.fetchall())
