"""What buyers write, vendors answer, readers vote for and report, and the platform decides."""

from typing import Annotated

import strawberry

from marketplace.accounts.errors import SignInRequired
from marketplace.accounts.models import User
from marketplace.api import fields, rates
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.reviews.inputs import (
    AddReviewPhotoInput,
    ApproveReviewInput,
    RejectReviewInput,
    RemoveReviewPhotoInput,
    ReplyToReviewInput,
    ReportReviewInput,
    ReviewProductInput,
    UpdateReviewInput,
    VoteReviewInput,
)
from marketplace.api.reviews.types import ReviewType
from marketplace.api.scalars import decode_key
from marketplace.community.errors import (
    AlreadyReviewed,
    EditWindowClosed,
    NotDelivered,
    OwnListing,
    OwnReview,
    TooManyReviewPhotos,
)
from marketplace.community.models import Review
from marketplace.community.operations import moderation, review_photos, reviews
from marketplace.community.operations.reviews import Written
from marketplace.community.permissions import MODERATE_REVIEWS
from marketplace.community.selectors import reviews as selectors
from marketplace.kernel.errors import (
    InvalidInput,
    NotFound,
    RateLimited,
    TransitionNotAllowed,
    UnusableImage,
)
from vendors.errors import NotPermitted


@strawberry.type(description="It is done.")
class ReviewSuccess:
    row: strawberry.Private[Review]

    @fields.field(ReviewType, description="The review as it is now.")
    def review(self, info: Info) -> Review:
        return fields.refetch(self.row, info)


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        NotDelivered,
        AlreadyReviewed,
        OwnListing,
        description="Say what a product is like that you bought and got, once for each line of an order. "
        "Of what you say of one product the newest is shown.",
    )
    def review_product(self, info: Info, input: Annotated[ReviewProductInput, INPUT]) -> ReviewSuccess:
        rates.count_message(info)
        key, user = decode_key(input.line, "OrderLine", field="line"), info.context.user
        line = selectors.bought_line(key, token=input.token, user=user)
        return ReviewSuccess(row=reviews.review_product(line=line, user=user, written=_written(input)))

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        EditWindowClosed,
        TransitionNotAllowed,
        description="Change what you wrote, while there is time.",
    )
    def update_review(self, info: Info, input: Annotated[UpdateReviewInput, INPUT]) -> ReviewSuccess:
        rates.count_message(info)
        key, user = decode_key(input.review, "Review", field="review"), info.context.user
        review = selectors.own_review(key, token=input.token, user=user)
        return ReviewSuccess(row=reviews.update_review(review=review, user=user, written=_written(input)))

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        UnusableImage,
        TooManyReviewPhotos,
        EditWindowClosed,
        TransitionNotAllowed,
        description="Show what you review in a photo; the same file again is no second one.",
    )
    def add_review_photo(self, info: Info, input: Annotated[AddReviewPhotoInput, INPUT]) -> ReviewSuccess:
        rates.count_message(info)
        key, user = decode_key(input.review, "Review", field="review"), info.context.user
        review = selectors.own_review(key, token=input.token, user=user)
        content = input.photo.take(field="photo")
        review_photos.add_photo(review=review, content=content, alt=input.alt, actor=user)
        return ReviewSuccess(row=review)

    @fields.mutation(
        NotFound,
        EditWindowClosed,
        TransitionNotAllowed,
        description="Take a photo off what you wrote.",
    )
    def remove_review_photo(
        self, info: Info, input: Annotated[RemoveReviewPhotoInput, INPUT]
    ) -> ReviewSuccess:
        key, user = decode_key(input.photo, "ReviewPhoto", field="photo"), info.context.user
        photo = selectors.own_photo(key, token=input.token, user=user)
        return ReviewSuccess(row=review_photos.remove_photo(photo=photo, actor=user))

    @fields.mutation(
        NotFound,
        NotPermitted,
        SignInRequired,
        InvalidInput,
        EditWindowClosed,
        TransitionNotAllowed,
        description="Answer a review of a product of your vendor: once, and once more in other words.",
    )
    def reply_to_review(self, info: Info, input: Annotated[ReplyToReviewInput, INPUT]) -> ReviewSuccess:
        key = decode_key(input.review, "Review", field="review")
        review = selectors.answerable_review(info.context.visitor, key)
        actor = info.context.demand_actor()
        return ReviewSuccess(row=moderation.reply_to_review(review=review, actor=actor, text=input.text))

    @fields.mutation(
        RateLimited,
        SignInRequired,
        NotFound,
        OwnReview,
        OwnListing,
        description="Say that a review was helpful to you, or was not after all.",
    )
    def vote_review(self, info: Info, input: Annotated[VoteReviewInput, INPUT]) -> ReviewSuccess:
        user, review = _reader(input.review, info)
        row = moderation.vote_review(review=review, user=user, is_helpful=input.is_helpful)
        return ReviewSuccess(row=row)

    @fields.mutation(
        RateLimited,
        SignInRequired,
        NotFound,
        InvalidInput,
        OwnReview,
        description="Tell the platform that a review should not be shown; it decides.",
    )
    def report_review(self, info: Info, input: Annotated[ReportReviewInput, INPUT]) -> ReviewSuccess:
        user, review = _reader(input.review, info)
        row = moderation.report_review(review=review, user=user, fault=input.fault, note=input.note)
        return ReviewSuccess(row=row)

    @fields.mutation(
        NotFound,
        InvalidInput,
        TransitionNotAllowed,
        description="Platform: let a review be shown, whatever was reported of it.",
    )
    def approve_review(self, info: Info, input: Annotated[ApproveReviewInput, INPUT]) -> ReviewSuccess:
        actor, review = _as_staff(input.review, info)
        return ReviewSuccess(row=moderation.approve_review(review=review, actor=actor, note=input.note))

    @fields.mutation(
        NotFound,
        InvalidInput,
        TransitionNotAllowed,
        description="Platform: show a review no more; who wrote it is told why.",
    )
    def reject_review(self, info: Info, input: Annotated[RejectReviewInput, INPUT]) -> ReviewSuccess:
        actor, review = _as_staff(input.review, info)
        row = moderation.reject_review(review=review, actor=actor, fault=input.fault, note=input.note)
        return ReviewSuccess(row=row)


def _written(input: ReviewProductInput | UpdateReviewInput) -> Written:
    return Written.cleaned(
        stars=input.stars, title=input.title, text=input.text, author_name=input.author_name
    )


def _reader(identifier: str, info: Info) -> tuple[User, Review]:
    """Who votes or reports, and what about. Raises SignInRequired, NotFound, RateLimited."""
    key = decode_key(identifier, "Review", field="review")
    user = info.context.demand_user()
    rates.count_message(info)
    return user, selectors.shown_review(key)


def _as_staff(identifier: str, info: Info) -> tuple[User, Review]:
    """Who decides, and what about. Raises NotFound for who may not as for what there is not."""
    key = decode_key(identifier, "Review", field="review")
    actor = info.context.staff_who_may(MODERATE_REVIEWS)
    review = Review.objects.filter(pk=key).first() if actor else None
    if actor is None or review is None:
        raise NotFound(thing="review", field="review")
    return actor, review
