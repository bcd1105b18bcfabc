"""On which days vendors are paid. Days alone: no database, no clock."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from payouts.models import PayoutInterval

MONDAY: Final = date(2024, 1, 1)  # from which fortnights are counted, the same for all


def local_day(now: datetime, zone: str) -> date:
    """Which day it is for a vendor."""
    return now.astimezone(ZoneInfo(zone)).date()


def next_day(interval: str, after: date) -> date | None:
    """The first payout day after a day: every day, Mondays, every second Monday, or firsts of months.

    It depends on the day alone: a day that was missed moves no other. None where payouts are asked for.
    """
    if interval == PayoutInterval.DAILY:
        return after + timedelta(days=1)
    if interval == PayoutInterval.WEEKLY:
        return _multiple(after, 7)
    if interval == PayoutInterval.BIWEEKLY:
        return _multiple(after, 14)
    if interval == PayoutInterval.MONTHLY:
        return (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def _multiple(after: date, days: int) -> date:
    """The first day after another that is so many days, or a multiple of it, from MONDAY."""
    return after + timedelta(days=days - (after - MONDAY).days % days)
