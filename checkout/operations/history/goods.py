"""Who sold what: vendors, listings and customers of a history, each made once for its reference.

What is there stays as it is: a vendor who has a new name since keeps it. In short transactions, keys in
order.
"""

from typing import Any, Final

from django.db import connection, transaction
from django.utils.text import slugify

from catalog.models import Category, Product, Variant
from catalog.operations.index import reindex
from checkout.operations.history.inserts import insert
from checkout.operations.history.staging import Report
from marketplace.accounts.models import BillingProfile
from marketplace.kernel import clock
from vendors.models import Vendor

ROWS_A_BATCH: Final = 2_000
# Where categories of a history stand that the shop does not have.
ROOT: Final = "imported"

# A slug is the words, as far as they can stand in an address, and a mark of the source and the reference.
SLUG: Final = """
concat_ws('-',
          nullif(trim(both '-' from left(regexp_replace(lower({words}), '[^a-z0-9]+', '-', 'g'), 60)), ''),
          left(encode(sha256(convert_to({mark}, 'UTF8')), 'hex'), 12))
"""
TABLES: Final = {
    "vendors": "vendors_vendor",
    "listings": "catalog_product, catalog_variant",
    "customers": "accounts_billingprofile",
}
# What is to be made, numbered, so that a batch is a stretch of numbers.
SELLERS: Final = """
CREATE TEMPORARY TABLE history_seller AS
SELECT row_number() OVER (ORDER BY vendor) AS place, vendor, country, timezone,
       coalesce(used.currency, any_line.currency, 'EUR') AS currency
FROM history_vendor
LEFT JOIN (SELECT DISTINCT ON (vendor) vendor, currency FROM history_line WHERE code IS NULL
           ORDER BY vendor, row) AS used USING (vendor)
LEFT JOIN (SELECT currency FROM history_line WHERE code IS NULL ORDER BY row LIMIT 1) AS any_line ON true
WHERE code IS NULL AND vendor NOT IN (SELECT reference FROM vendors_vendor WHERE source = %(source)s)
"""
PAIRS: Final = """
CREATE TEMPORARY TABLE history_pair AS
WITH pair AS (
    SELECT DISTINCT ON (vendor, product) vendor, product, currency, unit_price_minor
    FROM history_line WHERE code IS NULL AND NOT is_known ORDER BY vendor, product, sold_at DESC, row DESC
)
SELECT row_number() OVER (ORDER BY pair.vendor, pair.product) AS place, seller.id AS vendor_id, pair.*,
       coalesce(nullif(known.title, ''), product) AS title, category.id AS category_id,
       coalesce(known.weight_g, 0) AS weight_g
FROM pair
JOIN vendors_vendor AS seller ON seller.source = %(source)s AND seller.reference = pair.vendor
LEFT JOIN (SELECT * FROM history_product WHERE code IS NULL) AS known USING (product)
LEFT JOIN history_category AS category ON category.name = known.category
WHERE NOT EXISTS (
    SELECT FROM catalog_product AS listed
    WHERE listed.source = %(source)s AND listed.vendor_id = seller.id AND listed.reference = pair.product
)
"""
BUYERS: Final = """
CREATE TEMPORARY TABLE history_buyer AS
SELECT row_number() OVER (ORDER BY customer) AS place, customer
FROM (SELECT DISTINCT customer FROM history_line
      WHERE code IS NULL AND NOT is_known AND customer <> '') AS each
WHERE customer NOT IN (SELECT reference FROM accounts_billingprofile WHERE source = %(source)s)
"""
STRETCH: Final = "WHERE place > %(after)s AND place <= %(until)s ORDER BY place"
VENDORS: Final = f"""
{
    insert(
        Vendor,
        slug=SLUG.format(words="vendor", mark="concat_ws('/', %(source)s, vendor)"),
        name="vendor",
        country="country",
        currency="currency",
        timezone="timezone",
        status="'approved'",
        source="%(source)s",
        reference="vendor",
    )
} FROM history_seller {STRETCH}
"""
CATEGORIES: Final = """
SELECT DISTINCT category FROM history_product WHERE code IS NULL AND category <> '' ORDER BY category
"""
# An archived listing with one variant that nobody can buy.
LISTINGS: Final = f"""
WITH pair AS (
    SELECT * FROM history_pair WHERE place > %(after)s AND place <= %(until)s
), made AS (
    {
    insert(
        Product,
        vendor_id="vendor_id",
        category_id="coalesce(category_id, %(category)s)",
        title="title",
        slug=SLUG.format(words="title", mark="concat_ws('/', %(source)s, vendor, product)"),
        status="'archived'",
        currency="currency",
        source="%(source)s",
        reference="product",
    )
} FROM pair ORDER BY place
    RETURNING id, vendor_id, reference
), variant AS (
    {
    insert(
        Variant,
        product_id="made.id",
        vendor_id="pair.vendor_id",
        sku="left(pair.product, 64)",
        price_minor="greatest(pair.unit_price_minor, 0)",
        currency="pair.currency",
        weight_g="pair.weight_g",
        is_active="false",
    )
}
    FROM made JOIN pair ON pair.vendor_id = made.vendor_id AND pair.product = made.reference
    ORDER BY made.id
)
SELECT id FROM made
"""  # noqa: S608  # made of our own words
CUSTOMERS: Final = f"""
{insert(BillingProfile, source="%(source)s", reference="customer")} FROM history_buyer {STRETCH}
"""


