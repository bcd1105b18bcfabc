"""What staff say of money: adjustments, tax that was remitted, a transfer to be sent again."""

from decimal import Decimal

import strawberry


@strawberry.input(description="Give a vendor something beside what it sold, or ask for it.")
class AdjustVendorBalanceInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    amount: Decimal = strawberry.field(
        description="In the vendor's currency; below zero it is asked for, and kept of its next transfers."
    )
    reason: str = strawberry.field(description="Why; the vendor reads it.")
    vendor_order: strawberry.ID | None = strawberry.field(
        default=None, description="The vendor's part of an order that it is about, if of one."
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own; the same request with the same key has one effect."
    )


@strawberry.input(description="The platform has paid tax that was its to remit.")
class RecordTaxRemittanceInput:
    amount: Decimal = strawberry.field(description="How much.")
    currency: str = strawberry.field(description="ISO 4217 code of the currency.")
    note: str = strawberry.field(description="Which tax, and of which time.")
    is_on_commission: bool = strawberry.field(
        default=False,
        description="Whether it is the tax on the platform's own commission, not that which it remits for "
        "vendors.",
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own; the same request with the same key has one effect."
    )


@strawberry.input(description="Send a transfer now that was refused, or whose answer is missing.")
class RetryTransferInput:
    transfer: strawberry.ID = strawberry.field(description="The transfer.")
