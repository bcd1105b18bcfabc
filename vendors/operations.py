"""What is done to vendors and their members, one function a verb.

Authority is decided where the vendor is looked up: by `vendor_of` in vendors/selectors.py, for the platform's
staff by its scope. An operation trusts the vendor it is given and keeps the rules that hold for everyone.
"""

from collections.abc import Callable, Collection

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.kernel import audit
from marketplace.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one
from marketplace.kernel.places import COUNTRIES, CURRENCIES, timezones
from marketplace.kernel.slugs import insert_with_slug
from marketplace.kernel.texts import line, prose
from vendors.errors import AlreadyMember, LastOwner
from vendors.events import (
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    VendorApplied,
    VendorApproved,
    VendorClosed,
    VendorReinstated,
    VendorRejected,
    VendorRenamed,
    VendorSuspended,
)
from vendors.models import (
    VENDOR_MOVES,
    Vendor,
    VendorMember,
    VendorReason,
    VendorStatus,
    VendorUserObjectPermission,
)
from vendors.permissions import ROLE_PERMISSIONS, VendorRole


def apply(
    *, user: User, name: str, email: str, country: str, currency: str, timezone: str = "UTC", about: str = ""
) -> Vendor:
    """Ask to sell: the vendor waits for approval, and the user is its owner.

    Args:
        country: ISO 3166-1 alpha-2.
        currency: ISO 4217; like the country it stays what it is.
        timezone: an IANA name; reports cut their days by it.

    Raises InvalidInput. Publishes VendorApplied.
    """
    name = line(name, field="name", longest=120)
    email = _email(email)
    about = prose(about, field="about", longest=4000)
    _refuse_unknown(country, COUNTRIES, field="country", kind="an ISO 3166-1 country code")
    _refuse_unknown(currency, CURRENCIES, field="currency", kind="an ISO 4217 currency code")
    _refuse_unknown(timezone, timezones(), field="timezone", kind="an IANA time zone")

    def insert(slug: str) -> Vendor:
        return Vendor.objects.create(
            slug=slug,
            name=name,
            email=email,
            country=country,
            currency=currency,
            timezone=timezone,
            about=about,
        )

    with transaction.atomic():
        vendor = insert_with_slug(Vendor.objects.all(), text=name, fallback="vendor", insert=insert)
        _grant(VendorMember.objects.create(vendor=vendor, user=user, role=VendorRole.OWNER))
        publish(VendorApplied(vendor_id=vendor.pk))
    return vendor


def update_profile(*, vendor: Vendor, name: str, email: str, about: str, timezone: str) -> Vendor:
    """Change what the vendor says about itself; its slug, country and currency stay.

    Locks the vendor. Raises InvalidInput. Publishes VendorRenamed if the name is another one.
    """
    name = line(name, field="name", longest=120)
    email = _email(email)
    about = prose(about, field="about", longest=4000)
    _refuse_unknown(timezone, timezones(), field="timezone", kind="an IANA time zone")
    with transaction.atomic():
        vendor = _lock(vendor)
        is_renamed = vendor.name != name
        vendor.name, vendor.email, vendor.about, vendor.timezone = name, email, about, timezone
        vendor.save(update_fields=["name", "email", "about", "timezone", "updated_at"])
        if is_renamed:
            publish(VendorRenamed(vendor_id=vendor.pk))
    return vendor


def approve(*, vendor: Vendor, actor: User, note: str = "") -> Vendor:
    """Let an applicant sell.

    Locks the vendor. Raises TransitionNotAllowed. Publishes VendorApproved.
    """
    with transaction.atomic():
        vendor = _lock(vendor)
        _refuse_unless(vendor, VendorStatus.APPLIED, to=VendorStatus.APPROVED)
        VENDOR_MOVES.move(vendor, VendorStatus.APPROVED, actor=actor, note=note)
        publish(VendorApproved(vendor_id=vendor.pk))
    return vendor


