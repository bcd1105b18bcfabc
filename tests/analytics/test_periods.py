"""Days, ISO weeks, months, years."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.periods import DAY, Granularity, Stretch, Window, label, start_after, start_of
from marketplace.kernel.errors import InvalidInput

DAYS = st.dates(date(1970, 1, 1), date(8999, 12, 31))
GRANULARITIES = st.sampled_from(Granularity)


def window(by: Granularity, first: str, end: str, timezone: str = "Europe/Paris") -> Window:
    return Window(
        by=by, first_on=date.fromisoformat(first), end_on=date.fromisoformat(end), timezone=timezone
    )


@pytest.mark.parametrize(
    ("by", "start", "name"),
    [
        (Granularity.DAY, "2026-12-31", "2026-12-31"),
        (Granularity.WEEK, "2026-12-28", "2026-W53"),
        (Granularity.MONTH, "2026-12-01", "2026-12"),
        (Granularity.YEAR, "2026-01-01", "2026"),
    ],
)
def test_h29_the_last_day_of_2026(by: Granularity, start: str, name: str) -> None:
    first = start_of(by, date(2026, 12, 31))
    assert (first.isoformat(), label(by, first)) == (start, name)


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert label(Granularity.WEEK, start_of(Granularity.WEEK, date(2027, 1, 3))) == "2026-W53"
    assert label(Granularity.WEEK, start_of(Granularity.WEEK, date(2027, 1, 4))) == "2027-W01"


@given(GRANULARITIES, DAYS)
def test_every_day_is_in_one_period(by: Granularity, day: date) -> None:
    start = start_of(by, day)
    after = start_after(by, start)
    assert start <= day < after
    assert (start_of(by, after), start_of(by, after - DAY)) == (after, start)


@given(GRANULARITIES, DAYS)
def test_the_names_of_periods_have_their_order(by: Granularity, day: date) -> None:
    start = start_of(by, day)
    assert label(by, start) < label(by, start_after(by, start))


def test_a_window_touches_the_periods_its_edges_lie_in() -> None:
    starts = list(window(Granularity.MONTH, "2026-01-31", "2026-03-02").starts())
    assert starts == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert list(window(Granularity.MONTH, "2026-01-31", "2026-03-01").starts()) == starts[:2]


def test_the_starts_of_a_window_follow_each_other() -> None:
    starts = list(window(Granularity.WEEK, "2024-01-01", "2027-01-01").starts())
    assert {later - earlier for earlier, later in pairwise(starts)} == {7 * DAY}
    assert len(starts) == 157


@pytest.mark.parametrize(
    ("first", "end", "timezone", "field"),
    [
        ("2026-01-02", "2026-01-02", "UTC", "to"),
        ("2026-01-02", "2026-01-01", "UTC", "to"),
        ("1969-12-31", "2026-01-01", "UTC", "from"),
        ("9001-01-01", "9001-01-02", "UTC", "from"),
        ("9000-01-01", "9999-12-31", "UTC", "to"),
        ("2020-01-01", "2023-04-16", "UTC", "to"),
        ("2026-01-01", "2026-01-02", "Europe/Atlantis", "timezone"),
        ("2026-01-01", "2026-01-02", "CET-1", "timezone"),
        ("2026-01-01", "2026-01-02", "localtime", "timezone"),
        ("2026-01-01", "2026-01-02", "", "timezone"),
    ],
)
def test_a_window_that_is_none_is_refused(first: str, end: str, timezone: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        window(Granularity.DAY, first, end, timezone)
    assert caught.value.field == field


def test_a_stretch_is_as_long_as_one_likes_but_not_empty() -> None:
    assert Stretch(first_on=date(1970, 1, 1), end_on=date(9000, 1, 1), timezone="UTC").timezone == "UTC"
    with pytest.raises(InvalidInput) as caught:
        Stretch(first_on=date(2026, 1, 1), end_on=date(2026, 1, 1), timezone="UTC")
    assert caught.value.field == "to"


def test_the_largest_window_is_one() -> None:
    assert len(list(window(Granularity.DAY, "2020-01-01", "2023-04-15").starts())) == 1200
    assert len(list(window(Granularity.YEAR, "1970-01-01", "3169-01-02").starts())) == 1200
