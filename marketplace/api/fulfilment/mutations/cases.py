"""What is said about complaints."""

from typing import Annotated

import strawberry

from checkout.models import OrderCase
from checkout.operations.cases import close_case, reply_to_case
from checkout.selectors import acting
from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.fulfilment.inputs import AnswerOrderCaseInput, CloseOrderCaseInput
from marketplace.api.fulfilment.mutations.answers import OrderCaseSuccess, complained, sold_case
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
)
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Write to a buyer who complained; a case that was closed is open again.",
    )
    def answer_order_case(
        self, info: Info, input: Annotated[AnswerOrderCaseInput, INPUT]
    ) -> OrderCaseSuccess:
        message = reply_to_case(
            case=sold_case(input.case, VendorPermission.ANSWER_BUYERS, info),
            actor=info.context.demand_user(),
            is_from_vendor=True,
            text=input.message,
            idempotency_key=input.idempotency_key,
        )
        return complained(message)

    @fields.mutation(
        NotFound,
        NotPermitted,
        TransitionNotAllowed,
        description="Say that nothing is left of a complaint, as its buyer or as the vendor.",
    )
    def close_order_case(self, info: Info, input: Annotated[CloseOrderCaseInput, INPUT]) -> OrderCaseSuccess:
        key, user = decode_key(input.case, "OrderCase", field="case"), info.context.user
        case = acting.bought_or_none(OrderCase, key, token=input.token, user=user)
        case = case or sold_case(input.case, VendorPermission.ANSWER_BUYERS, info)
        return complained(close_case(case=case, actor=user))
