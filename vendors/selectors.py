"""What is read about vendors, and the one place where a user's authority on a vendor is decided.

What a user may not see answers exactly like what does not exist. Platform staff, superusers too, have no
authority on a vendor unless they are members: they act through the platform's own operations, by name.
"""

from collections import defaultdict
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare

from marketplace.accounts.models import User
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import AuditEntry
from marketplace.kernel.places import EEA
from marketplace.kernel.slugs import is_slug
from vendors.errors import NotPermitted
from vendors.models import (
    KeyVisitor,
    PlatformTerms,
    TraderDetails,
    Vendor,
    VendorApiKey,
    VendorAppeal,
    VendorInvitation,
    VendorMember,
    VendorPolicy,
    VendorQuerySet,
    VendorStatus,
    VendorUserObjectPermission,
    digest_of,
    handle_of,
)
from vendors.onboarding import StepState, checklist, current_terms
from vendors.permissions import ROLE_PERMISSIONS, VendorPermission, VendorRole
from vendors.scopes import scope_of_vendor

# Every question of authority takes one of these, so a key is asked like a person, at the same three places.
Visitor = User | AnonymousUser | KeyVisitor

# How an entry of the log names who is not named.
SYSTEM: Final = "the system"
PLATFORM: Final = "the platform"
SOMEBODY: Final = "somebody else"


def selling_vendors() -> VendorQuerySet:
    """Vendors that buyers may see."""
    return Vendor.objects.selling()


def vendor_by_slug(slug: str) -> VendorQuerySet:
    """The vendor that buyers see under this slug, or once saw under it: one row or none."""
    return selling_vendors().filter(slugs__slug=slug) if is_slug(slug) else Vendor.objects.none()


def public_trader(vendor: Vendor) -> TraderDetails | None:
    """Who stands behind the vendor, where buyers must be told: in the EEA. Reads `trader`."""
    details = getattr(vendor, "trader", None)
    return details if vendor.country in EEA else None


def vendors_of(user: Visitor, permission: VendorPermission | None = None) -> VendorQuerySet:
    """The vendors a user works for, whatever their state; only those with the permission, if one is named.

    One statement. Empty for the anonymous and for who is no longer active. A key works for its vendor.
    """
    if isinstance(user, KeyVisitor):
        may = bool(user.permissions) if permission is None else permission in user.permissions
        return Vendor.objects.filter(pk=user.vendor_id) if may else Vendor.objects.none()
    if isinstance(user, AnonymousUser) or not user.is_active:
        return Vendor.objects.none()
    granted = VendorUserObjectPermission.objects.filter(user=user)
    if permission is not None:
        granted = granted.filter(permission__codename=permission)
    return Vendor.objects.filter(pk__in=granted.values("content_object"))


def permissions_on(user: Visitor, vendor: Vendor) -> frozenset[VendorPermission]:
    """All that a user may do on a vendor, in one statement: ask once where many fields depend on it.

    A key knows it already.
    """
    if isinstance(user, KeyVisitor):
        return user.permissions if user.vendor_id == vendor.pk else frozenset()
    if isinstance(user, AnonymousUser) or not user.is_active:
        return frozenset()
    granted = VendorUserObjectPermission.objects.filter(user=user, content_object=vendor)
    return frozenset(map(VendorPermission, granted.values_list("permission__codename", flat=True)))


def permissions_by_vendor(user: Visitor) -> dict[int, frozenset[VendorPermission]]:
    """All that a user may do, by the key of the vendor, in one statement however many vendors there are."""
    if isinstance(user, KeyVisitor):
        return {user.vendor_id: user.permissions}
    if isinstance(user, AnonymousUser) or not user.is_active:
        return {}
    granted = VendorUserObjectPermission.objects.filter(user=user)
    found: dict[int, set[VendorPermission]] = defaultdict(set)
    for vendor, codename in granted.values_list("content_object", "permission__codename"):
        found[vendor].add(VendorPermission(codename))
    return {vendor: frozenset(permissions) for vendor, permissions in found.items()}


def can(user: Visitor, permission: VendorPermission, vendor: Vendor) -> bool:
    """Whether a user may do this on the vendor. One statement, none for the anonymous."""
    return permission in permissions_on(user, vendor)


def vendor_of(user: Visitor, slug: str, permission: VendorPermission) -> Vendor:
    """The vendor on which a user is about to do something.

    Two statements. Raises NotFound for a stranger as for a slug nobody has, NotPermitted for a member whose
    role lacks the permission.
    """
    vendor = vendors_of(user).filter(slug=slug).first() if is_slug(slug) else None
    if vendor is None:
        raise NotFound(thing="vendor", field="vendor")
    require(user, permission, vendor)
    return vendor


def require(user: Visitor, permission: VendorPermission, vendor: Vendor) -> None:
    """Refuse what a user may not do on the vendor.

    One statement. Raises NotFound for a stranger, NotPermitted for a member whose role lacks the permission.
    """
    held = permissions_on(user, vendor)
    if not held:
        raise NotFound(thing="vendor", field="vendor")
    if permission not in held:
        raise NotPermitted(permission=permission)


def require_grantable(user: Visitor, role: VendorRole, vendor: Vendor) -> None:
    """Refuse to let a user give (or take) a role that may do what the user may not.

    One statement. Raises NotFound for a stranger, NotPermitted.
    """
    held = permissions_on(user, vendor)
    if not held:
        raise NotFound(thing="vendor", field="vendor")
    beyond = ROLE_PERMISSIONS[role] - held
    if beyond:
        raise NotPermitted(permission=min(beyond), field="role")


