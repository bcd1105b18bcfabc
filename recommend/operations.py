"""How purchases come to be known, and the files that are built of them."""

from datetime import timedelta

from django.conf import settings

from checkout.events import HistoryImported, OrderPaid
from marketplace.kernel import clock, writes
from recommend import files, history
from recommend.matrix import Matrix
from recommend.models import Removal

# By buyer and product, so that two transactions never wait for each other both ways. What was bought before
# stays as it was, unless it turns out to have been bought earlier.
_RECORD = """
INSERT INTO recommend_purchase (billing_profile_id, product_id, first_bought_at)
SELECT paid.billing_profile_id, line.product_id, min(coalesce(paid.paid_at, paid.placed_at))
  FROM checkout_order paid
  JOIN checkout_vendororder part ON part.order_id = paid.id
  JOIN checkout_orderline line ON line.vendor_order_id = part.id
 WHERE paid.id = ANY(%s) AND line.quantity > 0
 GROUP BY paid.billing_profile_id, line.product_id
 ORDER BY paid.billing_profile_id, line.product_id
    ON CONFLICT (billing_profile_id, product_id) DO UPDATE
   SET first_bought_at = excluded.first_bought_at
 WHERE recommend_purchase.first_bought_at > excluded.first_bought_at
"""


def record_purchases(event: OrderPaid) -> None:
    """The buyer of the order has now bought its products; what they had bought before stays as it was.

    A reaction, inside the transaction of the payment. One statement, which may be sent with others
    (kernel/writes); locks nothing that anybody waits for but another payment of the same buyer's.
    """
    writes.send(_RECORD, [[event.order_id]])


def record_past_purchases(event: HistoryImported) -> None:
    """The same for the orders of an imported batch, in one statement; refunds change nothing.

    A reaction, inside the transaction of the batch.
    """
    writes.send(_RECORD, [list(event.order_ids)])


def train() -> Matrix:
    """Build the files of all purchases anew, and make them current in RECOMMEND_DIR.

    Waits for another builder of the same folder. Side effects: writes files and removes superseded ones;
    dates back rows of a restored database. Nobody waits for it: who reads the older files reads on, and what
    is bought meanwhile is read beside the new ones.
    """
    with files.writing(settings.RECOMMEND_DIR) as write:
        matrix, mark = history.whole()
        write(matrix, mark)
    return matrix


def forget_removals(*, older_than: timedelta) -> None:
    """Delete the notes of purchases that went so long ago."""
    Removal.objects.filter(removed_at__lt=clock.now() - older_than).delete()
