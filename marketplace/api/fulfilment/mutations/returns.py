"""What is done about what buyers send back."""

from decimal import Decimal
from typing import Annotated

import strawberry

from catalog.errors import OutOfStock
from catalog.models import Variant
from checkout.errors import (
    NotExchangeable,
    OrderUnderReview,
    PaymentDisputed,
    RefundExceedsPaid,
    TooManyUnits,
)
from checkout.models import Return
from checkout.operations.return_ends import Parcel, exchange_return, refund_return
from checkout.operations.returns import answer_return, receive_return
from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.fulfilment.inputs import (
    AnswerReturnInput,
    ExchangeReturnInput,
    ReceiveReturnInput,
    RefundReturnInput,
    units_of,
)
from marketplace.api.fulfilment.mutations.answers import (
    FulfillmentSuccess,
    RefundSuccess,
    ReturnSuccess,
    coming_back,
    given_back,
    sent,
    sold_return,
)
from marketplace.api.scalars import decode_key
from marketplace.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequestInProgress,
    TransitionNotAllowed,
)
from marketplace.kernel.money import Money
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Say whether a buyer may send something back, and how, or why not.",
        is_for_keys=True,
    )
    def answer_return(self, info: Info, input: Annotated[AnswerReturnInput, INPUT]) -> ReturnSuccess:
        row = answer_return(
            asked=sold_return(input.return_, VendorPermission.REFUND_ORDERS, info),
            is_approved=input.is_approved,
            answer=input.answer,
            actor=info.context.demand_actor(),
            idempotency_key=input.idempotency_key,
        )
        return coming_back(row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        TooManyUnits,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Count what came back of a return, all at once or bit by bit.",
    )
    def receive_return(self, info: Info, input: Annotated[ReceiveReturnInput, INPUT]) -> ReturnSuccess:
        row = receive_return(
            asked=sold_return(input.return_, VendorPermission.FULFIL_ORDERS, info),
            actor=info.context.demand_actor(),
            units=units_of(input.lines),
            is_restocked=input.restock,
            idempotency_key=input.idempotency_key,
        )
        return coming_back(row)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        RefundExceedsPaid,
        PaymentDisputed,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Pay back what came back of a return, less a fee for the way back to the shelf.",
    )
    def refund_return(self, info: Info, input: Annotated[RefundReturnInput, INPUT]) -> RefundSuccess:
        asked = sold_return(input.return_, VendorPermission.REFUND_ORDERS, info)
        refund = refund_return(
            asked=asked,
            actor=info.context.demand_actor(),
            fee=_fee(input.restocking_fee, asked),
            is_shipping=input.shipping,
            idempotency_key=input.idempotency_key,
        )
        return given_back(refund, asked.vendor_order)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        OrderUnderReview,
        OutOfStock,
        NotExchangeable,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Send again what came back of a return: the same, or another variant at its price.",
    )
    def exchange_return(self, info: Info, input: Annotated[ExchangeReturnInput, INPUT]) -> FulfillmentSuccess:
        asked = sold_return(input.return_, VendorPermission.FULFIL_ORDERS, info)
        parcel = exchange_return(
            asked=asked,
            actor=info.context.demand_actor(),
            variant=None if input.variant is None else _variant(input.variant, asked),
            parcel=Parcel(carrier=input.carrier, tracking_number=input.tracking_number),
            idempotency_key=input.idempotency_key,
        )
        return sent(parcel)


def _fee(fee: Decimal | None, asked: Return) -> Money | None:
    currency = asked.vendor_order.currency
    return None if fee is None else Money.from_decimal(fee, currency, field="restockingFee")


def _variant(identifier: str, asked: Return) -> Variant:
    """Of the same vendor. Raises NotFound for everybody else's as for none."""
    key = decode_key(identifier, "ListingVariant", field="variant")
    variant = Variant.objects.filter(pk=key, product__vendor=asked.vendor_order.vendor_id).first()
    if variant is None:
        raise NotFound(thing="variant", field="variant")
    return variant
