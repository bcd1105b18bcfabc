from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.factories.vendors import VendorFactory, key_of
from tests.support import tree
from vendors.models import VENDOR_MOVES, Vendor, VendorApiKey, VendorStatus, handle_of, new_secret
from vendors.permissions import VendorPermission

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


def test_a_key_looks_like_one_of_ours() -> None:
    (handle, secret), (_, other) = new_secret(), new_secret()
    assert (handle_of(secret), secret == other) == (handle, False)
    assert secret.startswith(f"mkey_{handle}_")
    assert (len(handle), len(secret)) == (12, 67)


@pytest.mark.parametrize("place", range(67))
def test_no_slip_of_a_key_passes_its_checksum(place: int) -> None:
    _, secret = new_secret()
    wrong = "a" if secret[place] != "a" else "b"
    assert handle_of(secret[:place] + wrong + secret[place + 1 :]) is None
    assert handle_of(secret[:place] + secret[place + 1 :]) is None


@pytest.mark.parametrize("permissions", [[], ["manage_members"], ["view_vendor", "manage_api_keys"], ["fly"]])
def test_the_database_refuses_what_no_key_may_be_given(permissions: list[str]) -> None:
    key, _ = key_of(VendorFactory.create(), VendorPermission.VIEW_VENDOR)
    with pytest.raises(IntegrityError, match="an_api_key_may_"), transaction.atomic():
        VendorApiKey.objects.filter(pk=key.pk).update(permissions=permissions)
