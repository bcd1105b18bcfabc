from datetime import timedelta

import pytest

from marketplace.accounts.errors import ExpiredKey
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory, member_of
from vendors.errors import AlreadyMember, WrongAddressee
from vendors.models import Vendor, VendorInvitation, VendorMember, VendorStatus
from vendors.operations import invitations, members
from vendors.permissions import ROLE_PERMISSIONS, VendorRole
from vendors.selectors import open_invitations, permissions_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor() -> Vendor:
    made: Vendor = VendorFactory.create()
    return made


@pytest.fixture
def owner(vendor: Vendor) -> User:
    return member_of(vendor)


def asked(vendor: Vendor, owner: User, email: str = "ida@example.com") -> VendorInvitation:
    return invitations.invite(vendor=vendor, email=email, role=VendorRole.SUPPORT, actor=owner)


def test_who_accepts_works_for_the_vendor_in_the_role(vendor: Vendor, owner: User) -> None:
    invitation = asked(vendor, owner, "Ida@Example.com")
    ida = UserFactory.create(email="ida@example.com")
    member = invitations.accept(key=invitations.invitation_key(invitation), user=ida)
    assert (member.role, permissions_on(ida, vendor)) == (
        VendorRole.SUPPORT,
        ROLE_PERMISSIONS[VendorRole.SUPPORT],
    )
    assert list(open_invitations(vendor)) == []
    actions = [entry.action for entry in audit.entries_of(vendor)]
    assert actions[-2:] == ["vendors.member_invited", "vendors.member_added"]


def test_a_key_works_once(vendor: Vendor, owner: User) -> None:
    key = invitations.invitation_key(asked(vendor, owner))
    ida = UserFactory.create(email="ida@example.com")
    member = invitations.accept(key=key, user=ida)
    members.remove_member(vendor=vendor, user=ida, actor=owner)
    with pytest.raises(ExpiredKey):
        invitations.accept(key=key, user=ida)
    assert not VendorMember.objects.filter(pk=member.pk).exists()


def test_a_key_is_for_the_address_it_was_sent_to(vendor: Vendor, owner: User) -> None:
    key = invitations.invitation_key(asked(vendor, owner))
    eve = UserFactory.create(email="eve@example.com")
    with pytest.raises(WrongAddressee):
        invitations.accept(key=key, user=eve)
    assert permissions_on(eve, vendor) == set()
    assert len(open_invitations(vendor)) == 1


@pytest.mark.parametrize("key", ["", "x", "x:y:z", "\x00"])
def test_a_made_up_key_opens_nothing(key: str) -> None:
    with pytest.raises(ExpiredKey):
        invitations.accept(key=key, user=UserFactory.create())


def test_a_key_ends(vendor: Vendor, owner: User) -> None:
    invitation = asked(vendor, owner)
    key = invitations.invitation_key(invitation)
    with clock.at(clock.now() + invitations.INVITATION_TIME), pytest.raises(ExpiredKey):
        invitations.accept(key=key, user=UserFactory.create(email="ida@example.com"))
    with clock.at(clock.now() + invitations.INVITATION_TIME - timedelta(minutes=1)):
        ida = User.objects.get(email="ida@example.com")
        assert invitations.accept(key=key, user=ida).vendor == vendor


def test_another_invitation_replaces_the_first(vendor: Vendor, owner: User) -> None:
    first, second = asked(vendor, owner), asked(vendor, owner)
    assert list(open_invitations(vendor)) == [second]
    with pytest.raises(ExpiredKey):
        invitations.accept(
            key=invitations.invitation_key(first), user=UserFactory.create(email="ida@example.com")
        )


def test_a_revoked_invitation_opens_nothing(vendor: Vendor, owner: User) -> None:
    invitation = invitations.revoke_invitation(invitation=asked(vendor, owner), actor=owner)
    assert invitation.revoked_at is not None
    with pytest.raises(ExpiredKey):
        invitations.accept(
            key=invitations.invitation_key(invitation), user=UserFactory.create(email="ida@example.com")
        )


def test_what_a_member_asked_for_ends_with_its_role(vendor: Vendor, owner: User) -> None:
    other = member_of(vendor)
    asked(vendor, other)
    members.change_role(vendor=vendor, user=other, role=VendorRole.FINANCE, actor=owner)
    assert list(open_invitations(vendor)) == []


def test_a_closed_vendor_takes_nobody_on(vendor: Vendor, owner: User) -> None:
    invitation = asked(vendor, owner)
    Vendor.objects.update(status=VendorStatus.CLOSED)
    with pytest.raises(ExpiredKey):
        invitations.accept(
            key=invitations.invitation_key(invitation), user=UserFactory.create(email="ida@example.com")
        )


def test_a_member_is_not_invited(vendor: Vendor, owner: User) -> None:
    with pytest.raises(AlreadyMember):
        asked(vendor, owner, owner.email)
    assert VendorInvitation.objects.count() == 0
