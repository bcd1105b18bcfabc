"""What must be so of orders, stock and the ledger, asked of the rows alone: no code of ours is believed.

Each claim is a statement that finds where it is not so, one text a row. They go out as one.
"""

from typing import Final

from django.db import connection

# What of each line, and under no line of each part's shipping, has gone back; what failed did not.
_BACK: Final = """back AS (
    SELECT f.vendor_order_id AS part, l.order_line_id AS line, sum(l.quantity) AS units,
           sum(l.amount_minor + l.shipping_minor + l.tax_minor) AS paid, sum(l.platform_minor) AS funded,
           sum(l.tax_remitted_minor) AS remitted, coalesce(sum(r.amount_minor), 0) AS kept,
           coalesce(sum(r.tax_minor), 0) AS charged, count(*) AS rows
    FROM checkout_refund f
    JOIN checkout_refundline l ON l.refund_id = f.id
    LEFT JOIN payouts_commissionreversal r ON r.refund_line_id = l.id
    WHERE f.status <> 'failed' GROUP BY 1, 2
)"""
# What each line, and the shipping of each part, came to: paid, funded, remitted and kept by the platform, and
# charged in tax on that.
_WORTH: Final = """worth AS (
    SELECT v.id AS part, l.id AS line, l.quantity AS units,
           l.amount_minor - l.discount_minor + l.tax_minor AS paid, l.platform_discount_minor AS funded,
           l.tax_remitted_minor AS remitted, coalesce(c.amount_minor, 0) AS kept,
           coalesce(c.tax_minor, 0) AS charged
    FROM checkout_orderline l JOIN checkout_vendororder v ON v.id = l.vendor_order_id
    LEFT JOIN payouts_commission c ON c.order_line_id = l.id
    UNION ALL
    SELECT v.id, NULL, 0, v.total_minor - sum(l.amount_minor - l.discount_minor + l.tax_minor),
           v.platform_discount_minor - sum(l.platform_discount_minor),
           v.tax_remitted_minor - sum(l.tax_remitted_minor), 0, 0
    FROM checkout_vendororder v JOIN checkout_orderline l ON l.vendor_order_id = v.id GROUP BY v.id
)"""
# What is left of each of them.
_LEFT: Final = """left_over AS (
    SELECT w.part, w.line, w.units - coalesce(b.units, 0) AS units, w.paid AS was_paid,
           w.paid - coalesce(b.paid, 0) AS paid, w.funded - coalesce(b.funded, 0) AS funded,
           w.remitted - coalesce(b.remitted, 0) AS remitted, w.kept - coalesce(b.kept, 0) AS kept,
           w.charged - coalesce(b.charged, 0) AS charged, b.rows IS NOT NULL AS is_touched
    FROM worth w LEFT JOIN back b ON b.part = w.part AND b.line IS NOT DISTINCT FROM w.line
)"""
# Of a paid order, what should stand on which account.
_DUE: Final = """due AS (
    SELECT v.order_id, v.vendor_id, sum(x.paid + x.funded - x.remitted - x.kept - x.charged) AS vendor,
           sum(x.paid) AS paid, sum(x.funded) AS funded, sum(x.remitted) AS remitted, sum(x.kept) AS kept,
           sum(x.charged) AS charged
    FROM left_over x JOIN checkout_vendororder v ON v.id = x.part
    JOIN checkout_order o ON o.id = v.order_id AND o.payment_state = 'paid'
    GROUP BY v.id
), account AS (
    SELECT order_id, 'vendor_payable' AS kind, vendor_id, vendor AS minor FROM due
    UNION ALL
    SELECT order_id, kind, NULL::bigint, sum(minor) FROM due CROSS JOIN LATERAL (
        VALUES ('buyer_clearing', -paid), ('promotion_expense', -funded), ('tax_payable', remitted),
               ('commission', kept), ('commission_tax', charged)
    ) AS platform (kind, minor) GROUP BY 1, 2
), posted AS (
    SELECT t.order_id, a.kind::text, a.vendor_id, sum(e.amount_minor) AS minor
    FROM payouts_ledgerentry e JOIN payouts_ledgeraccount a ON a.id = e.account_id
    JOIN payouts_ledgertransaction t ON t.id = e.transaction_id GROUP BY 1, 2, 3
)"""
_TAX: Final = """taxed AS (
    SELECT vendor_order_id AS part, order_line_id AS line,
           coalesce(sum(amount_minor) FILTER (WHERE NOT is_included), 0) AS on_top,
           coalesce(sum(amount_minor) FILTER (WHERE is_included), 0) AS inside,
           coalesce(sum(amount_minor) FILTER (WHERE remitter = 'platform'), 0) AS remitted
    FROM checkout_taxline GROUP BY 1, 2
), applied AS (
    SELECT vendor_order_id AS part, order_line_id AS line, sum(amount_minor) AS minor,
           sum(platform_minor) AS funded
    FROM checkout_appliedpromotion GROUP BY 1, 2
)"""

