import pytest
from django.db import IntegrityError, transaction

from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory
from vendors.models import PolicyKind, TraderDetails, Vendor, VendorPolicy
from vendors.operations.declarations import Trader, publish_policy, save_trader_details
from vendors.selectors import public_trader

pytestmark = pytest.mark.django_db

WHO = {
    "legal_name": "Tea GmbH",
    "line1": "Am Ufer 2",
    "city": "Berlin",
    "country": "DE",
    "email": "Law@Tea.example",
    "phone": "+49 30 1",
    "tax_number": "DE1",
}


def save(vendor: Vendor, *, is_attested: bool = False, **changes: str) -> TraderDetails:
    trader = Trader(**{**WHO, **changes})
    return save_trader_details(
        vendor=vendor, trader=trader, is_attested=is_attested, actor=UserFactory.create()
    )


def test_what_is_complete_is_attested_and_a_change_undoes_it() -> None:
    vendor = VendorFactory.create()
    details = save(vendor, is_attested=True)
    assert (details.email, details.missing, details.attested_at is not None) == ("law@tea.example", [], True)
    assert save(vendor).attested_at is not None  # nothing changed
    assert save(vendor, city="Hamburg").attested_at is None
    entry = audit.entries_of(vendor).last()
    assert entry is not None
    assert entry.after == {"changed": ["city"], "attested": False}  # no value: it may be personal


def test_what_is_incomplete_is_not_attested() -> None:
    vendor = VendorFactory.create()
    assert save(vendor, tax_number="").missing == ["tax_number"]
    with pytest.raises(InvalidInput) as caught:
        save(vendor, is_attested=True, tax_number="")
    assert caught.value.field == "taxNumber"


@pytest.mark.parametrize(("country", "is_told"), [("DE", True), ("NO", True), ("US", False), ("GB", False)])
def test_buyers_are_told_in_the_economic_area(country: str, is_told: bool) -> None:
    vendor = VendorFactory.create(country=country)
    save(vendor)
    assert (public_trader(Vendor.objects.get(pk=vendor.pk)) is not None) == is_told


def test_a_policy_goes_on_in_versions_that_never_change() -> None:
    vendor, actor = VendorFactory.create(), UserFactory.create()
    for text in ("30 days.", "30 days.", "14 days."):
        publish_policy(vendor=vendor, kind=PolicyKind.RETURNS, text=text, actor=actor)
    publish_policy(vendor=vendor, kind=PolicyKind.PRIVACY, text="None.", actor=actor)
    assert list(VendorPolicy.objects.values_list("kind", "version", "text")) == [
        ("privacy", 1, "None."),
        ("returns", 1, "30 days."),
        ("returns", 2, "14 days."),
    ]
    assert [policy.text for policy in VendorPolicy.objects.current()] == ["None.", "14 days."]
    with pytest.raises(IntegrityError), transaction.atomic():
        VendorPolicy.objects.update(text="7 days.")
