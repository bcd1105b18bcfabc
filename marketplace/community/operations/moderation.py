"""What others do about a review: the platform decides, the vendor answers, readers vote and report."""

from typing import Final

from django.db import transaction
from django.db.models import F

from catalog.models import Product
from marketplace.accounts.models import User
from marketplace.community.errors import EditWindowClosed, OwnReview
from marketplace.community.events import ReviewRejected, ReviewReplied, ReviewReported
from marketplace.community.models import (
    REVIEW_MOVES,
    Review,
    ReviewFault,
    ReviewReply,
    ReviewReport,
    ReviewStatus,
    ReviewVote,
)
from marketplace.community.operations.reviews import show
from marketplace.community.selectors.reviews import refuse_own_people, written_by
from marketplace.community.tallies import tally
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.texts import prose

KEPT: Final = "community.review_kept"
ANSWERED: Final = "community.review_answered"


def approve_review(*, review: Review, actor: User, note: str = "") -> Review:
    """Let a review be shown, or go on being shown whatever was reported of it.

    Closes its reports. Locks the product. Publishes ReviewPublished where it was not shown before. Raises
    TransitionNotAllowed for one that a newer one has replaced, InvalidInput.
    """
    note = prose(note, field="note", longest=2000)
    with transaction.atomic(), audit.gathered():
        product, review = _locked(review)
        _close_reports(review)
        if review.is_published:
            audit.record(actor=actor, action=KEPT, subject=review, note=note)
        elif review.status == ReviewStatus.SUPERSEDED:
            raise TransitionNotAllowed(thing="review", current=review.status, asked="published")
        else:
            show(review, product, actor=actor, note=note)
    return review


def reject_review(*, review: Review, actor: User, fault: ReviewFault, note: str = "") -> Review:
    """Take a review down, or never let it be shown; who wrote it is told why. Closes its reports.

    Locks the product. Publishes ReviewRejected. Raises TransitionNotAllowed, InvalidInput.
    """
    note = prose(note, field="note", longest=2000)
    with transaction.atomic(), audit.gathered():
        product, review = _locked(review)
        _close_reports(review)
        was = review.stars if review.is_published else 0
        why = {"fault": fault.value, "note": note}
        REVIEW_MOVES.move(review, ReviewStatus.REJECTED, actor=actor, reason=fault.value, note=note, also=why)
        tally(product, was=was)
        publish(ReviewRejected(review_id=review.pk))
    return review


def reply_to_review(*, review: Review, actor: User, text: str) -> Review:
    """Answer a review in public: once, and in other words once more. The same words change nothing.

    Locks the product. Publishes ReviewReplied for the first answer. Raises EditWindowClosed after the
    second, TransitionNotAllowed for a review that is not shown any more, InvalidInput.
    """
    text = prose(text, field="text", longest=5000, shortest=1)
    with transaction.atomic(), audit.gathered():
        _, review = _locked(review)
        if not review.is_published:
            raise TransitionNotAllowed(thing="review", current=review.status, asked="answered")
        reply = ReviewReply.objects.filter(review=review).first()
        if reply is None:
            ReviewReply.objects.create(review=review, author=actor, text=text)
            publish(ReviewReplied(review_id=review.pk))
        elif reply.text == text:
            return review
        elif reply.edited_at is not None:
            raise EditWindowClosed(field="text")
        else:
            reply.text, reply.author, reply.edited_at = text, actor, clock.now()
            reply.save(update_fields=["text", "author", "edited_at"])
        audit.record(actor=actor, action=ANSWERED, subject=review)
    return review


def vote_review(*, review: Review, user: User, is_helpful: bool) -> Review:
    """Find a review helpful, or not any more; once for each user.

    Raises OwnReview for who wrote it, OwnListing for the people of the vendor that it is about.
    """
    _refuse_parties(review, user)
    with transaction.atomic():
        if is_helpful:
            _, is_changed = ReviewVote.objects.get_or_create(review=review, user=user)
        else:
            is_changed = bool(ReviewVote.objects.filter(review=review, user=user).delete()[0])
        if is_changed:
            step = 1 if is_helpful else -1
            Review.objects.filter(pk=review.pk).update(helpful_count=F("helpful_count") + step)
    return review


def report_review(*, review: Review, user: User, fault: ReviewFault, note: str = "") -> Review:
    """Say that a review should not be shown; once for each user. It stays until the platform decides.

    Publishes ReviewReported. Raises OwnReview for who wrote it, InvalidInput.
    """
    note = prose(note, field="note", longest=2000)
    if written_by(user).filter(pk=review.pk).exists():
        raise OwnReview
    with transaction.atomic():
        _, is_new = ReviewReport.objects.get_or_create(
            review=review, user=user, defaults={"fault": fault, "note": note}
        )
        if is_new:
            Review.objects.filter(pk=review.pk).update(report_count=F("report_count") + 1)
            publish(ReviewReported(review_id=review.pk))
    return review


def _locked(review: Review) -> tuple[Product, Review]:
    product = lock_one(Product.objects.filter(pk=review.product_id))
    return product, Review.objects.get(pk=review.pk)


def _close_reports(review: Review) -> None:
    """Those that are open at this moment; one that comes meanwhile stays open, and counts."""
    waiting = ReviewReport.objects.filter(review=review, decided_at=None)
    closed = waiting.update(decided_at=clock.now())
    if closed:
        Review.objects.filter(pk=review.pk).update(report_count=F("report_count") - closed)


def _refuse_parties(review: Review, user: User) -> None:
    if written_by(user).filter(pk=review.pk).exists():
        raise OwnReview
    refuse_own_people(user, vendor_id=review.vendor_id, product_id=review.product_id)
