"""What the mutations on differences take."""

from decimal import Decimal

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


@strawberry.input(description="What of a refund is of one vendor's part of the order.")
class RefundShareInput:
    vendor_order: strawberry.ID = strawberry.field(description="The VendorOrder.")
    amount: Decimal = strawberry.field(description="How much of it, in the currency of the refund.")


@strawberry.input(description="Say of which parts a refund is that was made on the provider's own pages.")
class RecordProviderRefundInput:
    discrepancy: strawberry.ID = strawberry.field(description="A Discrepancy that tells of the refund.")
    shares: list[RefundShareInput] = strawberry.field(
        description="Each part that something went back for; together they are the refund."
    )