CLAIMS: Final = {
    "a transaction sums to zero": """
        SELECT t.reference FROM payouts_ledgerentry e
        JOIN payouts_ledgertransaction t ON t.id = e.transaction_id
        JOIN payouts_ledgeraccount a ON a.id = e.account_id
        GROUP BY t.id, a.currency HAVING sum(e.amount_minor) <> 0""",
    "a balance is the sum of its entries": """
        SELECT a.id::text FROM payouts_ledgeraccount a WHERE a.vendor_id IS NOT NULL AND a.balance_minor <>
        (SELECT coalesce(sum(e.amount_minor), 0) FROM payouts_ledgerentry e WHERE e.account_id = a.id)""",
    "an order is its parts": """
        SELECT o.number FROM checkout_order o JOIN (
            SELECT order_id, sum(subtotal_minor) AS a, sum(discount_minor) AS b, sum(shipping_minor) AS c,
                   sum(tax_minor) AS d, sum(total_minor) AS e, sum(shipping_discount_minor) AS f,
                   sum(platform_discount_minor) AS g, sum(tax_included_minor) AS h
            FROM checkout_vendororder GROUP BY 1
        ) p ON p.order_id = o.id
        WHERE (o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor,
               o.shipping_discount_minor, o.platform_discount_minor, o.tax_included_minor)
              <> (p.a, p.b, p.c, p.d, p.e, p.f, p.g, p.h)""",
    "a part is its lines": """
        SELECT v.number FROM checkout_vendororder v JOIN checkout_orderline l ON l.vendor_order_id = v.id
        GROUP BY v.id HAVING v.subtotal_minor <> sum(l.amount_minor)
            OR v.discount_minor <> sum(l.discount_minor) + v.shipping_discount_minor""",
    "a payment is of its order, and its refunds are no more": """
        SELECT o.number FROM checkout_payment p JOIN checkout_order o ON o.id = p.order_id
        WHERE p.amount_minor <> o.total_minor OR p.refunded_minor > p.amount_minor OR p.refunded_minor <> (
            SELECT coalesce(sum(f.amount_minor), 0) FROM checkout_refund f
            WHERE f.payment_id = p.id AND f.status <> 'failed')""",
    "a refund is its lines": """
        SELECT f.uuid::text FROM checkout_refund f JOIN checkout_refundline l ON l.refund_id = f.id
        GROUP BY f.id HAVING f.amount_minor <> sum(l.amount_minor + l.shipping_minor + l.tax_minor)""",
    "nothing of a line or its shipping comes back twice": """
        SELECT concat_ws(' ', 'line', line, 'of', part) FROM left_over
        WHERE least(paid, funded, remitted, kept, charged) < 0 OR line IS NOT NULL AND units < 0""",
    "taxes are those of the line": """
        SELECT l.id::text FROM checkout_orderline l LEFT JOIN taxed x ON x.line = l.id
        WHERE (l.tax_minor, l.tax_included_minor, l.tax_remitted_minor)
              <> (coalesce(x.on_top, 0), coalesce(x.inside, 0), coalesce(x.remitted, 0))""",
    "taxes are those of the part": """
        SELECT v.number FROM checkout_vendororder v LEFT JOIN taxed x ON x.part = v.id
        GROUP BY v.id HAVING (v.tax_minor, v.tax_included_minor, v.tax_remitted_minor)
              <> (coalesce(sum(x.on_top), 0), coalesce(sum(x.inside), 0), coalesce(sum(x.remitted), 0))""",
    "promotions are those of the line": """
        SELECT l.id::text FROM checkout_orderline l LEFT JOIN applied x ON x.line = l.id WHERE
        (l.discount_minor, l.platform_discount_minor) <> (coalesce(x.minor, 0), coalesce(x.funded, 0))""",
    "promotions are those of the part": """
        SELECT v.number FROM checkout_vendororder v LEFT JOIN applied x ON x.part = v.id
        GROUP BY v.id HAVING (v.discount_minor, v.platform_discount_minor)
              <> (coalesce(sum(x.minor), 0), coalesce(sum(x.funded), 0))
            OR v.shipping_discount_minor <> coalesce(sum(x.minor) FILTER (WHERE x.line IS NULL), 0)""",
    "what is sent is in parcels": """
        SELECT l.id::text FROM checkout_orderline l WHERE l.shipped <> (
            SELECT coalesce(sum(p.quantity), 0) FROM checkout_fulfillmentline p
            JOIN checkout_fulfillment f ON f.id = p.fulfillment_id AND f.return_of_id IS NULL
            WHERE p.order_line_id = l.id)""",
    "what is reserved is held by orders": """
        SELECT v.id::text FROM catalog_variant v WHERE v.reserved < 0 OR v.reserved > v.on_hand
            OR v.reserved <> (SELECT coalesce(sum(r.quantity), 0) FROM catalog_reservation r
                              WHERE r.variant_id = v.id AND r.state = 'held')""",
    "an open order holds what it is of": """
        SELECT o.number FROM checkout_order o WHERE (o.payment_state IN ('pending', 'processing'))
            AND (SELECT sum(l.quantity) FROM checkout_orderline l
                 JOIN checkout_vendororder v ON v.id = l.vendor_order_id WHERE v.order_id = o.id)
            <> (SELECT coalesce(sum(r.quantity), 0) FROM catalog_reservation r
                WHERE r.holder = 'order:' || o.id AND r.state = 'held')""",
    "the accounts of an order say what is left of it": """
        (SELECT concat_ws(' ', minor, 'is due on', kind, 'of', order_id) FROM (
            SELECT * FROM account WHERE minor <> 0 EXCEPT SELECT * FROM posted) AS missing)
        UNION ALL
        (SELECT concat_ws(' ', minor, 'stands on', kind, 'of', order_id) FROM (
            SELECT * FROM posted WHERE minor <> 0 EXCEPT SELECT * FROM account) AS more)""",
    # Where the buyer paid something, it is all back; where nothing, all the units are.
    "what is given back in whole leaves nothing": """
        SELECT concat_ws(' ', 'line', line, 'of', part) FROM left_over
        WHERE CASE WHEN was_paid > 0 THEN paid = 0 WHEN line IS NULL THEN is_touched ELSE units = 0 END
            AND (paid, funded, remitted, kept, charged) <> (0, 0, 0, 0, 0)""",
}

_FAULTS: Final = "(SELECT '{}', told.* FROM ({}) AS told)"
_WITH: Final = f"{_BACK}, {_WORTH}, {_LEFT}, {_DUE}, {_TAX}"
_ALL: Final = f"WITH {_WITH} " + " UNION ALL ".join(map(_FAULTS.format, CLAIMS, CLAIMS.values()))


def broken() -> list[tuple[str, str]]:
    """Every claim that does not hold, and of what. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        return list(cursor.fetchall())


def on_account(order: int) -> list[int]:
    """What stands on the accounts of an order, where it is not nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(e.amount_minor) FROM payouts_ledgerentry e"
            " JOIN payouts_ledgertransaction t ON t.id = e.transaction_id"
            " WHERE t.order_id = %s GROUP BY e.account_id HAVING sum(e.amount_minor) <> 0",
            [order],
        )
        return [int(minor) for (minor,) in cursor.fetchall()]
