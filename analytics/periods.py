"""Days, weeks, months and years of a report. No database, no clock.

A stretch is one of whole days in a time zone, its first day in and its last day out. Weeks are those of
ISO 8601: they begin on a Monday, and belong to the year of their Thursday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from typing_extensions import override

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.places import timezones

# Three years by day; whoever needs more asks twice.
MOST_BUCKETS: Final = 1_200
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9_000
DAY: Final = timedelta(days=1)
# What these are depends on the machine, and the database runs on another.
NO_ZONES: Final = frozenset({"localtime", "Factory"})


class Granularity(StrEnum):
    """How long the periods of a report are; the values are PostgreSQL's words for them."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def start_of(by: Granularity, day: date) -> date:
    """The first day of the period in which a day lies."""
    match by:
        case Granularity.DAY:
            return day
        case Granularity.WEEK:
            return day - timedelta(days=day.weekday())
        case Granularity.MONTH:
            return day.replace(day=1)
        case Granularity.YEAR:
            return day.replace(month=1, day=1)


def start_after(by: Granularity, start: date) -> date:
    """The first day of the next period."""
    longest = {Granularity.DAY: 1, Granularity.WEEK: 7, Granularity.MONTH: 31, Granularity.YEAR: 366}
    return start_of(by, start + timedelta(days=longest[by]))


def label(by: Granularity, start: date) -> str:
    """What a period is called: "2026-03-29", "2026-W53", "2026-12", "2026"."""
    match by:
        case Granularity.DAY:
            return start.isoformat()
        case Granularity.WEEK:
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case Granularity.MONTH:
            return start.isoformat()[:7]
        case Granularity.YEAR:
            return start.isoformat()[:4]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What a report looks at: the days from `first_on` to before `end_on` in the zone.

    Raises InvalidInput for an unknown zone, a stretch without a day, and dates beyond measure.
    """

    first_on: date
    end_on: date
    timezone: str

    def __post_init__(self) -> None:
        if self.timezone not in timezones() - NO_ZONES:
            raise InvalidInput(field="timezone", reason='This is not a time zone such as "Europe/Paris".')
        if not FIRST_YEAR <= self.first_on.year <= LAST_YEAR:
            raise InvalidInput(field="from", reason=f"Reports begin in {FIRST_YEAR}.")
        if not self.first_on < self.end_on <= date(LAST_YEAR, 12, 31):
            raise InvalidInput(
                field="to", reason="This must be a day after `from`; it is not part of the report."
            )


@dataclass(frozen=True, kw_only=True)
class Window(Stretch):
    """A stretch that is cut into periods.

    Raises InvalidInput as a stretch does, and for more periods than a report has.
    """

    by: Granularity

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        if len(list(islice(self.starts(), MOST_BUCKETS + 1))) > MOST_BUCKETS:
            raise InvalidInput(field="to", reason=f"A report has at most {MOST_BUCKETS:,} periods.")

    def starts(self) -> Iterator[date]:
        """The first day of each period that the window touches."""
        start = start_of(self.by, self.first_on)
        while start < self.end_on:
            yield start
            start = start_after(self.by, start)
