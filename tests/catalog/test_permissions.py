from catalog.models import Product
from catalog.permissions import PRODUCT_GRANTS
from vendors.permissions import VendorPermission


def test_grants_are_permissions_django_has_on_a_product() -> None:
    known = {f"{action}_product" for action in Product._meta.default_permissions}
    assert {codename for worth in PRODUCT_GRANTS.values() for codename in worth} <= known


def test_who_may_change_a_listing_may_see_it() -> None:
    assert PRODUCT_GRANTS[VendorPermission.CHANGE_LISTINGS] <= PRODUCT_GRANTS[VendorPermission.VIEW_LISTINGS]


def test_a_grant_on_a_product_opens_nothing_of_the_vendor() -> None:
    assert set(PRODUCT_GRANTS) == {
        VendorPermission.VIEW_LISTINGS,
        VendorPermission.CHANGE_LISTINGS,
        VendorPermission.CHANGE_STOCK,
    }
