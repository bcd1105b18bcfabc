"""Tags: a vendor's own words for a listing, made alike, so that two ways to write one are one."""

from collections.abc import Iterable

from catalog.models import MAX_TAGS
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import line


def normalized(tag: str) -> str:
    """A tag as it is stored: small letters, single spaces, no hash sign before it."""
    return " ".join(tag.lower().lstrip("#").split())


def tags_of(given: Iterable[str], *, field: str = "tags") -> list[str]:
    """Tags as they are stored, each once, in the order given. Raises InvalidInput."""
    tags = list(dict.fromkeys(normalized(line(tag, field=field, longest=40)) for tag in given))
    if len(tags) > MAX_TAGS:
        raise InvalidInput(field=field, reason=f"At most {MAX_TAGS} tags.")
    if "" in tags:
        raise InvalidInput(field=field, reason="A tag has a letter at least.")
    return tags
