"""What is wrong with a row because of the others, and what is there already: one statement a question."""

from typing import Final

from django.db import connection

# A reference that comes again is the first one's.
DUPLICATE_VENDORS: Final = """
UPDATE history_vendor AS again SET code = 'duplicate_vendor', fault = 'vendor'
FROM (SELECT row, row_number() OVER (PARTITION BY vendor ORDER BY row) AS place
      FROM history_vendor WHERE code IS NULL) AS each
WHERE each.row = again.row AND each.place > 1
"""
DUPLICATE_PRODUCTS: Final = """
UPDATE history_product AS again SET code = 'duplicate_product', fault = 'product'
FROM (SELECT row, row_number() OVER (PARTITION BY product ORDER BY row) AS place
      FROM history_product WHERE code IS NULL) AS each
WHERE each.row = again.row AND each.place > 1
"""
DUPLICATE_LINES: Final = """
UPDATE history_line AS again SET code = 'duplicate_line', fault = 'line'
FROM (SELECT row, row_number() OVER (PARTITION BY "order", line ORDER BY row) AS place
      FROM history_line WHERE code IS NULL) AS each
WHERE each.row = again.row AND each.place > 1
"""
# A vendor of an earlier import of the source need not be named again.
UNKNOWN_VENDORS: Final = """
UPDATE history_line SET code = 'unknown_vendor', fault = 'vendor'
WHERE code IS NULL
  AND vendor NOT IN (SELECT vendor FROM history_vendor WHERE code IS NULL)
  AND vendor NOT IN (SELECT reference FROM vendors_vendor WHERE source = %(source)s)
"""
# The first line of an order says what its currency is, and who its customer.
MIXED_CURRENCIES: Final = """
UPDATE history_line AS line SET code = 'mixed_currencies', fault = 'currency'
FROM (SELECT DISTINCT ON ("order") "order", currency FROM history_line WHERE code IS NULL
      ORDER BY "order", row) AS first
WHERE line.code IS NULL AND line."order" = first."order" AND line.currency <> first.currency
"""
MIXED_CUSTOMERS: Final = """
UPDATE history_line AS line SET code = 'mixed_customers', fault = 'customer'
FROM (SELECT DISTINCT ON ("order") "order", customer FROM history_line WHERE code IS NULL
      ORDER BY "order", row) AS first
WHERE line.code IS NULL AND line."order" = first."order" AND line.customer <> first.customer
"""
# What an order of the source has become here is closed (paid, posted and settled): its lines are known again,
# and no others come to it.
KNOWN: Final = """
CREATE TEMPORARY TABLE history_known AS
SELECT o.reference AS "order", line.reference AS line, vendor.reference AS vendor,
       product.reference AS product, line.quantity, line.amount_minor
FROM checkout_order AS o
JOIN checkout_vendororder AS part ON part.order_id = o.id
JOIN checkout_orderline AS line ON line.vendor_order_id = part.id
JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
JOIN catalog_product AS product ON product.id = line.product_id
WHERE o.source = %(source)s
UNION ALL
SELECT refund.reference, line.reference, vendor.reference, product.reference, -line.quantity,
       -line.amount_minor
FROM checkout_refund AS refund
JOIN checkout_refundline AS line ON line.refund_id = refund.id
JOIN vendors_vendor AS vendor ON vendor.id = line.vendor_id
JOIN catalog_product AS product ON product.id = line.product_id
WHERE refund.source = %(source)s;
ANALYZE history_known
"""
KNOWN_LINES: Final = """
UPDATE history_line AS line
SET is_known = true,
    fault = CASE WHEN known.vendor <> line.vendor THEN 'vendor'
                 WHEN known.product <> line.product THEN 'product'
                 WHEN known.quantity <> line.quantity THEN 'quantity'
                 WHEN known.amount_minor <> line.amount_minor THEN 'unit_price' END
FROM history_known AS known
WHERE line.code IS NULL AND known."order" = line."order" AND known.line = line.line
"""
CHANGED_LINES: Final = """
UPDATE history_line SET code = 'line_changed' WHERE is_known AND fault IS NOT NULL
"""
CLOSED_ORDERS: Final = """
UPDATE history_line SET code = 'order_closed', fault = 'order'
WHERE code IS NULL AND NOT is_known AND "order" IN (SELECT "order" FROM history_known)
"""
HELD_ORDERS: Final = """
UPDATE history_line SET code = 'order_held', fault = 'order'
WHERE code IS NULL AND NOT is_known AND "order" IN (
    SELECT "order" FROM history_line
    WHERE "order" IS NOT NULL AND code NOT IN ('duplicate_line', 'line_changed', 'order_closed')
)
"""
CHECKS: Final = (
    DUPLICATE_VENDORS,
    DUPLICATE_PRODUCTS,
    DUPLICATE_LINES,
    UNKNOWN_VENDORS,
    MIXED_CURRENCIES,
    MIXED_CUSTOMERS,
    KNOWN,
    KNOWN_LINES,
    CHANGED_LINES,
    CLOSED_ORDERS,
)


def check(*, source: str, is_whole_orders: bool) -> None:
    """Look at the staged rows together.

    Args:
        is_whole_orders: hold back every order of which a row is rejected, so that it comes whole once the row
            is mended; else the rest of it comes, and it is closed.
    """
    with connection.cursor() as cursor:
        for statement in CHECKS + ((HELD_ORDERS,) if is_whole_orders else ()):
            cursor.execute(statement, {"source": source})
        cursor.execute("ANALYZE history_line")
