"""Statements: made once for each month that is over, each from where the one before it ended."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from payouts.models import LedgerAccount, LedgerTransaction, Statement
from payouts.statements import figures
from payouts.statements.figures import OWED, Stretch
from vendors.models import Vendor, VendorStatus

# What is written down in a transaction bears the time at which it began; none lasts so long.
SETTLED_AFTER: Final = timedelta(hours=2)
# A day less than that: a month may begin in another zone than it ends in.
SHORTEST_MONTH: Final = timedelta(days=27)


def make_statements() -> int:
    """Make the statements of all months that are over and have none. Returns how many.

    Commits each by itself. A month in which nothing came or went has one too, unless the vendor is closed.
    One statement of SQL where none is due.
    """
    recent = Statement.objects.filter(
        vendor=OuterRef("vendor"), currency=OuterRef("currency"), ends_at__gt=clock.now() - SHORTEST_MONTH
    )
    accounts = LedgerAccount.objects.filter(~Exists(recent), kind__in=OWED).order_by("vendor", "currency")
    made = 0
    for key, currency in list(accounts.values_list("vendor", "currency").distinct()):
        made += sum(1 for _ in _made(Vendor.objects.get(pk=key), currency))
    return made


def _made(vendor: Vendor, currency: str) -> Iterator[Statement]:
    """The missing ones, oldest first."""
    last = Statement.objects.filter(vendor=vendor, currency=currency).order_by("-starts_at").first()
    starts_on, starts_at = (last.end_on, last.ends_at) if last else _beginning(vendor, currency)
    balance = last.closing if last else Money(0, currency)
    while True:
        end_on = next_month(starts_on)
        ends_at = midnight(end_on, vendor.timezone)
        if ends_at + SETTLED_AFTER > clock.now():
            return
        stretch = Stretch(vendor_id=vendor.pk, currency=currency, starts_at=starts_at, ends_at=ends_at)
        came, held = figures.moved(stretch)
        if vendor.status == VendorStatus.CLOSED and not came.minor and not balance.minor:
            return
        with transaction.atomic():
            statement, is_new = Statement.objects.get_or_create(
                vendor=vendor,
                currency=currency,
                starts_at=starts_at,
                defaults={
                    "timezone": vendor.timezone,
                    "starts_on": starts_on,
                    "end_on": end_on,
                    "ends_at": ends_at,
                    "opening_minor": balance.minor,
                    "closing_minor": (balance + came).minor,
                    "held_minor": held.minor,
                },
            )
        if is_new:
            yield statement
        # Of two at once the second goes on from what the first has made.
        starts_on, starts_at, balance = statement.end_on, statement.ends_at, statement.closing


def _beginning(vendor: Vendor, currency: str) -> tuple[date, datetime]:
    """The month in which something was first written down of the vendor."""
    written = LedgerTransaction.objects.filter(
        entries__account__vendor=vendor, entries__account__currency=currency
    )
    first = written.aggregate(first=Min("recorded_at"))["first"] or clock.now()
    starts_on = first.astimezone(ZoneInfo(vendor.timezone)).date().replace(day=1)
    return starts_on, midnight(starts_on, vendor.timezone)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def midnight(day: date, timezone: str) -> datetime:
    """The moment at which a day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
