"""Pictures of whatever an app shows: rendered by a process of their own, kept in the storage, named by a row.

Files are written before the transaction that names them and deleted after the one that forgets them, so a
process killed in between leaves files that no row names, never a row without files.
"""

import hashlib
import io
import json
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from typing_extensions import override

from marketplace.kernel import rendering
from marketplace.kernel.errors import UnusableImage
from marketplace.kernel.rendering import Picture, Rendition, Sizes, Unusable

WIDE: Final = Sizes(widths=(480, 960, 1600))
SQUARE: Final = Sizes(widths=(96, 192, 384), is_square=True)
SECONDS: Final = 30
# Each may take a core and a gigabyte; whoever comes later waits.
AT_ONCE: Final = BoundedSemaphore(2)


class StoredPicture(models.Model):
    """A picture re-encoded by us, each size a file of its own in the storage.

    `renditions` lists them from small to large as {"width", "height", "name"}; `file` is the largest.
    """

    file = models.FileField(max_length=200, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    renditions = models.JSONField(default=list, editable=False)
    placeholder = models.CharField(max_length=1000, blank=True, editable=False)
    alt = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @override
    def __str__(self) -> str:
        return self.alt or self.file.name or "picture"


def prepare(content: bytes, sizes: Sizes = WIDE) -> Picture:
    """Check what somebody uploaded and render it at every width up to its own, in a process of its own.

    The process has no environment, a gigabyte and 20 seconds of CPU; starting it costs some 60 ms of CPU, and
    the largest allowed picture about a second. Two run at a time; a third waits. Raises UnusableImage,
    whatever the bytes are.
    """
    try:
        rendering.kind_of(content)
        return _rendered(content, sizes)
    except Unusable as refusal:
        raise UnusableImage(reason=str(refusal)) from refusal


@contextmanager
def stored(picture: Picture, *, folder: str) -> Iterator[dict[str, Any]]:
    """Write the renditions, and give the columns of the row that shall name them.

    Should the block fail, the files are deleted again.
    """
    written: list[dict[str, object]] = []
    try:
        for rendition in picture.renditions:
            # One by one: what is written already is known when the next one fails.
            written.append(_store(rendition, folder))  # noqa: PERF401
        largest = picture.renditions[-1]
        yield {
            "file": written[-1]["name"],
            "width": largest.width,
            "height": largest.height,
            "renditions": written,
            "placeholder": picture.placeholder,
        }
    except BaseException:
        _delete(written)
        raise


@contextmanager
def copied(pictures: Iterable[StoredPicture], *, folder: str) -> Iterator[list[dict[str, Any] | None]]:
    """Write the files of these rows once more, and give the columns of the rows that shall name the copies.

    A file has one owner, so a copy of a row has files of its own. None stands for a picture whose files are
    gone. Should the block fail, the copies are deleted again.
    """
    written: list[dict[str, object]] = []
    try:
        yield [_copy(each, folder, written) for each in pictures]
    except BaseException:
        _delete(written)
        raise


def discard(copies: Iterable[dict[str, Any] | None]) -> None:
    """Delete files at once that no row came to name."""
    for each in copies:
        _delete(each["renditions"] if each else ())


def address_of(name: str) -> str:
    """Where a file of the storage is, for who is not on a page of ours."""
    address: str = default_storage.url(name)
    return address if "://" in address else settings.SITE_URL + address


def forget(picture: StoredPicture) -> None:
    """Delete the files of a row that goes, once that is committed."""
    transaction.on_commit(partial(_delete, picture.renditions), robust=True)


def _rendered(content: bytes, sizes: Sizes) -> Picture:
    command = [sys.executable, "-I", rendering.__file__, json.dumps(asdict(sizes))]
    with AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603  # our own program
                command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unusable("it takes too long to read") from None
    if done.returncode < 0:  # ended by a signal: its limits, or a decoder that broke
        raise Unusable("the file is damaged")
    if done.returncode:
        raise RuntimeError(f"rendering failed: {done.stderr[-2000:].decode(errors='replace')}")
    return rendering.read(io.BytesIO(done.stdout))


def _copy(picture: StoredPicture, folder: str, written: list[dict[str, object]]) -> dict[str, Any] | None:
    """The columns of a copy; what is written is told as soon as it is, for it may have to go again."""
    before = len(written)
    try:
        for each in picture.renditions:
            with default_storage.open(each["name"]) as file:
                content = file.read()
            written.append({**each, "name": _save(content, folder)})
    except FileNotFoundError:
        _delete(written[before:])
        del written[before:]
        return None
    return {
        "file": str(written[-1]["name"]),
        "width": picture.width,
        "height": picture.height,
        "renditions": written[before:],
        "placeholder": picture.placeholder,
        "alt": picture.alt,
    }


def _store(rendition: Rendition, folder: str) -> dict[str, object]:
    return {
        "width": rendition.width,
        "height": rendition.height,
        "name": _save(rendition.content, folder),
    }


def _save(content: bytes, folder: str) -> str:
    """Write one file, named by its content, that it may be cached for ever, and by chance, for one owner."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    name = f"{folder}/{digest[:2]}/{digest}-{secrets.token_hex(4)}.webp"
    return default_storage.save(name, ContentFile(content))


def _delete(written: Iterable[dict[str, object]]) -> None:
    for each in written:
        default_storage.delete(str(each["name"]))
