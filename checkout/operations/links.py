"""The link to an order, by mail, for who knows its number and its address."""

from django.db import transaction

from checkout.events import OrderLinkRequested
from checkout.models import Order
from marketplace.kernel.events import publish
from marketplace.kernel.mailbox import normalized


def request_order_link(*, number: str, email: str) -> str:
    """Have the link mailed to the address the order was placed with, if this is it; the caller cannot see
    whether.

    Returns the address. Publishes OrderLinkRequested for an order there is. Raises InvalidInput.
    """
    email = normalized(email)
    with transaction.atomic():
        order = Order.objects.filter(number=number.strip().upper(), email__iexact=email).first()
        if order is not None:
            publish(OrderLinkRequested(order_id=order.pk))
    return email
