"""Who may read which reviews: everybody what is published, who wrote one, and the platform's staff."""

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.reviews.types import ReviewType
from marketplace.community import models
from marketplace.community.permissions import VIEW_REVIEWS
from marketplace.community.selectors import reviews as selectors


@visible("Review")
def visible_reviews(info: Info) -> "QuerySet[models.Review]":
    if info.context.staff_who_may(VIEW_REVIEWS):
        return models.Review.objects.all()
    return selectors.seen_by(info.context.user)


@visible("ReviewPhoto")
def visible_photos(info: Info) -> "QuerySet[models.ReviewPhoto]":
    return models.ReviewPhoto.objects.filter(review__in=visible_reviews(info))


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.connection(ReviewType, description="What you wrote, whatever has become of it, newest first.")
    def reviews(self, info: Info) -> "QuerySet[models.Review]":
        user = info.context.user
        return models.Review.objects.none() if user is None else selectors.written_by(user)


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        ReviewType,
        description="Reviews that wait to be looked at: the most reported first, then the longest waiting.",
        is_guarded=True,
    )
    def reviews(self, info: Info) -> "QuerySet[models.Review]":
        info.context.demand_staff(VIEW_REVIEWS)
        return selectors.in_queue()
