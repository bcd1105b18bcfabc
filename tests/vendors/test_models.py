import pytest
from django.db import IntegrityError, transaction

from tests.factories.vendors import VendorFactory
from vendors.models import VENDOR_MOVES, Vendor, VendorStatus

pytestmark = pytest.mark.django_db


def test_only_approved_vendors_sell() -> None:
    vendors = {status: VendorFactory.create(status=status) for status in VendorStatus}
    assert list(Vendor.objects.selling()) == [vendors[VendorStatus.APPROVED]]


def test_rejected_and_closed_vendors_stay_so() -> None:
    ends = {status for status in VendorStatus if not VENDOR_MOVES.moves[status]}
    assert ends == {VendorStatus.REJECTED, VendorStatus.CLOSED}


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
