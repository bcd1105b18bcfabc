"""What is written down when something is sold."""

from typing import Final

from django.db import connection

from checkout.events import OrderPaid

# A line without its commission, and an order without its moment, are faults: NULL is refused. What tax of a
# part is not on its lines is on its shipping.
APPEND: Final = """
INSERT INTO analytics_salesentry (
    kind, vendor_id, order_id, order_line_id, product_id, occurred_at, currency,
    gross_minor, refund_minor, discount_minor, shipping_minor, commission_minor, tax_minor, units
)
WITH line AS (
    SELECT line.*, part.vendor_id, part.order_id, o.paid_at, commission.amount_minor AS commission_minor
    FROM checkout_order AS o
    JOIN checkout_vendororder AS part ON part.order_id = o.id
    JOIN checkout_orderline AS line ON line.vendor_order_id = part.id
    LEFT JOIN payouts_commission AS commission ON commission.order_line_id = line.id
    WHERE o.id = %(order)s
)
SELECT 'line', vendor_id, order_id, id, product_id, paid_at, currency,
    amount_minor, 0, -discount_minor, 0, -commission_minor, tax_minor, quantity
FROM line
UNION ALL
SELECT 'shipping', part.vendor_id, part.order_id, NULL, NULL, o.paid_at, part.currency,
    0, 0, 0, part.shipping_minor, 0,
    part.tax_minor - (SELECT sum(tax_minor) FROM line WHERE line.vendor_order_id = part.id), 0
FROM checkout_vendororder AS part JOIN checkout_order AS o ON o.id = part.order_id
WHERE o.id = %(order)s
ON CONFLICT DO NOTHING
"""


def record_sale(event: OrderPaid) -> None:
    """Append the sales entries of a paid order: one a line, one for the shipping of each vendor's part.

    Runs inside the transaction in which the order becomes paid, after payouts has frozen the commissions;
    nothing is added the second time. One statement, however many vendors sold. Locks nothing.
    Raises IntegrityError for an order that is not paid, or whose commissions are not decided.
    """
    with connection.cursor() as cursor:
        cursor.execute(APPEND, {"order": event.order_id})
