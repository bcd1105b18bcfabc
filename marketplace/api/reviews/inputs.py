"""What the mutations on reviews take."""

import strawberry

from marketplace.api.choices import enum_of
from marketplace.api.uploads import Upload
from marketplace.community.models import ReviewFault

enum_of(ReviewFault, description="Why a review should not be shown.")

BY_LINK = "The token of the order's link, for who is not signed in."


@strawberry.input(description="Say what a product is like that has arrived.")
class ReviewProductInput:
    line: strawberry.ID = strawberry.field(description="The line of your order.")
    stars: int = strawberry.field(description="From 1 to 5.")
    title: str = strawberry.field(default="", description="In a line: 120 characters at most.")
    text: str = strawberry.field(default="", description="In full: 5,000 characters at most.")
    author_name: str = strawberry.field(
        default="", description="As whom you wish to be shown: 60 characters at most; empty for nobody."
    )
    token: str | None = strawberry.field(default=None, description=BY_LINK)


@strawberry.input(description="Say it in other words.")
class UpdateReviewInput:
    review: strawberry.ID = strawberry.field(description="What you wrote.")
    stars: int = strawberry.field(description="From 1 to 5.")
    title: str = strawberry.field(default="", description="In a line: 120 characters at most.")
    text: str = strawberry.field(default="", description="In full: 5,000 characters at most.")
    author_name: str = strawberry.field(
        default="", description="As whom you wish to be shown: 60 characters at most; empty for nobody."
    )
    token: str | None = strawberry.field(default=None, description=BY_LINK)


@strawberry.input(description="Show what you review.")
class AddReviewPhotoInput:
    review: strawberry.ID = strawberry.field(description="What you wrote.")
    photo: Upload = strawberry.field(description="A JPEG, PNG, WebP, GIF or AVIF file.")
    alt: str = strawberry.field(default="", description="What it shows, for those who do not see it.")
    token: str | None = strawberry.field(default=None, description=BY_LINK)


@strawberry.input(description="Take a photo off your review.")
class RemoveReviewPhotoInput:
    photo: strawberry.ID = strawberry.field(description="The photo.")
    token: str | None = strawberry.field(default=None, description=BY_LINK)


@strawberry.input(description="Answer a review of a product of your vendor.")
class ReplyToReviewInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    text: str = strawberry.field(description="What everybody reads: 5,000 characters at most.")


@strawberry.input(description="Find a review helpful, or not any more.")
class VoteReviewInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    is_helpful: bool = strawberry.field(default=True, description="false takes your vote back.")


@strawberry.input(description="A review should not be shown.")
class ReportReviewInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    fault: ReviewFault = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="In words: 2,000 characters at most.")


@strawberry.input(description="A review may be shown.")
class ApproveReviewInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    note: str = strawberry.field(default="", description="In words, for the record; nobody else reads it.")


@strawberry.input(description="A review is not shown.")
class RejectReviewInput:
    review: strawberry.ID = strawberry.field(description="The review.")
    fault: ReviewFault = strawberry.field(description="Why; who wrote it is told.")
    note: str = strawberry.field(default="", description="In words; who wrote it reads them.")
