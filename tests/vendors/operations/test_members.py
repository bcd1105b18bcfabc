import pytest

from marketplace.kernel import audit
from marketplace.kernel.errors import NotFound
from tests.factories.vendors import VendorFactory, member_of
from vendors.errors import AlreadyMember, LastOwner
from vendors.models import VendorMember, VendorUserObjectPermission
from vendors.operations import members
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole
from vendors.selectors import permissions_on

pytestmark = pytest.mark.django_db


def test_a_member_is_added_once() -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor, VendorRole.SUPPORT)
    with pytest.raises(AlreadyMember) as caught:
        members.add_member(vendor=vendor, user=member, role=VendorRole.OWNER, actor=member)
    assert caught.value.role == "support"
    assert permissions_on(member, vendor) == ROLE_PERMISSIONS[VendorRole.SUPPORT]


def test_another_role_takes_the_permissions_of_the_old_one_away() -> None:
    vendor = VendorFactory.create()
    owner, member = member_of(vendor), member_of(vendor, VendorRole.CATALOGUE)
    members.change_role(vendor=vendor, user=member, role=VendorRole.FINANCE, actor=owner)
    assert permissions_on(member, vendor) == ROLE_PERMISSIONS[VendorRole.FINANCE]
    entry = audit.entries_of(vendor).latest("pk")
    assert (entry.action, entry.actor_id) == ("vendors.member_role_changed", owner.pk)
    assert entry.before == {"user": member.pk, "role": "catalogue"}
    assert entry.after == {"user": member.pk, "role": "finance"}


def test_the_same_role_again_changes_and_records_nothing() -> None:
    vendor = VendorFactory.create()
    owner = member_of(vendor)
    before = audit.entries_of(vendor).count()
    members.change_role(vendor=vendor, user=owner, role=VendorRole.OWNER, actor=owner)
    assert audit.entries_of(vendor).count() == before


def test_who_is_removed_keeps_no_permission_and_the_others_keep_theirs() -> None:
    vendor = VendorFactory.create()
    owner, member = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    members.remove_member(vendor=vendor, user=member, actor=owner)
    assert VendorUserObjectPermission.objects.filter(user=member).count() == 0
    assert permissions_on(owner, vendor) == set(VendorPermission)
    assert list(VendorMember.objects.filter(vendor=vendor).values_list("user", flat=True)) == [owner.pk]


def test_the_last_owner_neither_leaves_nor_steps_down() -> None:
    vendor = VendorFactory.create()
    owner, _ = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    with pytest.raises(LastOwner):
        members.remove_member(vendor=vendor, user=owner, actor=owner)
    with pytest.raises(LastOwner):
        members.change_role(vendor=vendor, user=owner, role=VendorRole.MANAGER, actor=owner)
    assert permissions_on(owner, vendor) == set(VendorPermission)


def test_a_stranger_is_no_member_to_change_or_remove() -> None:
    vendor = VendorFactory.create()
    stranger, owner = member_of(VendorFactory.create()), member_of(vendor)
    with pytest.raises(NotFound):
        members.remove_member(vendor=vendor, user=stranger, actor=owner)
    with pytest.raises(NotFound):
        members.change_role(vendor=vendor, user=stranger, role=VendorRole.OWNER, actor=owner)
