"""How purchases come to be known."""

from django.db import connection

from checkout.events import OrderPaid

# By product, so that two orders of one buyer, paid at once, never wait for each other both ways.
_RECORD = """
INSERT INTO recommend_purchase (billing_profile_id, product_id, first_bought_at)
SELECT DISTINCT paid.billing_profile_id, line.product_id, coalesce(paid.paid_at, paid.placed_at)
  FROM checkout_order paid
  JOIN checkout_vendororder part ON part.order_id = paid.id
  JOIN checkout_orderline line ON line.vendor_order_id = part.id
 WHERE paid.id = %s AND line.quantity > 0
 ORDER BY line.product_id
    ON CONFLICT (billing_profile_id, product_id) DO NOTHING
"""


def record_purchases(event: OrderPaid) -> None:
    """The buyer of the order has now bought its products; what they had bought before stays as it was.

    A reaction, inside the transaction of the payment. One statement; locks nothing that anybody waits for but
    another payment of the same buyer's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [event.order_id])
