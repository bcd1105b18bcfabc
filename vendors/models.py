"""Who sells: Vendor, its members, and the record of every decision about it."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from typing_extensions import override

from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.states import Transitions
from vendors.permissions import VendorPermission, VendorRole


class VendorStatus(models.TextChoices):
    APPLIED = "applied", "Applied"
    APPROVED = "approved", "Approved"
    SUSPENDED = "suspended", "Suspended"
    REJECTED = "rejected", "Rejected"
    CLOSED = "closed", "Closed"


VENDOR_MOVES: Final = Transitions(
    VendorStatus,
    {
        VendorStatus.APPLIED: {VendorStatus.APPROVED, VendorStatus.REJECTED},
        VendorStatus.APPROVED: {VendorStatus.SUSPENDED, VendorStatus.CLOSED},
        VendorStatus.SUSPENDED: {VendorStatus.APPROVED, VendorStatus.CLOSED},
        VendorStatus.REJECTED: set(),
        VendorStatus.CLOSED: set(),
    },
)


class VendorReason(models.TextChoices):
    """Why a vendor was refused or stopped; the words for a person stand in the move's note."""

    INCOMPLETE = "incomplete", "The application is incomplete"
    IDENTITY = "identity", "The identity could not be verified"
    PROHIBITED = "prohibited", "Prohibited goods or services"
    PERFORMANCE = "performance", "Late, cancelled or wrong deliveries"
    FRAUD = "fraud", "Suspicion of fraud"
    REQUESTED = "requested", "At the vendor's request"
    OTHER = "other", "Another reason"


class VendorQuerySet(models.QuerySet["Vendor"]):
    def selling(self) -> "VendorQuerySet":
        """Vendors whose listings may be seen and bought."""
        return self.filter(status=VendorStatus.APPROVED)


class Vendor(Imported):
    """A third-party seller on the platform."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True, max_length=4000)
    email = models.EmailField(max_length=254)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64, default="UTC")
    status = models.CharField(max_length=10, choices=VendorStatus, default=VendorStatus.APPLIED)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="VendorMember", related_name="vendors")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VendorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=VendorStatus.values), name="a_vendor_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_vendor_has_a_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="a_vendor_has_a_country_code"
            ),
            unique_in_its_source(name="a_vendor_of_a_source_comes_once"),
        ]
        default_permissions = ()
        permissions = [(permission.value, permission.label) for permission in VendorPermission]

    @override
    def __str__(self) -> str:
        return self.name


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


class VendorUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one vendor: django-guardian's direct table, with a real foreign key."""

    content_object = models.ForeignKey(Vendor, models.CASCADE)


class VendorGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of a group on one vendor; guardian joins it, we grant to users only."""

    content_object = models.ForeignKey(Vendor, models.CASCADE)
