"""Inviting people by mail: a signed link that works once, for the address it was sent to.

Nobody learns here whether an address has an account: inviting answers the same, and who has none signs up
with that address first. The key is made by the job that writes the mail, so no queue and no table holds one.
"""

from datetime import timedelta
from typing import Final

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.errors import ExpiredKey
from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.mailbox import normalized
from marketplace.kernel.rates import Rule
from vendors.errors import AlreadyMember, WrongAddressee
from vendors.events import MemberInvited, VendorApplied
from vendors.models import (
    VENDOR_MOVES,
    Vendor,
    VendorInvitation,
    VendorMember,
    VendorReason,
    VendorStatus,
)
from vendors.operations.members import add_member
from vendors.permissions import VendorRole

# Counted by the API before it calls: a limit commits by itself, so no operation inside a transaction can ask.
INVITE_BY_USER: Final = Rule(name="vendor_invite_by_user", limit=30, period=timedelta(hours=1))
INVITATION_TIME: Final = timedelta(days=7)
SALT: Final = "vendors.invitation"


def invite(*, vendor: Vendor, email: str, role: VendorRole, actor: User) -> VendorInvitation:
    """Ask whoever reads this address to work for the vendor; an open invitation of theirs is replaced.

    Locks the vendor. Raises InvalidInput, AlreadyMember. Publishes MemberInvited, which mails the link;
    audited.
    """
    email = normalized(email)
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=vendor.pk))
        known = VendorMember.objects.filter(vendor=vendor, user__email=email).first()
        if known is not None:
            raise AlreadyMember(role=known.role, field="email")
        _open_invitations(vendor).filter(email=email).update(revoked_at=clock.now())
        invitation = VendorInvitation.objects.create(
            vendor=vendor,
            email=email,
            role=role,
            invited_by=actor,
            expires_at=clock.now() + INVITATION_TIME,
        )
        _record("vendors.member_invited", invitation, actor=actor)
        publish(MemberInvited(invitation_id=invitation.pk))
    return invitation


def revoke_invitation(*, invitation: VendorInvitation, actor: User) -> VendorInvitation:
    """Take an invitation back; its link no longer works. Does nothing once it is accepted or revoked.

    Locks the vendor. Audited.
    """
    with transaction.atomic():
        vendor = lock_one(Vendor.objects.filter(pk=invitation.vendor_id))
        if _open_invitations(vendor).filter(pk=invitation.pk).update(revoked_at=clock.now()):
            _record("vendors.invitation_revoked", invitation, actor=actor)
    invitation.refresh_from_db()
    return invitation


def accept(*, key: str, user: User) -> VendorMember:
    """Take up an invitation by its mailed key, as the user of the address it was sent to.

    The owner the platform invited begins the vendor's application by it. Locks the vendor. Raises ExpiredKey
    for a key that is used, revoked, old or made up, WrongAddressee, AlreadyMember. Publishes MemberAdded, and
    VendorApplied for the owner invited by the platform; audited.
    """
    with transaction.atomic():
        invitation = _locked(key)
        if invitation.email != user.email:
            raise WrongAddressee
        vendor = invitation.vendor
        VendorInvitation.objects.filter(pk=invitation.pk).update(accepted_at=clock.now(), accepted_by=user)
        role = VendorRole(invitation.role)
        member = add_member(vendor=vendor, user=user, role=role, actor=invitation.invited_by)
        if vendor.status == VendorStatus.INVITED and role == VendorRole.OWNER:
            VENDOR_MOVES.move(vendor, VendorStatus.APPLIED, actor=user, reason=VendorReason.REQUESTED)
            publish(VendorApplied(vendor_id=vendor.pk))
    return member


def invitation_key(invitation: VendorInvitation) -> str:
    """What its mail carries: good while the invitation is open."""
    return signing.dumps(invitation.pk, salt=SALT)


def _locked(key: str) -> VendorInvitation:
    """The open invitation of this key, its vendor locked: of two who come at once, one finds it used."""
    try:
        pk = signing.loads(key, salt=SALT, max_age=INVITATION_TIME)
    except signing.BadSignature as fault:
        raise ExpiredKey from fault
    known = VendorInvitation.objects.filter(pk=pk).first()
    if known is None:
        raise ExpiredKey
    vendor = lock_one(Vendor.objects.filter(pk=known.vendor_id))
    still_open = _open_invitations(vendor).filter(pk=pk, expires_at__gt=clock.now())
    invitation = still_open.select_related("invited_by").first()
    if invitation is None or vendor.status == VendorStatus.CLOSED:
        raise ExpiredKey
    invitation.vendor = vendor
    return invitation


def _open_invitations(vendor: Vendor) -> QuerySet[VendorInvitation]:
    return VendorInvitation.objects.filter(vendor=vendor, accepted_at=None, revoked_at=None)


def _record(action: str, invitation: VendorInvitation, *, actor: User) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=invitation.vendor,
        after={"invitation": invitation.pk, "role": invitation.role},
    )
