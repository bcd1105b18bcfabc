"""The orders and refunds of a history, in batches of whole ones: one transaction and one event a batch.

All keys are drawn before, so a batch is written by copying rows from temporary tables, without looking
anything up. Orders come in the order of their moments: so are they read later.
"""

import json
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from checkout.events import HistoryImported
from checkout.models import Order, OrderLine, Payment, Refund, RefundLine, VendorOrder
from checkout.operations.history.inserts import insert
from checkout.operations.history.staging import Report
from checkout.split import ADDRESS_COLUMNS, ALPHABET
from marketplace.accounts.models import BillingProfile
from marketplace.kernel import clock
from marketplace.kernel.events import publish

LINES_A_BATCH = 5_000
# Numbers are drawn at random, and one may be taken.
MOST_TRIES: Final = 5
PROVIDER: Final = "history"
NO_ADDRESS: Final = json.dumps(dict.fromkeys(ADDRESS_COLUMNS, ""))

NUMBER: Final = "concat_ws('-', {})".format(
    ", ".join(
        "concat({})".format(
            ", ".join(
                f"substr('{ALPHABET}', 1 + get_byte(dice, {byte}) * {len(ALPHABET)} / 256, 1)"
                for byte in block
            )
        )
        # The bytes of a random UUID that are random, in the blocks of a number.
        for block in ((0, 1, 2, 3), (4, 5, 9, 10), (11, 12))
    )
)
# What is not there yet: an order of its lines that were sold, a refund of those that came back.
ORDERS: Final = f"""
CREATE TEMPORARY TABLE history_order AS
SELECT each.*, {NUMBER} AS number,
       1 + (sum(lines) OVER (ORDER BY place) - 1)::bigint / %(lines_a_batch)s AS batch,
       CASE WHEN has_sales THEN nextval(pg_get_serial_sequence('checkout_order', 'id')) END AS order_id,
       CASE WHEN has_returns THEN nextval(pg_get_serial_sequence('checkout_refund', 'id')) END AS refund_id,
       CASE WHEN has_sales AND customer = ''
            THEN nextval(pg_get_serial_sequence('accounts_billingprofile', 'id')) END AS guest_id
FROM (
    SELECT row_number() OVER (ORDER BY min(sold_at), "order") AS place, "order" AS reference,
           min(sold_at) AS moment, min(customer) AS customer, min(currency) AS currency, count(*) AS lines,
           bool_or(quantity > 0) AS has_sales, bool_or(quantity < 0) AS has_returns,
           uuid_send(gen_random_uuid()) AS dice
    FROM history_line WHERE code IS NULL AND NOT is_known GROUP BY "order"
) AS each
ORDER BY place
"""  # noqa: S608  # made of our own words
# What the tables of the shop say, first by itself: what the planner knows of those may be old.
LISTINGS: Final = """
CREATE TEMPORARY TABLE history_listing AS
SELECT DISTINCT ON (listed.id) seller.reference AS vendor, listed.reference AS product,
       seller.id AS vendor_id, listed.id AS product_id, listed.title, variant.id AS variant_id, variant.sku
FROM catalog_product AS listed
JOIN vendors_vendor AS seller ON seller.id = listed.vendor_id
JOIN catalog_variant AS variant ON variant.product_id = listed.id
WHERE listed.source = %(source)s AND seller.source = %(source)s
ORDER BY listed.id, variant.id;
CREATE TEMPORARY TABLE history_profile AS
SELECT reference AS customer, id FROM accounts_billingprofile WHERE source = %(source)s;
ANALYZE history_listing, history_profile, history_order
"""
# Each line with all it refers to, in the order it will be written.
ENTRIES: Final = """
CREATE TEMPORARY TABLE history_entry AS
SELECT o.batch, o.place, o.order_id, o.refund_id, line.row, line.line AS reference, line.quantity,
       line.currency, line.unit_price_minor, line.amount_minor, line.shipping_minor,
       listing.vendor_id, listing.product_id, listing.title, listing.variant_id, listing.sku
FROM history_line AS line
JOIN history_order AS o ON o.reference = line."order"
JOIN history_listing AS listing USING (vendor, product)
WHERE line.code IS NULL AND NOT line.is_known
ORDER BY o.place, line.row
"""
PARTS: Final = """
CREATE TEMPORARY TABLE history_part AS
SELECT each.*, nextval(pg_get_serial_sequence('checkout_vendororder', 'id')) AS part_id FROM (
    SELECT batch, place, order_id, vendor_id, min(currency) AS currency, sum(amount_minor) AS amount_minor,
           sum(shipping_minor) AS shipping_minor,
           row_number() OVER (PARTITION BY place ORDER BY min(row)) AS position
    FROM history_entry WHERE quantity > 0 GROUP BY batch, place, order_id, vendor_id
) AS each
ORDER BY place, position
"""
BUYERS: Final = """
ALTER TABLE history_order ADD COLUMN profile_id bigint;
UPDATE history_order SET profile_id = guest_id WHERE guest_id IS NOT NULL;
UPDATE history_order AS o SET profile_id = profile.id FROM history_profile AS profile
WHERE profile.customer = o.customer AND o.customer <> '';
CREATE INDEX ON history_order (batch);
CREATE INDEX ON history_part (batch);
CREATE INDEX ON history_entry (batch);
ANALYZE history_order, history_part, history_entry
"""

