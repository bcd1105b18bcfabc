"""Rows in hand need not be read again."""

from collections.abc import Sequence

from django.db.models import Model


def know(row: Model, name: str, related: Sequence[Model]) -> None:
    """Let a row know all the rows of a reverse relation, in their order, as if they were prefetched."""
    rows = getattr(row, name).all()
    # As prefetch_related leaves them; there is no public way.
    rows._result_cache, rows._prefetch_done = list(related), True  # noqa: SLF001
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = rows


def knows(row: Model, name: str) -> bool:
    """Whether it does, prefetched or told."""
    return name in vars(row).get("_prefetched_objects_cache", {})