def member_for(user: Visitor, pk: int, *, may_be_self: bool = False) -> VendorMember:
    """The member a user is about to change or remove; `may_be_self` where anybody may do it to themselves.

    Four statements at most. Raises NotFound for a stranger as for a key nobody has, NotPermitted for a
    colleague who may not, or who may do less than the member.
    """
    member = VendorMember.objects.select_related("vendor", "user").filter(pk=pk).first()
    if member is None or not can(user, VendorPermission.VIEW_VENDOR, member.vendor):
        raise NotFound(thing="member", field="member")
    if not (may_be_self and member.user == user):
        require(user, VendorPermission.MANAGE_MEMBERS, member.vendor)
        require_grantable(user, VendorRole(member.role), member.vendor)
    return member


def invitation_for(user: Visitor, pk: int) -> VendorInvitation:
    """The invitation a user is about to take back. Raises NotFound and NotPermitted like `member_for`."""
    invitation = VendorInvitation.objects.select_related("vendor").filter(pk=pk).first()
    if invitation is None or not can(user, VendorPermission.VIEW_VENDOR, invitation.vendor):
        raise NotFound(thing="invitation", field="invitation")
    require(user, VendorPermission.MANAGE_MEMBERS, invitation.vendor)
    return invitation


def open_invitations(vendor: Vendor) -> "QuerySet[VendorInvitation]":
    """Who is asked to work for the vendor and has not answered, the newest first."""
    waiting = VendorInvitation.objects.filter(vendor=vendor, accepted_at=None, revoked_at=None)
    return waiting.filter(expires_at__gt=clock.now()).order_by("-pk")


def visitor_of_key(secret: str) -> KeyVisitor | None:
    """Who comes with this secret; None for what is no key of ours, is revoked, has ended, or may nothing.

    One statement, none for what was mistyped. What the key may do is what it was given, of that what its
    maker may do at this moment, and never what takes a person.
    """
    handle = handle_of(secret)
    if handle is None:
        return None
    found = VendorApiKey.objects.filter(handle=handle).with_held().select_related("created_by")
    key = found.first()
    if key is None or not constant_time_compare(key.digest, digest_of(secret)):
        return None
    permissions = key.permissions_now
    return KeyVisitor(key=key, permissions=permissions) if permissions else None


def api_keys_of(vendor: Vendor) -> "QuerySet[VendorApiKey]":
    """All keys of a vendor, revoked ones too, the newest first."""
    return VendorApiKey.objects.filter(vendor=vendor).order_by("-pk")


def api_key_for(user: Visitor, pk: int) -> VendorApiKey:
    """The key a user is about to revoke. Raises NotFound and NotPermitted like `member_for`."""
    key = VendorApiKey.objects.select_related("vendor").filter(pk=pk).first()
    if key is None or not can(user, VendorPermission.VIEW_VENDOR, key.vendor):
        raise NotFound(thing="API key", field="apiKey")
    require(user, VendorPermission.MANAGE_API_KEYS, key.vendor)
    return key


def open_appeals() -> "QuerySet[VendorAppeal]":
    """What the platform has yet to answer, the longest waiting first."""
    return VendorAppeal.objects.filter(answered_at=None).order_by("pk")


def applications() -> VendorQuerySet:
    """The vendors that wait for a decision, the longest waiting first."""
    return Vendor.objects.filter(status=VendorStatus.UNDER_REVIEW).order_by("updated_at", "pk")


def onboarding_of(vendor: Vendor) -> list[StepState]:
    """How each step of the vendor's checklist stands."""
    return checklist(vendor)


def terms_of_this_moment() -> PlatformTerms | None:
    """What vendors agree to at present; None while the platform has no terms."""
    return current_terms()


def policies_now(vendor: str) -> ArraySubquery:
    """The keys of the present policies of a vendor, which is a field of the outer query."""
    present = VendorPolicy.objects.filter(vendor=OuterRef(vendor)).current()
    return ArraySubquery(present.values("pk"))


def whole_log() -> "QuerySet[AuditEntry]":
    """All that was done, newest first, each entry with its `actor_name` as the platform's staff see it."""
    return AuditEntry.objects.order_by("-pk").annotate(
        actor_name=Case(
            When(actor_id=None, then=Value(SYSTEM)),
            default=Coalesce(
                Subquery(_people().values("email")[:1]), Value(SOMEBODY), output_field=CharField()
            ),
        )
    )


def log_of_vendors(*keys: int) -> "QuerySet[AuditEntry]":
    """What was done to vendors and to all that is theirs, newest first, as somebody of all of them sees it.

    The `actor_name` of their members is an address. Whoever decides for the platform is nobody by name.
    """
    members = _people().filter(vendor_memberships__vendor__in=keys)
    return audit.log_of(*map(scope_of_vendor, keys)).annotate(
        actor_name=Case(
            When(actor_id=None, then=Value(SYSTEM)),
            default=Coalesce(
                Subquery(members.values("email")[:1]),
                Subquery(_people().filter(is_staff=True).values(who=Value(PLATFORM))[:1]),
                Value(SOMEBODY),
                output_field=CharField(),
            ),
        )
    )


def _people() -> "QuerySet[User]":
    return User.objects.filter(pk=OuterRef("actor_id")).order_by()
