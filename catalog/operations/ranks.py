"""What lists are ordered by besides what stands on a product: the one writer of `Product.sold_lately`."""

from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from catalog.models import Product
from marketplace.kernel import clock
from marketplace.kernel.locking import lock

SOLD_WITHIN: Final = timedelta(days=90)
# So many products are held at a time, for sales wait meanwhile.
BATCH: Final = 500

_CHANGED: Final = """
SELECT product.id
  FROM catalog_product product
  LEFT JOIN ({sold}) AS sold ON sold.product_id = product.id
 WHERE product.sold_lately <> coalesce(sold.units, 0)
   AND (product.sold_lately > 0 OR sold.units > 0)
 ORDER BY product.id
"""
_SOLD: Final = """
SELECT variant.product_id, greatest(-sum(movement.delta), 0) AS units
  FROM catalog_stockmovement movement
  JOIN catalog_variant variant ON variant.id = movement.variant_id
 WHERE movement.reason = 'sold' AND movement.created_at > %(since)s {of_these}
 GROUP BY variant.product_id
"""
_UPDATE: Final = """
UPDATE catalog_product product
   SET sold_lately = coalesce(sold.units, 0)
  FROM unnest(%(keys)s::bigint[]) AS key
  LEFT JOIN ({sold}) AS sold ON sold.product_id = key
 WHERE product.id = key AND product.sold_lately <> coalesce(sold.units, 0)
"""


def count_sales() -> int:
    """Count anew what each product sold in the last 90 days; returns how many products that changed.

    One statement finds them. They are written 500 at a time, two statements and a transaction of its own
    each, in which they are counted once more. Locks the products, in pk order, so that a sale under way is
    waited for and never waits in a circle.
    """
    since = clock.now() - SOLD_WITHIN
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(sold=_SOLD.format(of_these="")), {"since": since})
        changed = [key for (key,) in cursor]
    for start in range(0, len(changed), BATCH):
        keys = changed[start : start + BATCH]
        with transaction.atomic():
            lock(Product.objects.filter(pk__in=keys).only("pk"))
            with connection.cursor() as cursor:
                of_these = "AND variant.product_id = ANY(%(keys)s)"
                statement = _UPDATE.format(sold=_SOLD.format(of_these=of_these))
                cursor.execute(statement, {"since": since, "keys": keys})
    return len(changed)
