from pathlib import Path

from tests.support import tree
from vendors.models import Vendor
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole, as_markdown


def test_the_page_shows_the_table_there_is() -> None:
    assert as_markdown() in tree.text(Path("docs/permissions.md"))


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(VendorRole)


def test_an_owner_may_do_everything() -> None:
    assert ROLE_PERMISSIONS[VendorRole.OWNER] == set(VendorPermission)


def test_only_owners_can_raise_themselves_or_redirect_money() -> None:
    for permission in (VendorPermission.MANAGE_MEMBERS, VendorPermission.CHANGE_PAYOUT_ACCOUNT):
        assert [role for role, held in ROLE_PERMISSIONS.items() if permission in held] == [VendorRole.OWNER]


def test_every_role_sees_the_vendor_it_works_for() -> None:
    assert all(VendorPermission.VIEW_VENDOR in held for held in ROLE_PERMISSIONS.values())


def test_the_permissions_are_those_of_the_model() -> None:
    assert [name for name, _ in Vendor._meta.permissions] == [*VendorPermission.values, "moderate_vendor"]
