"""What a buyer does with an order: place it, ask for its payment, give it up."""

import contextlib
from typing import Annotated

import strawberry

from catalog.errors import OutOfStock
from checkout.errors import (
    CheckoutIncomplete,
    NotForSale,
    PaymentDeclined,
    PaymentQuarantined,
    PaymentRefused,
    PaymentUnderWay,
    PriceChanged,
)
from checkout.models import Order, Payment
from checkout.operations.expire import cancel_order
from checkout.operations.open_carts import forget_order, remember_paid
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from checkout.selectors import orders as selectors
from checkout.selectors.cart import cart_for
from marketplace.api import fields, rates
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.orders.inputs import CancelOrderInput, ConfirmPaymentInput, PlaceOrderInput
from marketplace.api.orders.types import OrderType
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
from marketplace.kernel.money import Money


@strawberry.type(description="The order waits for its payment, or is paid where there was nothing to pay.")
class PlaceOrderSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order.")
    def order(self, info: Info) -> Order:
        return fields.refetch(self.row, info)

    @fields.field(description="Opens the order by its number without signing in; keep it like a password.")
    def token(self) -> str:
        return selectors.token_of(self.row)


@strawberry.type(description="The order as it is now; its status tells whether it is paid.")
class ConfirmPaymentSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order as it is now.")
    def order(self, info: Info) -> Order:
        return fields.refetch(self.row, info)


@strawberry.type(description="The order is given up; the cart is as it was.")
class CancelOrderSuccess:
    row: strawberry.Private[Order]

    @fields.field(OrderType, description="The order as it is now.")
    def order(self, info: Info) -> Order:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        CheckoutIncomplete,
        NotForSale,
        OutOfStock,
        PriceChanged,
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
        cart = cart_for(session=context.session, user=context.user)
        if cart is None:
            raise CheckoutIncomplete(missing="something in the cart")
        expected = input.expected_total
        order = place_order(
            cart=cart,
            expected_total=None
            if expected is None
            else Money.from_decimal(expected, cart.currency, field="expectedTotal"),
            idempotency_key=input.idempotency_key,
            actor=context.user,
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
        payment = order.payments.order_by("pk").last()
        if payment is not None and payment.provider_ref:
            # Without an answer the order is as it was; a webhook will tell.
            with contextlib.suppress(ProviderUnavailable):
                settle_payment(provider=payment.provider, ref=payment.provider_ref)
            payment = Payment.objects.select_related("order__cart").get(pk=payment.pk)
            order = payment.order
            if order.is_open and payment.decline_code:
                raise PaymentDeclined(decline_code=payment.decline_code)
        remember_paid(info.context.session, order)
        return ConfirmPaymentSuccess(row=order)

    @fields.mutation(
        NotFound,
        TransitionNotAllowed,
        PaymentUnderWay,
        description="Give up an order that is not paid; its stock is free and its cart may be changed.",
    )
    def cancel_order(self, info: Info, input: Annotated[CancelOrderInput, INPUT]) -> CancelOrderSuccess:
        order = _order(info, number=input.number, token=input.token)
        return CancelOrderSuccess(row=cancel_order(order=order, actor=info.context.user))


def _order(info: Info, *, number: str, token: str | None) -> Order:
    """The order of this number. Raises NotFound for whom it does not concern as for a random number."""
    rows = selectors.order_by_number(number=number, token=token, user=info.context.user)
    order = rows.select_related("cart").first()
    if order is None:
        raise NotFound(thing="order", field="number")
    return order
