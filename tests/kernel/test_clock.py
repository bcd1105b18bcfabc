"""The clock: one reading, which a test can stop."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.kernel import clock

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_now_is_the_true_time_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_a_stopped_clock_stands_and_goes_on_afterwards() -> None:
    with clock.at(NEW_YEAR):
        assert clock.now() == NEW_YEAR
        with clock.at(NEW_YEAR + timedelta(hours=1)):
            assert clock.now() == NEW_YEAR + timedelta(hours=1)
        assert clock.now() == NEW_YEAR
    assert clock.now() != NEW_YEAR


def test_a_moment_of_any_zone_reads_in_utc() -> None:
    with clock.at(datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))):
        assert clock.now().isoformat() == "2026-07-01T10:00:00+00:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"), clock.at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pytest.fail("the clock was stopped")


def test_today_is_the_date_of_the_zone() -> None:
    with clock.at(NEW_YEAR):
        assert clock.today("UTC") == date(2026, 12, 31)
        assert clock.today("Europe/Paris") == date(2027, 1, 1)
        assert clock.today("America/New_York") == date(2026, 12, 31)


def test_another_thread_keeps_the_true_time() -> None:
    with clock.at(NEW_YEAR), ThreadPoolExecutor(1) as pool:
        assert pool.submit(clock.now).result() != NEW_YEAR
