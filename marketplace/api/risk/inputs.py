"""What the decisions about orders under review take."""

import strawberry


@strawberry.input(description="An order is all right.")
class ReleaseOrderInput:
    review: strawberry.ID = strawberry.field(description="The review of the order.")
    note: str = strawberry.field(default="", description="In words, for the record; nobody else reads it.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )


@strawberry.input(description="An order is called off, and paid back.")
class RejectOrderInput:
    review: strawberry.ID = strawberry.field(description="The review of the order.")
    note: str = strawberry.field(default="", description="In words, for the record; nobody else reads it.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; the same request with the same key has one effect."
    )
