"""Pictures of what buyers send back."""

import hashlib
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from checkout.errors import TooManyPhotos
from checkout.models import OPEN_RETURNS, Return, ReturnPhoto
from checkout.operations.returns import lock_return
from marketplace.accounts.models import User
from marketplace.kernel import audit, pictures
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.texts import line

MOST: Final = 6
LONGEST_ALT: Final = 200
ADDED: Final = "checkout.return_photo_added"


def add_photo(*, asked: Return, content: bytes, alt: str = "", actor: User | None) -> ReturnPhoto:
    """Show the vendor what comes back; the same file again is no second one. None as the actor is a guest.

    Writes its renditions to the storage before the transaction, and deletes them again should that fail.
    Locks the vendor's order. Raises TransitionNotAllowed where nothing comes of the return any more,
    TooManyPhotos, UnusableImage, InvalidInput.
    """
    alt = line(alt, field="alt", longest=LONGEST_ALT, shortest=0)
    digest = hashlib.sha256(content).hexdigest()
    shown = ReturnPhoto.objects.filter(return_request=asked.pk, digest=digest)
    known = shown.first()
    if known is not None:
        return known
    _refuse(asked)
    try:
        return _added(asked, content, actor, digest=digest, alt=alt)
    except _Shown:
        return shown.get()


class _Shown(Exception):  # noqa: N818  # it says what happened
    """The same file came another way while this one was prepared."""


def _added(asked: Return, content: bytes, actor: User | None, *, digest: str, alt: str) -> ReturnPhoto:
    with (
        pictures.stored(pictures.prepare(content), folder="returns") as columns,
        transaction.atomic(),
        audit.gathered(),
    ):
        part, asked = lock_return(asked)
        if asked.photos.filter(digest=digest).exists():
            raise _Shown
        _refuse(asked)
        photo = ReturnPhoto.objects.create(return_request=asked, digest=digest, alt=alt, **columns)
        audit.record(actor=actor, action=ADDED, subject=part, after={"return": asked.number})
    return photo


def forget_photos(returns: QuerySet[Return]) -> None:
    """Take the photos off these returns; their files are deleted once that is committed."""
    photos = ReturnPhoto.objects.filter(return_request__in=returns)
    for photo in photos:
        pictures.forget(photo)
    photos.delete()


def _refuse(asked: Return) -> None:
    if asked.status not in OPEN_RETURNS:
        raise TransitionNotAllowed(thing="return", current=asked.status, asked="shown")
    if asked.photos.count() >= MOST:
        raise TooManyPhotos(limit=MOST)
