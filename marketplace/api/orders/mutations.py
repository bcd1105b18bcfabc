"""What a buyer does with an order: place it, ask for its payment, give it up."""

import contextlib
from typing import Annotated

import strawberry

from catalog.errors import OutOfStock
from checkout.errors import (
    CheckoutIncomplete,
    CouponExpired,
    CouponNotMet,
    CouponUsedUp,
    NotForSale,
    NotShippedThere,
    PaymentDeclined,
    PaymentDisputed,
    PaymentQuarantined,
    PaymentRefused,
    PaymentUnderWay,
    PriceChanged,
    RefundExceedsPaid,
    SelfDealing,
)
from checkout.models import Order
from checkout.operations.expire import cancel_order
from checkout.operations.open_carts import forget_order, remember_paid
from checkout.operations.place import place_order_of
from checkout.operations.settle import settled
from checkout.selectors import orders as selectors
from marketplace.accounts.errors import PaymentsSilent, SignInRequired
from marketplace.accounts.operations import cards
from marketplace.api import fields, rates
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.orders.inputs import CancelOrderInput, ConfirmPaymentInput, PlaceOrderInput
from marketplace.api.orders.types import OrderType
from marketplace.api.scalars import decode_key
from marketplace.gateway.provider import ProviderUnavailable
from marketplace.kernel.errors import (
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RateLimited,
    RequestInProgress,
    TransitionNotAllowed,
)
from marketplace.kernel.known import know


@strawberry.type(description="The order waits for its payment, or is paid where there was nothing to pay.")
class PlaceOrderSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order.")
    def order(self, info: Info) -> Order:
        return fields.filled([self.row], info)[0]

    @fields.field(description="Opens the order by its number without signing in; keep it like a password.")
    def token(self) -> str:
        return selectors.token_of(self.row)


@strawberry.type(description="The order as it is now; its status tells whether it is paid.")
class ConfirmPaymentSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order as it is now.")
    def order(self, info: Info) -> Order:
        return fields.filled([self.row], info)[0]


@strawberry.type(description="The order is given up; the cart is as it was, and what was paid goes back.")
class CancelOrderSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order as it is now.")
    def order(self, info: Info) -> Order:
        return fields.filled([self.row], info)[0]


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        SignInRequired,
        NotFound,
        PaymentsSilent,
        CheckoutIncomplete,
        NotForSale,
        NotShippedThere,
        SelfDealing,
        OutOfStock,
        PriceChanged,
        CouponExpired,
        CouponUsedUp,
        CouponNotMet,
        PaymentUnderWay,
        PaymentRefused,
        IdempotencyKeyReused,
        RequestInProgress,
        CurrencyMismatch,
        InvalidInput,
        description="Order what is in the cart: its stock is yours until the order expires. Without a change "
        "of the cart the same order is answered again; after one, the unpaid order gives way to another.",
    )
    def place_order(self, info: Info, input: Annotated[PlaceOrderInput, INPUT]) -> PlaceOrderSuccess:
        rates.count_order(info)
        context = info.context
        card_id = None
        if input.payment_method is not None:
            context.demand_user()
            card_id = decode_key(input.payment_method, "PaymentMethod", field="paymentMethod")
        elif input.save_card:
            cards.ensure_customer(context.demand_user().billing_profile)
        order = place_order_of(
            session=context.session,
            user=context.user,
            expected_total=input.expected_total,
            idempotency_key=input.idempotency_key,
            saves_card=input.save_card,
            card_id=card_id,
            client=context.client,
        )
        forget_order(context.session)
        remember_paid(context.session, order)
        return PlaceOrderSuccess(row=order)

    @fields.mutation(
        RateLimited,
        NotFound,
        PaymentDeclined,
        PaymentQuarantined,
        description="Ask what the payment has come to, after the buyer's browser confirmed it with the "
        "provider; nothing is believed but what the provider says. Ask again while the order is pending.",
    )
    def confirm_payment(
        self, info: Info, input: Annotated[ConfirmPaymentInput, INPUT]
    ) -> ConfirmPaymentSuccess:
        rates.count_payment(info)
        order = _order(info, number=input.number, token=input.token)
        payment = next(iter(order.payments.all()), None)
        if payment is not None and payment.provider_ref:
            # Without an answer the order is as it was; a webhook will tell.
            with contextlib.suppress(ProviderUnavailable):
                payment = settled(provider=payment.provider, ref=payment.provider_ref)
                order = payment.order
                know(order, "payments", [payment])
            if order.is_open and payment.decline_code:
                raise PaymentDeclined(decline_code=payment.decline_code)
        remember_paid(info.context.session, order)
        return ConfirmPaymentSuccess(row=order)

    @fields.mutation(
        NotFound,
        TransitionNotAllowed,
        PaymentDisputed,
        RefundExceedsPaid,
        PaymentUnderWay,
        IdempotencyKeyReused,
        RequestInProgress,
        description="Give up an order. One that is not paid frees its stock, and its cart may be changed; "
        "one that was paid is paid back, as long as nothing of it was sent.",
    )
    def cancel_order(self, info: Info, input: Annotated[CancelOrderInput, INPUT]) -> CancelOrderSuccess:
        order = _order(info, number=input.number, token=input.token)
        cancelled = cancel_order(order=order, actor=info.context.user, idempotency_key=input.idempotency_key)
        return CancelOrderSuccess(row=cancelled)


def _order(info: Info, *, number: str, token: str | None) -> Order:
    """The order of this number. Raises NotFound for whom it does not concern as for a random number."""
    rows = selectors.order_by_number(number=number, token=token, user=info.context.user)
    order = selectors.with_last_payment(rows)
    if order is None:
        raise NotFound(thing="order", field="number")
    return order