def bring_vendors(*, source: str, report: Report) -> int:
    """Make the vendors that are not there, approved and without members. Returns how many."""
    return _in_batches("vendors", SELLERS, VENDORS, facts={"source": source}, report=report)


def bring_customers(*, source: str, report: Report) -> int:
    """Make a billing profile for each customer who has none, without user and e-mail. Returns how many."""
    return _in_batches("customers", BUYERS, CUSTOMERS, facts={"source": source}, report=report)


def bring_listings(*, source: str, report: Report) -> int:
    """Make a listing for each product of a vendor that has none, archived and out of stock.

    Returns how many.
    """
    facts = {"source": source, "category": _bring_categories()}
    return _in_batches("listings", PAIRS, LISTINGS, facts=facts, report=report)


def _in_batches(name: str, queue: str, statement: str, *, facts: dict[str, Any], report: Report) -> int:
    with connection.cursor() as cursor:
        cursor.execute(queue, facts)
        total: int = cursor.rowcount
        for after in range(0, total, ROWS_A_BATCH):
            until = min(after + ROWS_A_BATCH, total)
            with transaction.atomic():
                cursor.execute(statement, {**facts, "now": clock.now(), "after": after, "until": until})
                if statement is LISTINGS:
                    reindex(Product.objects.filter(pk__in=[key for (key,) in cursor.fetchall()]))
            report(name, until, total)
        if total:
            # What the planner knows of the tables is from before, when they were empty perhaps.
            cursor.execute(f"ANALYZE {TABLES[name]}")
    return total


def _bring_categories() -> int:
    """Name the category of each text in history_category; returns the key of the one for all others.

    A category of the shop is taken where its slug says the same, else one is made below "Imported".
    """
    with connection.cursor() as cursor:
        cursor.execute(CATEGORIES)
        texts = [text for (text,) in cursor.fetchall()]
        root, _ = Category.objects.get_or_create(slug=ROOT, defaults={"name": "Imported", "path": ROOT})
        slugs = {text: slugify(text.replace("_", "-"))[:100] or ROOT for text in texts}
        Category.objects.bulk_create(
            [
                Category(parent=root, name=text.replace("_", " "), slug=slug, path=f"{root.path}/{slug}")
                for slug, text in sorted({slug: text for text, slug in reversed(slugs.items())}.items())
                if slug != ROOT
            ],
            ignore_conflicts=True,
        )
        keys = dict(Category.objects.filter(slug__in=slugs.values()).values_list("slug", "pk"))
        cursor.execute("CREATE TEMPORARY TABLE history_category (name text, id bigint)")
        with cursor.copy("COPY history_category (name, id) FROM STDIN") as copy:
            for text, slug in slugs.items():
                copy.write_row((text, keys[slug]))
    return int(root.pk)
