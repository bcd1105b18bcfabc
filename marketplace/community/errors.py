"""What is refused about reviews, wishlists and alerts."""

from dataclasses import dataclass

from marketplace.kernel.errors import Refusal


@dataclass(eq=False, kw_only=True)
class NotDelivered(Refusal):
    """Nothing of the line has arrived yet, so there is nothing to say of it."""

    text = "You can review {title} once it has arrived."
    title: str
    field: str | None = "line"


@dataclass(eq=False, kw_only=True)
class AlreadyReviewed(Refusal):
    """The line of the order has its review, which can be changed for a while."""

    text = "You have reviewed this purchase already."
    field: str | None = "line"


@dataclass(eq=False, kw_only=True)
class OwnListing(Refusal):
    """Who works for a vendor says nothing of its goods, under whatever address."""

    text = "You cannot do this about what your own vendor sells."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class OwnReview(Refusal):
    """Nobody votes on, or reports, what they wrote themselves."""

    text = "You cannot do this about a review of your own."
    field: str | None = "review"


@dataclass(eq=False, kw_only=True)
class EditWindowClosed(Refusal):
    """The review, or the reply, stays as it is."""

    text = "This was written too long ago, or changed already, and stays as it is."
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TooManyReviewPhotos(Refusal):
    """The review has as many photos as it may."""

    text = "A review has at most {limit} photos."
    limit: int
    field: str | None = "photo"


@dataclass(eq=False, kw_only=True)
class WishlistFull(Refusal):
    """The list holds as much as it may."""

    text = "A wishlist holds at most {limit} things."
    limit: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TooManyWishlists(Refusal):
    """There are as many lists as there may be."""

    text = "You can have at most {limit} wishlists."
    limit: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TooManyAlerts(Refusal):
    """As many things are waited for as may be."""

    text = "You can wait for at most {limit} things at once."
    limit: int
    field: str | None = None
