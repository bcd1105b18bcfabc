"""What the mutations on alerts take."""

import strawberry


@strawberry.input(description="Have mail when a product is back in stock, or costs less.")
class SubscribeToProductInput:
    product: strawberry.ID = strawberry.field(description="Which.")
    variant: strawberry.ID | None = strawberry.field(default=None, description="Which variant; any unasked.")
    is_for_stock: bool = strawberry.field(default=True, description="When it is back.")
    is_for_price: bool = strawberry.field(default=True, description="When it costs less than now.")


@strawberry.input(description="Wait for it no more.")
class UnsubscribeFromProductInput:
    alert: strawberry.ID = strawberry.field(description="For what.")
