"""What the platform's staff decide about orders under review."""

from typing import Annotated

import strawberry

from checkout.errors import PaymentDisputed, RefundExceedsPaid
from checkout.models import OrderReview
from checkout.operations import reviews
from checkout.permissions import DECIDE_REVIEWS
from marketplace.accounts.models import User
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.risk.inputs import RejectOrderInput, ReleaseOrderInput
from marketplace.api.risk.types import OrderReviewType
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
)


@strawberry.type(description="It was decided.")
class OrderReviewSuccess:
    row: strawberry.Private[OrderReview]

    @fields.field(OrderReviewType, description="The review as it is now.")
    def review(self, info: Info) -> OrderReview:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        InvalidInput,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: let an order be sent that people have looked at.",
    )
    def release_order(self, info: Info, input: Annotated[ReleaseOrderInput, INPUT]) -> OrderReviewSuccess:
        actor, review = _as_staff(input.review, info)
        decided = reviews.release_order(
            review=review, actor=actor, note=input.note, idempotency_key=input.idempotency_key
        )
        return OrderReviewSuccess(row=decided)

    @fields.mutation(
        NotFound,
        InvalidInput,
        PaymentDisputed,
        RefundExceedsPaid,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Platform: cancel all of an order that people have looked at, and give back what it "
        "cost, what was sent of it too.",
    )
    def reject_order(self, info: Info, input: Annotated[RejectOrderInput, INPUT]) -> OrderReviewSuccess:
        actor, review = _as_staff(input.review, info)
        decided = reviews.reject_order(
            review=review, actor=actor, note=input.note, idempotency_key=input.idempotency_key
        )
        return OrderReviewSuccess(row=decided)


def _as_staff(identifier: str, info: Info) -> tuple[User, OrderReview]:
    """Who decides, and what about. Raises NotFound for who may not as for what there is not."""
    key = decode_key(identifier, "OrderReview", field="review")
    actor = info.context.staff_who_may(DECIDE_REVIEWS)
    review = OrderReview.objects.filter(pk=key).first() if actor else None
    if actor is None or review is None:
        raise NotFound(thing="review", field="review")
    return actor, review
