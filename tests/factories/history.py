"""What came from another place: refunds without a payment."""

from datetime import datetime
from typing import Final

from catalog.models import Variant
from checkout.models import Order, OrderLine, Refund, RefundLine, RefundStatus
from payouts.models import CommissionReversal

CURRENCY: Final = "EUR"


def returned(
    variant: Variant,
    *,
    at: datetime,
    amount_minor: int,
    quantity: int = 1,
    shipping_minor: int = 0,
    commission_minor: int = 0,
    line: OrderLine | None = None,
    is_decided: bool = True,
) -> Refund:
    """A refund in euro of one line that was made elsewhere; nothing is published.

    Args:
        amount_minor: what went back to the buyer.
        line: what was bought, where that is known.
        is_decided: whether payouts has decided how much commission goes back.
    """
    order: Order | None = None if line is None else line.vendor_order.order
    refund = Refund.objects.create(
        order=order,
        amount_minor=amount_minor + shipping_minor,
        currency=CURRENCY,
        reason="imported",
        status=RefundStatus.SUCCEEDED,
        occurred_at=at,
        source="elsewhere",
        reference=f"R{Refund.objects.count()}",
    )
    came_back = RefundLine.objects.create(
        refund=refund,
        vendor_id=variant.vendor_id,
        product=variant.product,
        order_line=line,
        quantity=quantity,
        amount_minor=amount_minor,
        shipping_minor=shipping_minor,
        reference="1",
    )
    if is_decided:
        CommissionReversal.objects.create(
            refund_line=came_back, currency=CURRENCY, rate_bps=1000, amount_minor=commission_minor
        )
    return refund
