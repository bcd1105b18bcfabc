"""The one place that knows what time it is.

Code asks `now()`; nothing else reads the clock, except columns with `auto_now`, which record the true one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """This moment, in UTC."""
    return _stopped_at.get() or datetime.now(UTC)


def today(timezone: str) -> date:
    """The date at this moment in a zone of the IANA database, such as "Europe/Paris"."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment, for tests and for what is computed as of a date.

    It holds for this thread and the tasks it starts; threads of one's own begin with the true time.
    Raises ValueError for a moment without a zone.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} names no time zone")
    before = _stopped_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(before)
