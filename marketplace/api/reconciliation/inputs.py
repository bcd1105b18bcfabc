"""What the mutations on differences take."""

import strawberry


@strawberry.input(description="Give a payment back that pays nothing here.")
class RefundStrayPaymentInput:
    discrepancy: strawberry.ID = strawberry.field(
        description="A Discrepancy that tells of a second, an unknown or an unfit payment."
    )
    reason: str = strawberry.field(description="Why, of up to 300 characters.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )
