"""What is written down when something is sold."""

from datetime import datetime

from analytics.models import EntryKind, SalesEntry
from checkout.events import OrderPaid
from checkout.models import OrderLine, VendorOrder


def record_sale(event: OrderPaid) -> None:
    """Append the sales entries of a paid order: one a line, one for the shipping of each vendor's part.

    Runs inside the transaction in which the order becomes paid, after payouts has frozen the commissions;
    nothing is added the second time. Two statements, however many vendors sold. Locks nothing.
    """
    lines = list(
        OrderLine.objects.filter(vendor_order__order=event.order_id)
        .select_related("vendor_order__order", "commission")
        .order_by("pk")
    )
    order = lines[0].vendor_order.order
    if order.paid_at is None:
        raise ValueError(f"order {order.number} is not paid")
    sold = [_of_line(line, order.paid_at) for line in lines]
    parts = {line.vendor_order_id: line.vendor_order for line in lines}
    taxed = {key: sum(line.tax_minor for line in lines if line.vendor_order_id == key) for key in parts}
    shipped = [_of_shipping(part, order.paid_at, taxed[key]) for key, part in parts.items()]
    SalesEntry.objects.bulk_create([*sold, *shipped], ignore_conflicts=True)


def _of_line(line: OrderLine, paid_at: datetime) -> SalesEntry:
    return SalesEntry(
        kind=EntryKind.LINE,
        vendor_id=line.vendor_order.vendor_id,
        order_id=line.vendor_order.order_id,
        order_line=line,
        product_id=line.product_id,
        occurred_at=paid_at,
        currency=line.currency,
        gross_minor=line.amount_minor,
        discount_minor=-line.discount_minor,
        commission_minor=-line.commission.amount_minor,
        tax_minor=line.tax_minor,
        units=line.quantity,
    )


def _of_shipping(part: VendorOrder, paid_at: datetime, taxed_minor: int) -> SalesEntry:
    """The entry of a part's shipping, with the tax that is not that of its lines."""
    return SalesEntry(
        kind=EntryKind.SHIPPING,
        vendor_id=part.vendor_id,
        order_id=part.order_id,
        occurred_at=paid_at,
        currency=part.currency,
        shipping_minor=part.shipping_minor,
        tax_minor=part.tax_minor - taxed_minor,
    )
