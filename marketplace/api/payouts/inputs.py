"""What the mutations on vendors' money take."""

import strawberry


@strawberry.input(description="Whose account with the payment provider to set up.")
class StartOnboardingInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")


@strawberry.input(description="Whose account with the payment provider to look at.")
class OpenPayoutDashboardInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")


@strawberry.input(description="Whose account with the payment provider to look up anew.")
class RefreshPayoutAccountInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")


@strawberry.input(
    description="What is said against a dispute; texts of up to 20,000 characters, all optional."
)
class EvidenceInput:
    customer_name: str = strawberry.field(default="", description="Who bought.")
    customer_email: str = strawberry.field(default="", description="Their address.")
    product_description: str = strawberry.field(default="", description="What was bought.")
    service_date: str = strawberry.field(default="", description="When a service was done.")
    shipping_carrier: str = strawberry.field(default="", description="Who brought it.")
    shipping_tracking_number: str = strawberry.field(default="", description="The parcel's number.")
    shipping_date: str = strawberry.field(default="", description="When it was sent.")
    shipping_address: str = strawberry.field(default="", description="Where to.")
    refund_policy: str = strawberry.field(default="", description="What was agreed about giving back.")
    refund_refusal: str = strawberry.field(default="", description="Why nothing was given back.")
    cancellation_rebuttal: str = strawberry.field(default="", description="Why it was not cancelled.")
    other: str = strawberry.field(default="", description="Whatever else is to be said.")


@strawberry.input(description="Say something against a dispute; the bank hears it once.")
class AnswerDisputeInput:
    dispute: strawberry.ID = strawberry.field(
        description="A VendorDispute of your vendor's, or for the platform's staff a Dispute."
    )
    evidence: EvidenceInput = strawberry.field(description="What is said; what was said before stays.")
    is_final: bool = strawberry.field(
        default=False, description="Send it to the bank: nothing can be added after that."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )
