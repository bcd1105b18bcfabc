"""What is read about vendors, and the one place where a user's authority on a vendor is decided.

What a user may not see answers exactly like what does not exist. Platform staff, superusers too, have no
authority on a vendor unless they are members: they act through the platform's own operations, by name.
"""

from django.contrib.auth.models import AnonymousUser

from marketplace.accounts.models import User
from marketplace.kernel.errors import NotFound
from marketplace.kernel.slugs import is_slug
from vendors.errors import NotPermitted
from vendors.models import Vendor, VendorQuerySet, VendorUserObjectPermission
from vendors.permissions import VendorPermission

Visitor = User | AnonymousUser


def selling_vendors() -> VendorQuerySet:
    """Vendors that buyers may see."""
    return Vendor.objects.selling()


def vendor_by_slug(slug: str) -> VendorQuerySet:
    """The vendor that buyers see under this slug: one row or none."""
    return selling_vendors().filter(slug=slug) if is_slug(slug) else Vendor.objects.none()


def vendors_of(user: Visitor, permission: VendorPermission | None = None) -> VendorQuerySet:
    """The vendors a user works for, whatever their state; only those with the permission, if one is named.

    One statement. Empty for the anonymous and for who is no longer active.
    """
    if isinstance(user, AnonymousUser) or not user.is_active:
        return Vendor.objects.none()
    granted = VendorUserObjectPermission.objects.filter(user=user)
    if permission is not None:
        granted = granted.filter(permission__codename=permission)
    return Vendor.objects.filter(pk__in=granted.values("content_object"))


def permissions_on(user: Visitor, vendor: Vendor) -> frozenset[VendorPermission]:
    """All that a user may do on a vendor, in one statement: ask once where many fields depend on it."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return frozenset()
    granted = VendorUserObjectPermission.objects.filter(user=user, content_object=vendor)
    return frozenset(map(VendorPermission, granted.values_list("permission__codename", flat=True)))


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
