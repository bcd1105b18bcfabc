import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from marketplace.kernel.errors import NotFound
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from vendors.errors import NotPermitted
from vendors.models import VendorStatus
from vendors.operations.members import add_member
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole
from vendors.selectors import (
    can,
    permissions_by_vendor,
    permissions_on,
    require,
    require_grantable,
    selling_vendors,
    vendor_by_slug,
    vendor_of,
    vendors_of,
)

pytestmark = pytest.mark.django_db


def test_buyers_see_approved_vendors_only() -> None:
    seen = VendorFactory.create(slug="seen")
    VendorFactory.create(slug="unseen", status=VendorStatus.SUSPENDED)
    assert list(selling_vendors()) == [seen]
    assert list(vendor_by_slug("seen")) == [seen]
    assert [list(vendor_by_slug(slug)) for slug in ("unseen", "nowhere", "\x00")] == [[], [], []]


@pytest.mark.parametrize("role", VendorRole)
def test_a_member_may_do_what_the_role_says_and_nothing_else(role: VendorRole) -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor, role)
    assert permissions_on(member, vendor) == ROLE_PERMISSIONS[role]
    assert permissions_on(member, VendorFactory.create()) == set()


def test_guardian_answers_as_we_do() -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor, VendorRole.FINANCE)
    for permission in VendorPermission:
        assert member.has_perm(f"vendors.{permission}", vendor) == can(member, permission, vendor)


def test_strangers_the_anonymous_the_locked_out_and_superusers_may_do_nothing() -> None:
    vendor = VendorFactory.create()
    left = member_of(vendor)
    left.is_active = False
    for user in (UserFactory.create(), AnonymousUser(), left, UserFactory.create(is_superuser=True)):
        assert permissions_on(user, vendor) == set()
        assert list(vendors_of(user)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_vendors_of_a_user_take_one_statement(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    vendors = VendorFactory.create_batch(count, status=VendorStatus.APPLIED)
    user = member_of(vendors[0])
    for vendor in vendors[1:]:
        member_of(vendor)
    with django_assert_num_queries(1):
        assert list(vendors_of(user)) == [vendors[0]]


def test_the_vendors_of_a_user_are_those_with_the_permission_asked_for() -> None:
    member = member_of(VendorFactory.create(), VendorRole.SUPPORT)
    assert list(vendors_of(member, VendorPermission.VIEW_ORDERS)) == list(vendors_of(member))
    assert list(vendors_of(member, VendorPermission.VIEW_FINANCES)) == []


def test_a_member_gets_the_vendor_with_the_permission() -> None:
    vendor = VendorFactory.create(status=VendorStatus.SUSPENDED)
    assert vendor_of(member_of(vendor), vendor.slug, VendorPermission.CHANGE_VENDOR) == vendor


def test_a_member_whose_role_lacks_the_permission_is_told_so() -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor, VendorRole.SUPPORT)
    with pytest.raises(NotPermitted) as caught:
        vendor_of(member, vendor.slug, VendorPermission.VIEW_FINANCES)
    assert caught.value.permission == "view_finances"


def test_a_strangers_vendor_looks_like_one_that_does_not_exist() -> None:
    vendor = VendorFactory.create()
    stranger = UserFactory.create()
    facts = []
    for slug in (vendor.slug, "no-such-vendor", "\x00"):
        with pytest.raises(NotFound) as caught:
            vendor_of(stranger, slug, VendorPermission.VIEW_VENDOR)
        facts.append(vars(caught.value))
    with pytest.raises(NotFound) as caught:
        require(stranger, VendorPermission.VIEW_VENDOR, vendor)
    assert facts[0] == facts[1] == facts[2] == vars(caught.value) == {"thing": "vendor", "field": "vendor"}


def test_nobody_gives_a_role_that_may_do_more_than_the_giver() -> None:
    vendor = VendorFactory.create()
    manager, owner = member_of(vendor, VendorRole.MANAGER), member_of(vendor)
    for role in VendorRole:
        require_grantable(owner, role, vendor)
    for role in set(VendorRole) - {VendorRole.OWNER}:
        require_grantable(manager, role, vendor)
    with pytest.raises(NotPermitted):
        require_grantable(manager, VendorRole.OWNER, vendor)
    with pytest.raises(NotFound):
        require_grantable(UserFactory.create(), VendorRole.SUPPORT, vendor)


def test_a_user_may_do_at_each_vendor_what_its_role_there_says(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user, here, there = UserFactory.create(), VendorFactory.create(), VendorFactory.create()
    add_member(vendor=here, user=user, role=VendorRole.OWNER, actor=user)
    add_member(vendor=there, user=user, role=VendorRole.FINANCE, actor=user)
    with django_assert_num_queries(1):
        assert permissions_by_vendor(user) == {
            here.pk: ROLE_PERMISSIONS[VendorRole.OWNER],
            there.pk: ROLE_PERMISSIONS[VendorRole.FINANCE],
        }
    assert permissions_by_vendor(UserFactory.create()) == permissions_by_vendor(AnonymousUser()) == {}
