"""Who works for a vendor, who is asked to, and what each may do."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from typing_extensions import override

from marketplace.kernel import clock
from vendors.models.vendor import Vendor
from vendors.permissions import VendorRole


class VendorMember(models.Model):
    """A user who works for a vendor, in one role; the role's permissions are granted on the vendor object."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="vendor_memberships")
    role = models.CharField(max_length=10, choices=VendorRole)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "user"], name="a_user_is_a_member_of_a_vendor_once"),
            models.CheckConstraint(condition=Q(role__in=VendorRole.values), name="a_member_role_is_known"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class VendorInvitation(models.Model):
    """An address asked to work for a vendor, in a role. The key that accepts it is kept nowhere."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=VendorRole)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="an_address_has_one_open_invitation_to_a_vendor",
            ),
            models.CheckConstraint(
                condition=Q(role__in=VendorRole.values), name="an_invitation_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="an_invitation_is_not_accepted_and_revoked",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class VendorUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one vendor: django-guardian's direct table, with a real foreign key."""

    content_object = models.ForeignKey(Vendor, models.CASCADE)


class VendorGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of a group on one vendor; guardian joins it, we grant to users only."""

    content_object = models.ForeignKey(Vendor, models.CASCADE)