GUESTS: Final = f"""
{insert(BillingProfile, id="guest_id")} FROM history_order
WHERE batch = %(batch)s AND guest_id IS NOT NULL ORDER BY place
"""
COSTED: Final = {
    "subtotal_minor": "sum(part.amount_minor)",
    "shipping_minor": "sum(part.shipping_minor)",
    "total_minor": "sum(part.amount_minor + part.shipping_minor)",
}
WRITE_ORDERS: Final = f"""
{
    insert(
        Order,
        id="o.order_id",
        number="o.number",
        billing_profile_id="o.profile_id",
        cart_version="0",
        shipping_address="%(address)s",
        billing_address="%(address)s",
        payment_state="'paid'",
        placed_at="o.moment",
        paid_at="o.moment",
        expires_at="o.moment",
        currency="o.currency",
        source="%(source)s",
        reference="o.reference",
        **COSTED,
    )
}
FROM history_order AS o JOIN history_part AS part USING (batch, place)
WHERE batch = %(batch)s
GROUP BY o.place, o.order_id, o.number, o.profile_id, o.moment, o.currency, o.reference ORDER BY o.place
"""
WRITE_PARTS: Final = f"""
{
    insert(
        VendorOrder,
        id="part.part_id",
        order_id="part.order_id",
        vendor_id="part.vendor_id",
        number="concat(o.number, '-', part.position)",
        status="'completed'",
        currency="part.currency",
        subtotal_minor="part.amount_minor",
        shipping_minor="part.shipping_minor",
        total_minor="part.amount_minor + part.shipping_minor",
    )
}
FROM history_part AS part JOIN history_order AS o USING (batch, place)
WHERE batch = %(batch)s ORDER BY place, position
"""
WRITE_LINES: Final = f"""
{
    insert(
        OrderLine,
        vendor_order_id="part.part_id",
        variant_id="entry.variant_id",
        product_id="entry.product_id",
        title="entry.title",
        sku="entry.sku",
        quantity="entry.quantity",
        currency="entry.currency",
        unit_price_minor="entry.unit_price_minor",
        amount_minor="entry.amount_minor",
        reference="entry.reference",
    )
}
FROM history_entry AS entry JOIN history_part AS part USING (batch, place, vendor_id)
WHERE batch = %(batch)s AND entry.quantity > 0 ORDER BY place, row
"""
WRITE_PAYMENTS: Final = f"""
{
    insert(
        Payment,
        order_id="o.order_id",
        provider="%(provider)s",
        amount_minor=COSTED["total_minor"],
        currency="o.currency",
        status="'succeeded'",
    )
}
FROM history_order AS o JOIN history_part AS part USING (batch, place)
WHERE batch = %(batch)s
GROUP BY o.place, o.order_id, o.currency HAVING {COSTED["total_minor"]} > 0 ORDER BY o.place
"""
WRITE_REFUNDS: Final = f"""
{
    insert(
        Refund,
        id="o.refund_id",
        order_id="o.order_id",
        billing_profile_id="o.profile_id",
        amount_minor="-sum(entry.amount_minor + entry.shipping_minor)",
        currency="o.currency",
        reason="'imported'",
        status="'succeeded'",
        occurred_at="o.moment",
        source="%(source)s",
        reference="o.reference",
    )
}
FROM history_order AS o JOIN history_entry AS entry USING (batch, place)
WHERE batch = %(batch)s AND entry.quantity < 0
GROUP BY o.place, o.refund_id, o.order_id, o.profile_id, o.currency, o.moment, o.reference ORDER BY o.place
"""
# The line it was bought on is known where the same order has one of that listing, and only one.
WRITE_REFUND_LINES: Final = f"""
{
    insert(
        RefundLine,
        refund_id="entry.refund_id",
        vendor_id="entry.vendor_id",
        product_id="entry.product_id",
        order_line_id="bought.line_id",
        quantity="-entry.quantity",
        amount_minor="-entry.amount_minor",
        shipping_minor="-entry.shipping_minor",
        reference="entry.reference",
    )
}
FROM history_entry AS entry
LEFT JOIN LATERAL (
    SELECT min(line.id) AS line_id FROM history_part AS part
    JOIN checkout_orderline AS line ON line.vendor_order_id = part.part_id
    WHERE part.batch = %(batch)s AND part.place = entry.place AND part.vendor_id = entry.vendor_id
      AND line.product_id = entry.product_id
    HAVING count(*) = 1
) AS bought ON entry.order_id IS NOT NULL
WHERE entry.batch = %(batch)s AND entry.quantity < 0 ORDER BY entry.place, entry.row
"""  # noqa: S608  # made of our own words
WRITES: Final = (
    GUESTS,
    WRITE_ORDERS,
    WRITE_PARTS,
    WRITE_LINES,
    WRITE_PAYMENTS,
    WRITE_REFUNDS,
    WRITE_REFUND_LINES,
)
RESOLVED: Final = """
SELECT coalesce(sum(lines), 0), (SELECT count(*) FROM history_entry), coalesce(max(batch), 0)
FROM history_order
"""
MADE: Final = """
SELECT coalesce(array_agg(order_id ORDER BY place) FILTER (WHERE order_id IS NOT NULL), '{}'),
       coalesce(array_agg(refund_id ORDER BY place) FILTER (WHERE refund_id IS NOT NULL), '{}'), sum(lines)
FROM history_order WHERE batch = %(batch)s
"""
REDRAW: Final = f"""
UPDATE history_order SET number = {NUMBER}
FROM (SELECT place AS drawn, uuid_send(gen_random_uuid()) AS dice FROM history_order
      WHERE batch = %(batch)s) AS again
WHERE place = drawn
"""  # noqa: S608  # made of our own words


