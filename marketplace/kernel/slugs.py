"""Readable, unique names in addresses, safe when two people choose the same one at once."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.text import slugify

NUMBERED_ATTEMPTS: Final = 5
ROOM_FOR_SUFFIX: Final = 9
SLUG: Final = re.compile(r"[-\w]+", re.ASCII)

Row = TypeVar("Row", bound=models.Model)
Made = TypeVar("Made")


def is_slug(text: str) -> bool:
    """Whether a text can be a slug at all; what cannot need not be looked up, and may not be (U+0000)."""
    return SLUG.fullmatch(text) is not None


def insert_with_slug(
    rows: models.QuerySet[Row], *, text: str, fallback: str, insert: Callable[[str], Made]
) -> Made:
    """Insert a row, or write one anew, under the first free slug of `text`, `text-2`, `text-3` ...

    Args:
        rows: all rows of a model with a unique `slug`.
        text: what the slug is made of.
        fallback: the slug where nothing of the text can stand in an address (`日本語`).
        insert: writes the row under the slug it is given; called again when the slug was lost.

    Runs inside the caller's transaction. The unique index decides: who loses a race waits for the winner's
    commit and takes the next number, and after five lost races a random suffix. Raises IntegrityError for any
    other constraint.
    """
    stem = _stem(rows, text) or fallback
    for _ in range(NUMBERED_ATTEMPTS):
        slug = _first_free(stem, _taken(rows, stem))
        try:
            with transaction.atomic():
                return insert(slug)
        except IntegrityError:
            if not rows.filter(slug=slug).exists():
                raise
    return insert(f"{stem}-{secrets.token_hex(4)}")


def is_made_of(rows: models.QuerySet[Row], slug: str, text: str) -> bool:
    """Whether `insert_with_slug` would make this slug of the text, with a number or without."""
    stem = _stem(rows, text)
    return bool(stem) and re.fullmatch(rf"{re.escape(stem)}(-\d+)?", slug) is not None


def free_slugs(rows: models.QuerySet[Row], texts: Sequence[str], *, fallback: str) -> list[str]:
    """A slug for each of many new rows, free at this moment and of its own; one statement.

    What is taken gets a random suffix. The unique index decides as ever: who loses a race begins anew.
    """
    stems = [_stem(rows, text) or fallback for text in texts]
    taken = set(rows.filter(slug__in=set(stems)).values_list("slug", flat=True))
    slugs = []
    for stem in stems:
        slug = f"{stem}-{secrets.token_hex(4)}" if stem in taken else stem
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _stem(rows: models.QuerySet[Row], text: str) -> str:
    field = rows.model._meta.get_field("slug")
    longest = getattr(field, "max_length", None) or ROOM_FOR_SUFFIX
    return slugify(text)[: longest - ROOM_FOR_SUFFIX].strip("-_")


def _taken(rows: models.QuerySet[Row], stem: str) -> set[str]:
    numbered = Q(slug__startswith=f"{stem}-", slug__regex=rf"^{stem}-\d+$")
    return set(rows.filter(Q(slug=stem) | numbered).values_list("slug", flat=True))


def _first_free(stem: str, taken: set[str]) -> str:
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