def reject(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """Turn an applicant down, for good; the owner may apply anew.

    Locks the vendor. Raises TransitionNotAllowed. Publishes VendorRejected.
    """
    return _stop(vendor, VendorStatus.REJECTED, VendorRejected, actor=actor, reason=reason, note=note)


def suspend(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """Take a vendor off sale; its listings stay as they are, unseen and unbuyable meanwhile.

    Locks the vendor. Raises TransitionNotAllowed. Publishes VendorSuspended.
    """
    return _stop(vendor, VendorStatus.SUSPENDED, VendorSuspended, actor=actor, reason=reason, note=note)


def reinstate(*, vendor: Vendor, actor: User, note: str = "") -> Vendor:
    """Let a suspended vendor sell again.

    Locks the vendor. Raises TransitionNotAllowed. Publishes VendorReinstated.
    """
    with transaction.atomic():
        vendor = _lock(vendor)
        _refuse_unless(vendor, VendorStatus.SUSPENDED, to=VendorStatus.APPROVED)
        VENDOR_MOVES.move(vendor, VendorStatus.APPROVED, actor=actor, note=note)
        publish(VendorReinstated(vendor_id=vendor.pk))
    return vendor


def close(*, vendor: Vendor, actor: User, reason: VendorReason, note: str = "") -> Vendor:
    """End a vendor's selling, for good.

    Locks the vendor. Raises TransitionNotAllowed. Publishes VendorClosed.
    """
    return _stop(vendor, VendorStatus.CLOSED, VendorClosed, actor=actor, reason=reason, note=note)


def add_member(*, vendor: Vendor, user: User, role: VendorRole, actor: User) -> VendorMember:
    """Let a user work for the vendor, with the permissions of the role.

    Locks the vendor. Raises AlreadyMember. Publishes MemberAdded; audited.
    """
    with transaction.atomic():
        vendor = _lock(vendor)
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
    """End a user's work for the vendor, and take every permission on it away.

    Locks the vendor. Raises NotFound for a stranger, LastOwner. Publishes MemberRemoved; audited.
    """
    with transaction.atomic():
        member = _lock_member(vendor, user)
        _refuse_last_owner(member)
        _revoke(member)
        _record("vendors.member_removed", member, actor=actor, before=VendorRole(member.role))
        member.delete()
        publish(MemberRemoved(vendor_id=vendor.pk, user_id=user.pk))


def _lock(vendor: Vendor) -> Vendor:
    return lock_one(Vendor.objects.filter(pk=vendor.pk))


def _stop(
    vendor: Vendor,
    to: VendorStatus,
    event: Callable[[int], object],
    *,
    actor: User,
    reason: VendorReason,
    note: str,
) -> Vendor:
    with transaction.atomic():
        vendor = _lock(vendor)
        VENDOR_MOVES.move(vendor, to, actor=actor, reason=reason, note=note)
        publish(event(vendor.pk))
    return vendor


def _refuse_unless(vendor: Vendor, status: VendorStatus, *, to: VendorStatus) -> None:
    """Approving and reinstating lead to the same state, and each has one state to start from."""
    if vendor.status != status:
        raise TransitionNotAllowed(thing="vendor", current=vendor.status, asked=to)


def _lock_member(vendor: Vendor, user: User) -> VendorMember:
    """The membership, under the vendor's lock: two owners cannot leave at the same moment."""
    vendor = _lock(vendor)
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
    VendorUserObjectPermission.objects.filter(user=member.user, content_object=member.vendor).delete()


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


def _email(value: str) -> str:
    email = line(value, field="email", longest=254)
    try:
        validate_email(email)
    except ValidationError as fault:
        raise InvalidInput(field="email", reason="This is not an e-mail address.") from fault
    return email


def _refuse_unknown(value: str, known: Collection[str], *, field: str, kind: str) -> None:
    if value not in known:
        raise InvalidInput(field=field, reason=f"This is not {kind}.")
