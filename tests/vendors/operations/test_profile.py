import pytest
from django.db import IntegrityError, transaction

from marketplace.kernel.errors import InvalidInput
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.vendors import VendorFactory
from vendors.errors import CurrencyFixed, SlugTaken
from vendors.models import Vendor, VendorSlug
from vendors.operations import life, profile
from vendors.selectors import vendor_by_slug

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


def test_every_slug_goes_on_leading_to_its_vendor_and_to_no_other() -> None:
    tea, other = VendorFactory.create(slug="tea"), VendorFactory.create(slug="other")
    actor = UserFactory.create()
    profile.change_slug(vendor=tea, slug="teahouse", actor=actor)
    assert [vendor_by_slug(slug).get().slug for slug in ("tea", "teahouse")] == ["teahouse"] * 2
    for slug in ("tea", "teahouse"):
        with pytest.raises(SlugTaken):
            profile.change_slug(vendor=other, slug=slug, actor=actor)
    applied = life.apply(user=actor, name="Tea", email="t@example.com", country="FR", currency="EUR")
    assert applied.slug == "tea-2"
    assert profile.change_slug(vendor=tea, slug="tea", actor=actor).slug == "tea"
    assert list(VendorSlug.objects.filter(vendor=tea).values_list("slug", flat=True)) == ["tea", "teahouse"]


@pytest.mark.parametrize("slug", ["", "Tea", "tea house", "-tea", "täa", "x" * 81, "a\x00"])
def test_a_slug_no_address_can_hold_is_refused(slug: str) -> None:
    with pytest.raises(InvalidInput):
        profile.change_slug(vendor=VendorFactory.create(), slug=slug, actor=None)


def test_the_database_gives_a_borne_slug_to_nobody_else() -> None:
    tea = VendorFactory.create(slug="tea")
    Vendor.objects.filter(pk=tea.pk).update(slug="teahouse")
    with pytest.raises(IntegrityError), transaction.atomic():
        VendorFactory.create(slug="tea")


def test_the_currency_is_fixed_by_the_first_listing() -> None:
    vendor = VendorFactory.create()
    assert profile.update_profile(vendor=vendor, currency="USD").currency == "USD"
    ProductFactory.create(vendor=vendor, currency="USD")
    with pytest.raises(CurrencyFixed):
        profile.update_profile(vendor=vendor, currency="EUR", name="Other")
    vendor.refresh_from_db()
    assert (vendor.currency, vendor.name == "Other") == ("USD", False)
    assert profile.update_profile(vendor=vendor, currency="USD", handling_days=5).handling_days == 5
