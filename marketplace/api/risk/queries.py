"""Who may see which orders are looked at: the platform's staff."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from checkout import models
from checkout.permissions import VIEW_REVIEWS
from checkout.selectors import reviews as selectors
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.risk.types import OrderReviewType


@visible("OrderReview")
def visible_reviews(info: Info) -> "QuerySet[models.OrderReview]":
    may = info.context.staff_who_may(VIEW_REVIEWS)
    return selectors.reviews() if may else models.OrderReview.objects.none()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        OrderReviewType,
        description="Orders that people look at, newest first; those that wait, the longest waiting first.",
        is_guarded=True,
    )
    def order_reviews(
        self,
        info: Info,
        *,
        is_open: Annotated[
            bool | None, strawberry.argument(description="Only those that wait, or only those that do not.")
        ] = None,
    ) -> "QuerySet[models.OrderReview]":
        info.context.demand_staff(VIEW_REVIEWS)
        if is_open:
            return selectors.open_reviews()
        rows = selectors.reviews()
        return rows if is_open is None else rows.exclude(status=models.OrderReviewStatus.OPEN)
