"""What the community knows about a person: told to the person, and taken out when the person goes."""

from collections.abc import Iterator
from typing import Any, Final

from marketplace.accounts.models import User
from marketplace.community.models import (
    ProductAlert,
    Review,
    ReviewReply,
    ReviewReport,
    ReviewVote,
    Wishlist,
)
from marketplace.community.operations.review_photos import forget_photos
from marketplace.community.selectors.reviews import written_by

ROWS_AT_ONCE: Final = 500


def community_in_full(user: User) -> Iterator[dict[str, Any]]:
    """What the user wrote, found helpful, reported, wishes for and waits for, the oldest first."""
    reviews = written_by(user).order_by("pk").select_related("product").prefetch_related("photos")
    for review in reviews.iterator(ROWS_AT_ONCE):
        yield {
            "review_of": review.product.title,
            "written_at": review.written_at,
            "edited_at": review.edited_at,
            "status": review.status,
            "shown_as": review.author_name,
            "stars": review.stars,
            "title": review.title,
            "text": review.text,
            "photos": [photo.file.name for photo in review.photos.all()],
        }
    for reply in ReviewReply.objects.filter(author=user).order_by("pk"):
        yield {"answer_to_review": reply.review_id, "written_at": reply.written_at, "text": reply.text}
    votes = ReviewVote.objects.filter(user=user).order_by("pk")
    for found, given_at in votes.values_list("review", "given_at"):
        yield {"found_helpful_review": found, "given_at": given_at}
    for report in ReviewReport.objects.filter(user=user):
        yield {"reported_review": report.review_id, "fault": report.fault, "note": report.note}
    for wishlist in Wishlist.objects.filter(user=user).order_by("pk").prefetch_related("items"):
        yield {
            "wishlist": wishlist.name,
            "is_shared": wishlist.share_token is not None,
            "is_watched": wishlist.is_watched,
            "items": [{"title": item.title, "added_at": item.added_at} for item in wishlist.items.all()],
        }
    for alert in ProductAlert.objects.filter(user=user).order_by("pk").select_related("product"):
        yield {"waits_for": alert.product.title, "asked_at": alert.asked_at}


def erase_community(user: User) -> None:
    """Take the user out of reviews, votes, reports and answers; delete lists and what was waited for.

    The stars and the words of reviews stay, without name and pictures.
    """
    reviews: Any = Review.objects.filter(pk__in=written_by(user).values("pk"))
    forget_photos(reviews)
    reviews.update(author_name="")
    ReviewVote.objects.filter(user=user).update(user=None)
    ReviewReport.objects.filter(user=user).update(user=None, note="")
    ReviewReply.objects.filter(author=user).update(author=None)
    Wishlist.objects.filter(user=user).delete()
    ProductAlert.objects.filter(user=user).delete()
