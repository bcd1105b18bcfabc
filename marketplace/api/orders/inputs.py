"""What the mutations on orders take."""

from decimal import Decimal

import strawberry


@strawberry.input(description="Order what is in the cart.")
class PlaceOrderInput:
    expected_total: Decimal | None = strawberry.field(
        default=None,
        description="What the buyer was told it costs, in the cart's currency; more than that is refused.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own: the same one again answers the same order."
    )
    save_card: bool = strawberry.field(
        default=False, description="Whether the card that pays is kept for you; only for who is signed in."
    )
    payment_method: strawberry.ID | None = strawberry.field(
        default=None,
        description="A card that you keep, which is charged at once. Where the bank declines it or asks for "
        "you, the order waits, and your browser confirms the payment as ever.",
    )


@strawberry.input(description="Ask what the payment of an order has come to.")
class ConfirmPaymentInput:
    number: str = strawberry.field(description="The order's number.")
    token: str | None = strawberry.field(
        default=None, description="The order's token; not needed for what you ordered signed in."
    )


@strawberry.input(description="Give up an order: before it is paid, or before any of it is sent.")
class CancelOrderInput:
    number: str = strawberry.field(description="The order's number.")
    token: str | None = strawberry.field(
        default=None, description="The order's token; not needed for what you ordered signed in."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own: the same one again does nothing new."
    )
