import pytest

from marketplace.kernel.errors import InvalidInput
from tests.factories.vendors import VendorFactory
from vendors.operations import profile

pytestmark = pytest.mark.django_db


def test_a_profile_changes_and_what_is_left_out_stays() -> None:
    vendor = profile.update_profile(
        vendor=VendorFactory.create(slug="tea-co", about="We brew."), name="Coffee", timezone="Asia/Tokyo"
    )
    vendor.refresh_from_db()
    assert (vendor.name, vendor.slug, vendor.currency) == ("Coffee", "tea-co", "EUR")
    assert (vendor.about, vendor.timezone) == ("We brew.", "Asia/Tokyo")


def test_an_unusable_value_changes_nothing() -> None:
    vendor = VendorFactory.create(name="Tea")
    with pytest.raises(InvalidInput):
        profile.update_profile(vendor=vendor, name="Coffee", email="nobody")
    vendor.refresh_from_db()
    assert vendor.name == "Tea"
