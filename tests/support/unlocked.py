"""The negative control of races: an operation whose lock is off, at the worst possible moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet


def read_before_either_writes() -> Callable[[QuerySet[Any]], Any]:
    """Stands in for `lock_one` in two threads: it locks nothing, and waits until both have read the row."""
    both_have_read = threading.Barrier(2)

    def read(queryset: QuerySet[Any]) -> Any:
        row = queryset.get()
        both_have_read.wait(timeout=10)
        return row

    return read
