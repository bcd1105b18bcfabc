"""Who works for a vendor: members, their roles, and the permissions that go with them.

Each operation holds the vendor's lock, so that two owners cannot leave or step down at the same moment.
"""

from django.contrib.auth.models import Permission
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from vendors.errors import AlreadyMember, LastOwner
from vendors.events import MemberAdded, MemberRemoved, MemberRoleChanged
from vendors.models import (
    Vendor,
    VendorApiKey,
    VendorInvitation,
    VendorMember,
    VendorUserObjectPermission,
)
from vendors.permissions import ROLE_PERMISSIONS, VendorRole


def found(*, vendor: Vendor, owner: User) -> VendorMember:
    """Make the user the owner of a vendor that was inserted in this transaction; nobody else knows it yet."""
    member = VendorMember.objects.create(vendor=vendor, user=owner, role=VendorRole.OWNER)
    _grant(member)
    return member


def add_member(*, vendor: Vendor, user: User, role: VendorRole, actor: User) -> VendorMember:
    """Let a user work for the vendor, with the permissions of the role.

    Locks the vendor. Raises AlreadyMember. Publishes MemberAdded; audited.
    """
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        known = VendorMember.objects.filter(vendor=vendor, user=user).first()
        if known is not None:
            raise AlreadyMember(role=known.role)
        member = VendorMember.objects.create(vendor=vendor, user=user, role=role)
        _grant(member)
        _record("vendors.member_added", member, actor=actor, after=role)
        publish(MemberAdded(vendor_id=vendor.pk, user_id=user.pk))
    return member


def change_role(*, vendor: Vendor, user: User, role: VendorRole, actor: User) -> VendorMember:
    """Give a member another role with its permissions, and take those of the old one away.

    Locks the vendor. Raises NotFound for a stranger, LastOwner. Publishes MemberRoleChanged; audited. Does
    nothing where the role is the same.
    """
    with transaction.atomic():
        member = _lock_member(vendor, user)
        before = VendorRole(member.role)
        if role == before:
            return member
        _refuse_last_owner(member)
        member.role = role
        member.save(update_fields=["role"])
        _revoke(member)
        _grant(member)
        _record("vendors.member_role_changed", member, actor=actor, before=before, after=role)
        publish(MemberRoleChanged(vendor_id=vendor.pk, user_id=user.pk))
    return member


def remove_member(*, vendor: Vendor, user: User, actor: User) -> None:
    """End a user's work for the vendor, take every permission on it away, and end the keys they made.

    Locks the vendor. Raises NotFound for a stranger, LastOwner. Publishes MemberRemoved; audited.
    """
    with transaction.atomic():
        member = _lock_member(vendor, user)
        _refuse_last_owner(member)
        _revoke(member)
        _revoke_keys(member, actor)
        _record("vendors.member_removed", member, actor=actor, before=VendorRole(member.role))
        member.delete()
        publish(MemberRemoved(vendor_id=vendor.pk, user_id=user.pk))


def _lock_member(vendor: Vendor, user: User) -> VendorMember:
    vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
    member = VendorMember.objects.filter(vendor=vendor, user=user).first()
    if member is None:
        raise NotFound(thing="member", field="user")
    member.vendor, member.user = vendor, user
    return member


def _refuse_last_owner(member: VendorMember) -> None:
    owners = VendorMember.objects.filter(vendor=member.vendor, role=VendorRole.OWNER)
    if member.role == VendorRole.OWNER and not owners.exclude(pk=member.pk).exists():
        raise LastOwner(vendor=member.vendor.name)


def _grant(member: VendorMember) -> None:
    """Give the member what its role may do on the vendor: two statements, whatever the role."""
    codenames = ROLE_PERMISSIONS[VendorRole(member.role)]
    permissions = Permission.objects.filter(content_type__app_label="vendors", codename__in=codenames)
    VendorUserObjectPermission.objects.bulk_create(
        VendorUserObjectPermission(user=member.user, content_object=member.vendor, permission=permission)
        for permission in permissions
    )


def _revoke(member: VendorMember) -> None:
    """Take away what the member may do, and what it has asked others to do in its name."""
    asked = VendorInvitation.objects.filter(vendor=member.vendor, invited_by=member.user)
    asked.filter(accepted_at=None, revoked_at=None).update(revoked_at=clock.now())
    VendorUserObjectPermission.objects.filter(user=member.user, content_object=member.vendor).delete()


def _revoke_keys(member: VendorMember, actor: User) -> None:
    """End the keys that the member made, and has seen: they must not come back with the member."""
    keys = VendorApiKey.objects.filter(vendor=member.vendor, created_by=member.user, revoked_at=None)
    keys.update(revoked_at=clock.now(), revoked_by=actor)


def _record(
    action: str,
    member: VendorMember,
    *,
    actor: User,
    before: VendorRole | None = None,
    after: VendorRole | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=member.vendor,
        before=None if before is None else {"user": member.user_id, "role": before.value},
        after=None if after is None else {"user": member.user_id, "role": after.value},
    )
