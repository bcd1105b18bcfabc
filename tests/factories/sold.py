"""Orders that are paid as buyers pay them, with everything that follows from it."""

from django.db import transaction
from django.test import override_settings

from catalog.models import Variant
from checkout.events import OrderPaid
from checkout.models import Order, OrderLine, Payment, PaymentStatus, VendorOrder
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace.accounts.models import User
from marketplace.kernel.events import publish
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.orders import intent_of, payment_of, ready_cart
from tests.support.payments import OK, confirm


def sold(
    *variants: Variant, quantity: int = 1, ships: int = 0, user: User | None = None, card: str = OK
) -> Order:
    """An order that was paid by card; of one variant at 10.00 unless some are named."""
    order = place_order(
        cart=ready_cart(*(variants or (buyable(),)), quantity=quantity, ships=ships, user=user)
    )
    assert confirm(intent_of(order), card).status_code == 200
    payment = payment_of(order)
    settle_payment(provider=payment.provider, ref=payment.provider_ref)
    return Order.objects.get(pk=order.pk)


def part_of(order: Order, variant: Variant | None = None) -> VendorOrder:
    """The one part of an order, or that of the variant's vendor, as it is now."""
    parts = VendorOrder.objects.filter(order=order)
    return parts.get() if variant is None else parts.get(vendor=variant.vendor_id)


def line_of(part: VendorOrder) -> OrderLine:
    """The one line of a part, as it is now."""
    return OrderLine.objects.get(vendor_order=part)


def sold_as(*bought: Bought, shipping_minor: int = 0, commission_bps: int = 1000) -> Order:
    """An order of one vendor at prices and discounts of its own, paid, with all that follows from that."""
    vendor = bought[0].variant.vendor_id
    order = paid_order(*bought, shipping_minor={vendor: shipping_minor})
    Payment.objects.create(
        order=order,
        provider="sandbox",
        provider_ref=f"pi_{order.number}",
        charge_ref=f"ch_{order.number}",
        amount_minor=order.total_minor,
        currency=order.currency,
        status=PaymentStatus.SUCCEEDED,
    )
    with override_settings(COMMISSION_BPS=commission_bps), transaction.atomic():
        publish(OrderPaid(order_id=order.pk))
    return order
