from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor
from vendors.operations import vacation

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def away(vendor: Vendor, begins: datetime = NOON, ends: datetime = NOON + WEEK) -> Vendor:
    actor = UserFactory.create()
    return vacation.set_vacation(
        vendor=vendor, closed_from=begins, closed_to=ends, message=" Back  soon. ", actor=actor
    )


def test_a_vendor_is_away_from_the_first_moment_to_the_last() -> None:
    with clock.at(NOON - WEEK):
        vendor = away(VendorFactory.create())
    assert vendor.closed_message == "Back soon."
    second = timedelta(seconds=1)
    for moment, is_open in (
        (NOON - second, True),
        (NOON, False),
        (NOON + WEEK, False),
        (NOON + WEEK + second, True),
    ):
        with clock.at(moment):
            assert vendor.is_open == is_open


def test_a_vacation_ends_at_once_when_it_is_taken_back() -> None:
    with clock.at(NOON):
        vendor = away(VendorFactory.create())
        assert vendor.is_away
        vendor = vacation.end_vacation(vendor=vendor, actor=UserFactory.create())
        assert vendor.is_open
    assert [entry.action for entry in audit.entries_of(vendor)] == ["vendors.vacation_set"] * 2


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        (NOON, NOON, "closedTo"),
        (NOON - WEEK, NOON, "closedTo"),
        (NOON, NOON + timedelta(days=367), "closedTo"),
        (NOON.replace(tzinfo=None), NOON + WEEK, "closedFrom"),
    ],
)
def test_a_vacation_no_one_can_take_is_refused(begins: datetime, ends: datetime, field: str) -> None:
    vendor = VendorFactory.create()
    with clock.at(NOON), pytest.raises(InvalidInput) as caught:
        away(vendor, begins, ends)
    assert caught.value.field == field
    vendor.refresh_from_db()
    assert vendor.closed_from_at is None
