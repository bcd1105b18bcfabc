"""What a vendor's people do with a part of theirs: send it, cancel of it, give money back."""

from typing import Annotated

import strawberry

from checkout.errors import OrderUnderReview, PaymentDisputed, RefundExceedsPaid, TooManyUnits
from checkout.operations.cancel import cancel_vendor_order
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.refund import Asked, refund_vendor_order
from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.fulfilment.inputs import (
    CancelVendorOrderInput,
    DeliverFulfillmentInput,
    FulfillVendorOrderInput,
    RefundVendorOrderInput,
    units_of,
)
from marketplace.api.fulfilment.mutations.answers import (
    FulfillmentSuccess,
    RefundSuccess,
    VendorOrderSuccess,
    given_back,
    sent,
    sold_parcel,
    sold_part,
)
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
        OrderUnderReview,
        TooManyUnits,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Send units of your part of an order in one parcel; the buyer is told by mail.",
        is_for_keys=True,
    )
    def fulfill_vendor_order(
        self, info: Info, input: Annotated[FulfillVendorOrderInput, INPUT]
    ) -> FulfillmentSuccess:
        part = sold_part(input.vendor_order, VendorPermission.FULFIL_ORDERS, info)
        parcel = fulfill_vendor_order(
            part=part,
            actor=info.context.demand_actor(),
            units=units_of(input.lines),
            carrier=input.carrier,
            tracking_number=input.tracking_number,
            idempotency_key=input.idempotency_key,
        )
        return sent(parcel)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        description="Say that a parcel has arrived; with the last one your part of the order is delivered.",
    )
    def deliver_fulfillment(
        self, info: Info, input: Annotated[DeliverFulfillmentInput, INPUT]
    ) -> FulfillmentSuccess:
        parcel = sold_parcel(input.fulfillment, VendorPermission.FULFIL_ORDERS, info)
        return sent(mark_delivered(fulfillment=parcel, actor=info.context.demand_actor()))

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        TooManyUnits,
        PaymentDisputed,
        RefundExceedsPaid,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Cancel what will not be sent of your part of an order: it is on the shelf again, and "
        "what it cost goes back.",
        is_for_keys=True,
    )
    def cancel_vendor_order(
        self, info: Info, input: Annotated[CancelVendorOrderInput, INPUT]
    ) -> VendorOrderSuccess:
        part = cancel_vendor_order(
            part=sold_part(input.vendor_order, VendorPermission.FULFIL_ORDERS, info),
            actor=info.context.demand_actor(),
            reason=input.reason,
            units=units_of(input.lines),
            idempotency_key=input.idempotency_key,
        )
        return VendorOrderSuccess(part_id=part.pk)

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        RefundExceedsPaid,
        PaymentDisputed,
        TooManyUnits,
        TransitionNotAllowed,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Give money of your part of an order back to its buyer, at your expense; never more than "
        "was paid. What was not sent is cancelled instead.",
        is_for_keys=True,
    )
    def refund_vendor_order(
        self, info: Info, input: Annotated[RefundVendorOrderInput, INPUT]
    ) -> RefundSuccess:
        part = sold_part(input.vendor_order, VendorPermission.REFUND_ORDERS, info)
        amount = input.amount
        asked = Asked(
            units=units_of(input.lines),
            is_shipping=input.shipping,
            amount=None if amount is None else Money.from_decimal(amount, part.currency, field="amount"),
            is_restocked=input.restock,
        )
        refund = refund_vendor_order(
            part=part,
            asked=asked,
            reason=input.reason,
            actor=info.context.demand_actor(),
            idempotency_key=input.idempotency_key,
        )
        return given_back(refund, part)
