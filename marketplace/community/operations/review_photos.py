"""Pictures of what buyers review."""

import hashlib
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.community.errors import TooManyReviewPhotos
from marketplace.community.models import Review, ReviewPhoto
from marketplace.community.operations.reviews import hold_changed, lock_live
from marketplace.kernel import clock, pictures
from marketplace.kernel.texts import line

MOST: Final = 5
LONGEST_ALT: Final = 200


def add_photo(*, review: Review, content: bytes, alt: str = "", actor: User | None) -> ReviewPhoto:
    """Show the product in a photo; the same file again is no second one. None as the actor is a guest.

    Writes its renditions to the storage before the transaction, and deletes them again should that fail.
    Locks the product. Raises EditWindowClosed, TransitionNotAllowed, TooManyReviewPhotos, UnusableImage,
    InvalidInput.
    """
    alt = line(alt, field="alt", longest=LONGEST_ALT, shortest=0)
    digest = hashlib.sha256(content).hexdigest()
    shown = ReviewPhoto.objects.filter(review=review.pk, digest=digest)
    known = shown.first()
    if known is not None:
        return known
    # Looked at twice, for rendering takes long: what cannot be added is not rendered.
    with transaction.atomic():
        _refuse(lock_live(review)[1])
    try:
        return _added(review, content, actor, digest=digest, alt=alt)
    except _Shown:
        return shown.get()


def remove_photo(*, photo: ReviewPhoto, actor: User | None) -> Review:
    """Take a photo off; its files are deleted once that is committed.

    Locks the product. Raises EditWindowClosed, TransitionNotAllowed.
    """
    with transaction.atomic():
        product, review = lock_live(photo.review)
        for each in ReviewPhoto.objects.filter(pk=photo.pk):
            pictures.forget(each)
            each.delete()
            _changed(review)
            hold_changed(review, product, actor=actor)
    return review


def forget_photos(reviews: QuerySet[Review]) -> None:
    """Take the photos off these reviews; their files are deleted once that is committed."""
    photos = ReviewPhoto.objects.filter(review__in=reviews)
    for photo in photos:
        pictures.forget(photo)
    photos.delete()


class _Shown(Exception):  # noqa: N818  # it says what happened
    """The same file came another way while this one was prepared."""


def _added(review: Review, content: bytes, actor: User | None, *, digest: str, alt: str) -> ReviewPhoto:
    with pictures.stored(pictures.prepare(content), folder="reviews") as columns, transaction.atomic():
        product, review = lock_live(review)
        if review.photos.filter(digest=digest).exists():
            raise _Shown
        _refuse(review)
        photo = ReviewPhoto.objects.create(review=review, digest=digest, alt=alt, **columns)
        _changed(review)
        hold_changed(review, product, actor=actor)
    return photo


def _refuse(review: Review) -> None:
    if review.photos.count() >= MOST:
        raise TooManyReviewPhotos(limit=MOST)


def _changed(review: Review) -> None:
    review.edited_at = clock.now()
    review.save(update_fields=["edited_at"])
