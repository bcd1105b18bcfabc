from collections.abc import Callable

import pytest

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.states import moves_of
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from vendors import operations
from vendors.errors import AlreadyMember, LastOwner
from vendors.models import Vendor, VendorMember, VendorReason, VendorStatus, VendorUserObjectPermission
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole
from vendors.selectors import permissions_on

pytestmark = pytest.mark.django_db


def apply(*, user: User | None = None, **changes: str) -> Vendor:
    fields = {"name": "Tea & Co", "email": "tea@example.com", "country": "FR", "currency": "EUR", **changes}
    return operations.apply(user=user or UserFactory.create(), **fields)


def test_an_applicant_waits_and_the_user_owns_it() -> None:
    user = UserFactory.create()
    vendor = apply(user=user, name="  Tea   & Co ", timezone="Europe/Paris", about="We\r\nbrew.")
    assert (vendor.status, vendor.name, vendor.slug) == (VendorStatus.APPLIED, "Tea & Co", "tea-co")
    assert (vendor.timezone, vendor.about) == ("Europe/Paris", "We\nbrew.")
    assert permissions_on(user, vendor) == set(VendorPermission)
    assert moves_of(vendor).count() == 0


def test_the_second_of_a_name_gets_a_number_and_an_unspeakable_one_a_fallback() -> None:
    assert [apply().slug, apply().slug, apply(name="日本語").slug] == ["tea-co", "tea-co-2", "vendor"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("email", "nobody"),
        ("country", "XX"),
        ("country", "de"),
        ("currency", "EURO"),
        ("currency", "XXX"),
        ("timezone", "Mars/Olympus"),
        ("about", "x" * 4001),
    ],
)
def test_an_application_with_an_unusable_value_names_it(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        apply(user=None, **{field: value})
    assert caught.value.field == field
    assert Vendor.objects.count() == 0


def test_a_profile_changes_and_its_address_and_currency_stay() -> None:
    vendor = operations.update_profile(
        vendor=apply(), name="Coffee", email="c@example.com", about="", timezone="Asia/Tokyo"
    )
    vendor.refresh_from_db()
    assert (vendor.name, vendor.slug, vendor.currency) == ("Coffee", "tea-co", "EUR")
    assert (vendor.email, vendor.timezone) == ("c@example.com", "Asia/Tokyo")


def test_each_decision_is_recorded_with_who_and_why() -> None:
    vendor, admin = apply(), UserFactory.create(is_staff=True)
    operations.approve(vendor=vendor, actor=admin, note="papers checked")
    operations.suspend(vendor=vendor, actor=admin, reason=VendorReason.FRAUD, note="two reports")
    operations.reinstate(vendor=vendor, actor=admin)
    operations.close(vendor=vendor, actor=admin, reason=VendorReason.REQUESTED)
    moves = [(move.after, move.reason, move.note, move.actor_id) for move in moves_of(vendor)]
    assert moves == [
        ({"status": "approved"}, "", "papers checked", admin.pk),
        ({"status": "suspended"}, "fraud", "two reports", admin.pk),
        ({"status": "approved"}, "", "", admin.pk),
        ({"status": "closed"}, "requested", "", admin.pk),
    ]


def test_a_rejected_applicant_is_no_vendor_for_good() -> None:
    vendor, admin = apply(), UserFactory.create(is_staff=True)
    rejected = operations.reject(vendor=vendor, actor=admin, reason=VendorReason.IDENTITY)
    assert rejected.status == VendorStatus.REJECTED
    with pytest.raises(TransitionNotAllowed):
        operations.approve(vendor=vendor, actor=admin)
    vendor.refresh_from_db()
    assert vendor.status == VendorStatus.REJECTED


@pytest.mark.parametrize(
    ("status", "decide"),
    [(VendorStatus.SUSPENDED, operations.approve), (VendorStatus.APPLIED, operations.reinstate)],
)
def test_approving_and_reinstating_do_not_stand_in_for_each_other(
    status: VendorStatus, decide: Callable[..., Vendor]
) -> None:
    vendor = VendorFactory.create(status=status)
    with pytest.raises(TransitionNotAllowed):
        decide(vendor=vendor, actor=UserFactory.create())
    assert moves_of(vendor).count() == 0


def test_a_member_is_added_once() -> None:
    vendor = VendorFactory.create()
    member = member_of(vendor, VendorRole.SUPPORT)
    with pytest.raises(AlreadyMember) as caught:
        operations.add_member(vendor=vendor, user=member, role=VendorRole.OWNER, actor=member)
    assert caught.value.role == "support"
    assert permissions_on(member, vendor) == ROLE_PERMISSIONS[VendorRole.SUPPORT]


def test_another_role_takes_the_permissions_of_the_old_one_away() -> None:
    vendor = VendorFactory.create()
    owner, member = member_of(vendor), member_of(vendor, VendorRole.CATALOGUE)
    operations.change_role(vendor=vendor, user=member, role=VendorRole.FINANCE, actor=owner)
    assert permissions_on(member, vendor) == ROLE_PERMISSIONS[VendorRole.FINANCE]
    entry = audit.entries_of(vendor).latest("pk")
    assert (entry.action, entry.actor_id) == ("vendors.member_role_changed", owner.pk)
    assert entry.before == {"user": member.pk, "role": "catalogue"}
    assert entry.after == {"user": member.pk, "role": "finance"}


def test_the_same_role_again_changes_and_records_nothing() -> None:
    vendor = VendorFactory.create()
    owner = member_of(vendor)
    before = audit.entries_of(vendor).count()
    operations.change_role(vendor=vendor, user=owner, role=VendorRole.OWNER, actor=owner)
    assert audit.entries_of(vendor).count() == before


def test_who_is_removed_keeps_no_permission_and_the_others_keep_theirs() -> None:
    vendor = VendorFactory.create()
    owner, member = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    operations.remove_member(vendor=vendor, user=member, actor=owner)
    assert VendorUserObjectPermission.objects.filter(user=member).count() == 0
    assert permissions_on(owner, vendor) == set(VendorPermission)
    assert list(VendorMember.objects.filter(vendor=vendor).values_list("user", flat=True)) == [owner.pk]


def test_the_last_owner_neither_leaves_nor_steps_down() -> None:
    vendor = VendorFactory.create()
    owner, _ = member_of(vendor), member_of(vendor, VendorRole.MANAGER)
    with pytest.raises(LastOwner):
        operations.remove_member(vendor=vendor, user=owner, actor=owner)
    with pytest.raises(LastOwner):
        operations.change_role(vendor=vendor, user=owner, role=VendorRole.MANAGER, actor=owner)
    assert permissions_on(owner, vendor) == set(VendorPermission)


def test_a_stranger_is_no_member_to_change_or_remove() -> None:
    vendor = VendorFactory.create()
    stranger, owner = member_of(VendorFactory.create()), member_of(vendor)
    with pytest.raises(NotFound):
        operations.remove_member(vendor=vendor, user=stranger, actor=owner)
    with pytest.raises(NotFound):
        operations.change_role(vendor=vendor, user=stranger, role=VendorRole.OWNER, actor=owner)
