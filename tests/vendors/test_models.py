from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.factories.vendors import VendorFactory
from tests.support import tree
from vendors.models import VENDOR_MOVES, Vendor, VendorStatus

pytestmark = pytest.mark.django_db


def test_only_approved_vendors_sell() -> None:
    vendors = {status: VendorFactory.create(status=status) for status in VendorStatus}
    assert list(Vendor.objects.selling()) == [vendors[VendorStatus.APPROVED]]


def test_the_page_shows_the_moves_there_are() -> None:
    assert VENDOR_MOVES.as_markdown() in tree.text(Path("docs/vendors.md"))


def test_only_closed_vendors_stay_so() -> None:
    ends = {status for status in VendorStatus if not VENDOR_MOVES.moves[status]}
    assert ends == {VendorStatus.CLOSED}


def test_only_what_does_not_sell_is_closed_and_only_what_was_reviewed_sells() -> None:
    to = {
        status: {origin for origin in VendorStatus if status in VENDOR_MOVES.moves[origin]}
        for status in VendorStatus
    }
    assert VendorStatus.APPROVED not in to[VendorStatus.CLOSED]
    assert to[VendorStatus.APPROVED] == {VendorStatus.UNDER_REVIEW, VendorStatus.SUSPENDED}
    assert to[VendorStatus.INVITED] == set()


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("status", "asleep", "a_vendor_status_is_known"),
        ("currency", "eur", "a_vendor_has_a_currency_code"),
        ("country", "D", "a_vendor_has_a_country_code"),
    ],
)
def test_the_database_refuses_what_no_vendor_can_be(column: str, value: str, constraint: str) -> None:
    vendor = VendorFactory.create()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Vendor.objects.filter(pk=vendor.pk).update(**{column: value})
