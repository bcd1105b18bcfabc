"""What a buyer does about an order after it was paid: send back, complain, find it again."""

from typing import Annotated

import strawberry

from checkout.errors import ReturnWindowClosed, TooManyPhotos, TooManyUnits
from checkout.models import OrderCase, Return
from checkout.operations.cases import open_case, reply_to_case
from checkout.operations.links import request_order_link
from checkout.operations.return_photos import add_photo
from checkout.operations.returns import request_return, withdraw_return
from checkout.selectors import acting
from marketplace.api import fields, rates
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.fulfilment.inputs import (
    AddReturnPhotoInput,
    OpenOrderCaseInput,
    ReplyToCaseInput,
    RequestOrderLinkInput,
    RequestReturnInput,
    WithdrawReturnInput,
    wanted_of,
)
from marketplace.api.fulfilment.mutations.answers import (
    OrderCaseSuccess,
    ReturnSuccess,
    coming_back,
    complained,
)
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RateLimited,
    RequestInProgress,
    TransitionNotAllowed,
    UnusableImage,
)


@strawberry.type(description="If the order was placed with this address, the link is on its way there.")
class RequestOrderLinkSuccess:
    email: str = strawberry.field(description="The address.")


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        TooManyUnits,
        ReturnWindowClosed,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Ask the vendor to take units back, while there is time.",
    )
    def request_return(self, info: Info, input: Annotated[RequestReturnInput, INPUT]) -> ReturnSuccess:
        rates.count_message(info)
        key, user = decode_key(input.vendor_order, "VendorOrder", field="vendorOrder"), info.context.user
        row = request_return(
            part=acting.bought_part(key, token=input.token, user=user),
            wanted=wanted_of(input.lines),
            wish=input.wish,
            actor=user,
            idempotency_key=input.idempotency_key,
        )
        return coming_back(row)

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        UnusableImage,
        TooManyPhotos,
        TransitionNotAllowed,
        description="Show the vendor a photo of what is to go back; the same file again is no second one.",
    )
    def add_return_photo(self, info: Info, input: Annotated[AddReturnPhotoInput, INPUT]) -> ReturnSuccess:
        rates.count_message(info)
        key, user = decode_key(input.return_, "Return", field="return"), info.context.user
        asked = acting.bought(Return, key, token=input.token, user=user)
        add_photo(asked=asked, content=input.photo.take(field="photo"), alt=input.alt, actor=user)
        return coming_back(asked)

    @fields.mutation(
        NotFound,
        TransitionNotAllowed,
        description="Keep after all what was to go back; possible until some of it is with the vendor.",
    )
    def withdraw_return(self, info: Info, input: Annotated[WithdrawReturnInput, INPUT]) -> ReturnSuccess:
        key, user = decode_key(input.return_, "Return", field="return"), info.context.user
        asked = acting.bought(Return, key, token=input.token, user=user)
        return coming_back(withdraw_return(asked=asked, actor=user))

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Complain to a vendor about its part of an order that was paid.",
    )
    def open_order_case(self, info: Info, input: Annotated[OpenOrderCaseInput, INPUT]) -> OrderCaseSuccess:
        rates.count_message(info)
        key, user = decode_key(input.vendor_order, "VendorOrder", field="vendorOrder"), info.context.user
        case = open_case(
            part=acting.bought_part(key, token=input.token, user=user),
            actor=user,
            topic=input.topic,
            text=input.message,
            idempotency_key=input.idempotency_key,
        )
        return complained(case)

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Write to the vendor about a complaint of yours; one that was closed is open again.",
    )
    def reply_to_case(self, info: Info, input: Annotated[ReplyToCaseInput, INPUT]) -> OrderCaseSuccess:
        rates.count_message(info)
        key, user = decode_key(input.case, "OrderCase", field="case"), info.context.user
        case = acting.bought(OrderCase, key, token=input.token, user=user)
        message = reply_to_case(
            case=case,
            actor=user,
            is_from_vendor=False,
            text=input.message,
            idempotency_key=input.idempotency_key,
        )
        return complained(message)

    @fields.mutation(
        RateLimited,
        InvalidInput,
        description="Have the link to an order mailed to the address it was placed with. Whether there is "
        "such an order is not told.",
    )
    def request_order_link(
        self, info: Info, input: Annotated[RequestOrderLinkInput, INPUT]
    ) -> RequestOrderLinkSuccess:
        rates.count_order_link(info, input.email)
        return RequestOrderLinkSuccess(email=request_order_link(number=input.number, email=input.email))
