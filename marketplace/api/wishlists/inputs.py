"""What the mutations on wishlists take."""

import strawberry


@strawberry.input(description="Put something on a wishlist.")
class AddToWishlistInput:
    product: strawberry.ID = strawberry.field(description="What.")
    variant: strawberry.ID | None = strawberry.field(
        default=None, description="In which variant; any unasked."
    )
    wishlist: strawberry.ID | None = strawberry.field(
        default=None, description="Where; your default one unasked."
    )


@strawberry.input(description="Take something off a wishlist.")
class RemoveFromWishlistInput:
    item: strawberry.ID = strawberry.field(description="What.")


@strawberry.input(description="Put what is on a wishlist into the cart.")
class MoveToCartInput:
    item: strawberry.ID = strawberry.field(description="What.")
    quantity: int = strawberry.field(default=1, description="How many units.")


@strawberry.input(description="Make a wishlist, or give one another name.")
class SaveWishlistInput:
    name: str = strawberry.field(description="What it is called: 80 characters at most.")
    wishlist: strawberry.ID | None = strawberry.field(default=None, description="Which; a new one unasked.")


@strawberry.input(description="Delete a wishlist.")
class DeleteWishlistInput:
    wishlist: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Let whoever has its link read a wishlist.")
class ShareWishlistInput:
    wishlist: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Let the link of a wishlist open nothing any more.")
class RevokeWishlistLinkInput:
    wishlist: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Say whether you want mail about what is on a wishlist.")
class SetWishlistAlertsInput:
    wishlist: strawberry.ID = strawberry.field(description="Which.")
    is_watched: bool = strawberry.field(
        description="Whether you want mail when something on it is back or costs less."
    )
