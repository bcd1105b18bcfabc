"""What is written down when something is sold or comes back."""

from typing import Any, Final

from django.db import connection

from analytics.models import EntryKind
from checkout.events import HistoryImported, OrderPaid, RefundFailed, RefundRequested
from marketplace.kernel import clock, writes

# A line without its commission, and an order without its moment, are faults: NULL is refused. What tax of a
# part is not on its lines is on its shipping, and so with discounts. Only lines of a history may have an
# amount below zero. What the platform pays of a discount is the vendor's income, and tax it remits is not.
# Of the tax that the vendor collects it pays the tax on the commission.
SOLD: Final = """
INSERT INTO analytics_salesentry (
    kind, vendor_id, order_id, order_line_id, product_id, is_first_part, country, occurred_at, currency,
    gross_minor, refund_minor, discount_minor, shipping_minor, commission_minor, tax_minor, units
)
WITH part AS (
    SELECT part.*, o.paid_at, coalesce(o.shipping_address->>'country', '') AS country
    FROM checkout_order AS o JOIN checkout_vendororder AS part ON part.order_id = o.id
    WHERE o.id = ANY(%s)
), line AS (
    SELECT line.*, part.vendor_id, part.order_id, part.country, part.paid_at,
        commission.amount_minor AS commission_minor, commission.tax_minor AS commission_tax_minor
    FROM part
    JOIN checkout_orderline AS line ON line.vendor_order_id = part.id
    LEFT JOIN payouts_commission AS commission ON commission.order_line_id = line.id
), taxed AS (
    SELECT vendor_order_id, sum(tax_minor - tax_remitted_minor) AS tax_minor,
        sum(platform_discount_minor) AS platform_minor
    FROM line GROUP BY 1
)
SELECT 'line', vendor_id, order_id, id, product_id, false, country, paid_at, currency,
    greatest(amount_minor, 0), least(amount_minor, 0), platform_discount_minor - discount_minor, 0,
    -commission_minor, tax_minor - tax_remitted_minor - commission_tax_minor, quantity
FROM line
UNION ALL
SELECT 'shipping', part.vendor_id, part.order_id, NULL, NULL,
    part.id = min(part.id) OVER (PARTITION BY part.order_id), part.country, part.paid_at, part.currency,
    0, 0, part.platform_discount_minor - taxed.platform_minor - part.shipping_discount_minor,
    part.shipping_minor, 0, part.tax_minor - part.tax_remitted_minor - taxed.tax_minor, 0
FROM part LEFT JOIN taxed ON taxed.vendor_order_id = part.id
ON CONFLICT DO NOTHING
"""

# What came back at a price below zero was paid for by the buyer: it adds. With what the buyer gets the
# platform takes back what it had paid, and tax that it does not remit now is not the vendor's loss. A refund
# that failed is told once more the other way round, on the day it failed: its sign is -1 then.
CAME_BACK: Final = """
INSERT INTO analytics_salesentry (
    kind, vendor_id, order_id, order_line_id, refund_line_id, product_id, country, occurred_at, currency,
    gross_minor, refund_minor, discount_minor, shipping_minor, commission_minor, tax_minor, units
)
SELECT %(kind)s, line.vendor_id, refund.order_id, line.order_line_id, line.id, line.product_id,
    coalesce(o.shipping_address->>'country', ''), coalesce(%(moment)s, refund.occurred_at), refund.currency,
    greatest(-line.amount_minor, 0),
    %(sign)s * least(
        -line.amount_minor - CASE line.kind WHEN 'shipping' THEN 0 ELSE line.platform_minor END, 0
    ),
    0,
    %(sign)s * (-line.shipping_minor - CASE line.kind WHEN 'shipping' THEN line.platform_minor ELSE 0 END),
    %(sign)s * reversal.amount_minor,
    %(sign)s * (line.tax_remitted_minor - line.tax_minor + reversal.tax_minor), %(sign)s * -line.quantity
FROM checkout_refund AS refund
JOIN checkout_refundline AS line ON line.refund_id = refund.id
LEFT JOIN payouts_commissionreversal AS reversal ON reversal.refund_line_id = line.id
LEFT JOIN checkout_order AS o ON o.id = refund.order_id
WHERE refund.id = ANY(%(refunds)s)
ON CONFLICT DO NOTHING
"""


def record_sale(event: OrderPaid) -> None:
    """Append the sales entries of a paid order: one a line, one for the shipping of each vendor's part.

    Runs inside the transaction in which the order becomes paid, after payouts has frozen the commissions;
    nothing is added the second time. One statement, however many vendors sold, which may be sent with others
    (kernel/writes). Locks nothing.
    Raises IntegrityError for an order that is not paid, or whose commissions are not decided.
    """
    writes.send(SOLD, [[event.order_id]])


def record_history(event: HistoryImported) -> None:
    """Append the sales entries of a batch of imported orders, and one for each line of its refunds.

    Runs inside the batch's transaction, after payouts has decided what commission was kept and given back;
    nothing is added the second time. Two statements, however large the batch. Locks nothing.
    Raises IntegrityError where a commission or a reversal is not decided.
    """
    with connection.cursor() as cursor:
        cursor.execute(SOLD, [list(event.order_ids)])
        cursor.execute(CAME_BACK, _came_back(*event.refund_ids))


def record_refund(event: RefundRequested) -> None:
    """Append a sales entry for each line of a refund; none for one that gives back what was no sale.

    Runs inside the transaction in which the refund is made, after payouts has decided what commission goes
    back; nothing is added the second time. One statement. Locks nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(CAME_BACK, _came_back(event.refund_id))


def record_refund_failed(event: RefundFailed) -> None:
    """Append the opposite of a refund's entries, on the day on which it failed; like `record_refund`."""
    undone: dict[str, Any] = {"kind": EntryKind.RESTORED.value, "sign": -1, "moment": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(CAME_BACK, {**_came_back(event.refund_id), **undone})


def _came_back(*refunds: int) -> dict[str, Any]:
    return {"refunds": list(refunds), "kind": EntryKind.REFUND.value, "sign": 1, "moment": None}
