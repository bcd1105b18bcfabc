"""What buyers look for, counted by text and day, and nothing of who they are.

A search is noted in this process's memory and written with others later, so that reading costs no statement:
marketplace/tallying.py has a thread that writes every few seconds. What a process notes last before it is
killed is lost. An answer from a cache is no search.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection, transaction

from catalog.models import LONGEST_TALLIED, SearchTally
from marketplace.kernel import clock
from marketplace.kernel.folding import fold

EVERY_SECONDS: Final = 10.0
# More different texts in a few seconds are no buyers.
MOST_NOTED: Final = 2_000
KEPT_FOR: Final = timedelta(days=90)

_UPSERT: Final = """
INSERT INTO catalog_searchtally AS tally (searched_on, text, times, found)
SELECT * FROM unnest(%s::date[], %s::text[], %s::int[], %s::int[])
ON CONFLICT (searched_on, text) DO UPDATE
   SET times = tally.times + excluded.times, found = excluded.found
"""


@dataclass(kw_only=True)
class _Noted:
    times: int = 0
    found: int = 0


_noted: dict[tuple[date, str], _Noted] = {}
_lock: Final = threading.Lock()
# Called after each search that was noted.
observers: Final[list[Callable[[], None]]] = []


def note(text: str, found: int) -> None:
    """Remember that somebody looked for a text, and how much there was at least. No statement.

    Texts that are long or hold an e-mail address are somebody's own business.
    """
    folded = " ".join(fold(text).split())
    if not folded or len(folded) > LONGEST_TALLIED or "@" in folded:
        return
    key = (clock.now().date(), folded)
    with _lock:
        if key in _noted or len(_noted) < MOST_NOTED:
            noted = _noted.setdefault(key, _Noted())
            noted.times += 1
            noted.found = found
    for observe in observers:
        observe()


def write() -> int:
    """Write what this process noted, and forget it; returns how many texts. One statement, or none.

    Rows are written in one order, so that processes do not wait for each other in a circle. What cannot be
    written is lost.
    """
    with _lock:
        taken = sorted(_noted.items())
        _noted.clear()
    if taken:
        _upsert(taken)
    return len(taken)


def forget_old() -> int:
    """Delete the tallies of more than 90 days ago. Returns how many."""
    old = SearchTally.objects.filter(searched_on__lt=clock.now().date() - KEPT_FOR)
    count, _ = old.delete()
    return count


def _upsert(taken: Iterable[tuple[tuple[date, str], _Noted]]) -> None:
    rows = [(day, text, noted.times, noted.found) for (day, text), noted in taken]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UPSERT, [list(column) for column in zip(*rows, strict=True)])
