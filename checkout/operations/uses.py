"""Who has used which promotion: held by the unpaid order, then used, or given back.

The caps count what is held and used. They are kept by whoever orders, who holds the promotions locked; giving
back takes no lock, for it never makes a count larger.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from checkout.models import (
    AppliedPromotion,
    Order,
    PromotionUse,
    PromotionUseState,
    VendorOrder,
    VendorOrderStatus,
)
from checkout.promotions import Verdict
from marketplace.kernel import writes


def held_uses(order: Order, verdicts: Iterable[Verdict]) -> list[PromotionUse]:
    """A use for each promotion that takes something off, unsaved."""
    return [
        PromotionUse(
            order=order,
            promotion_id=verdict.terms.key,
            coupon_id=verdict.terms.coupon,
            billing_profile=order.billing_profile,
            email=order.email,
        )
        for verdict in verdicts
        if verdict.amount_minor
    ]


def confirm_uses(order: Order) -> None:
    """The order is paid, be it late: then what was given back is used all the same."""
    rows = PromotionUse.objects.filter(order=order).exclude(state=PromotionUseState.USED)
    writes.update(rows, {"state": PromotionUseState.USED})


def give_back_uses(order: Order) -> None:
    """The order will not be paid."""
    rows = PromotionUse.objects.filter(order=order, state=PromotionUseState.HELD)
    writes.update(rows, {"state": PromotionUseState.GIVEN_BACK})


def give_back_cancelled(part: VendorOrder) -> None:
    """All of a part is cancelled after all: what took nothing off but of cancelled parts is given back.

    The caller holds the order, or two parts that end at once would each count on the other.
    """
    others = AppliedPromotion.objects.filter(
        promotion=OuterRef("promotion"), vendor_order__order=OuterRef("order")
    ).exclude(vendor_order__status=VendorOrderStatus.CANCELLED)
    rows = PromotionUse.objects.filter(~Exists(others), order=part.order_id, state=PromotionUseState.USED)
    writes.update(rows, {"state": PromotionUseState.GIVEN_BACK})