class LinesLost(AssertionError):  # noqa: N818  # what would have happened
    """Not every line found its way: a fault of ours."""


def bring_sales(*, source: str, commission_bps: int, report: Report) -> None:
    """Write what is to come in batches, each in a transaction with what follows from it.

    Locks nothing that anybody waits for. Publishes HistoryImported for each batch.
    """
    total, batches = _resolve(source=source)
    done = 0
    for batch in range(1, batches + 1):
        done += _bring(batch, source, commission_bps)
        report("lines", done, total)
    if done != total:
        raise LinesLost(f"{total} lines, {done} of them written")


def _resolve(*, source: str) -> tuple[int, int]:
    """Draw the keys of all that is to be written; the vendors, listings and customers are there.

    Returns the number of lines, and of batches.
    """
    with connection.cursor() as cursor:
        for statement in (ORDERS, LISTINGS, ENTRIES, PARTS, BUYERS):
            cursor.execute(statement, {"source": source, "lines_a_batch": LINES_A_BATCH})
        cursor.execute(RESOLVED)
        due, found, batches = cursor.fetchone()
    if due != found:
        raise LinesLost(f"{due} lines, {found} of them with vendor and listing")
    return int(due), int(batches)


def _bring(batch: int, source: str, commission_bps: int) -> int:
    for _ in range(MOST_TRIES - 1):
        try:
            return _write(batch, source, commission_bps)
        except IntegrityError as fault:
            if "checkout_order_number" not in str(fault):
                raise
        with connection.cursor() as cursor:
            cursor.execute(REDRAW, {"batch": batch})
    return _write(batch, source, commission_bps)


def _write(batch: int, source: str, commission_bps: int) -> int:
    facts: dict[str, Any] = {
        "batch": batch,
        "source": source,
        "now": clock.now(),
        "provider": PROVIDER,
        "address": NO_ADDRESS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MADE, facts)
        orders, refunds, lines = cursor.fetchone()
        for statement in WRITES:
            cursor.execute(statement, facts)
        publish(
            HistoryImported(order_ids=tuple(orders), refund_ids=tuple(refunds), commission_bps=commission_bps)
        )
    return int(lines)
