"""The vendor itself, and the states it may be in."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.kernel import clock
from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.snippets import Snipped
from marketplace.kernel.states import Transitions
from vendors.permissions import VendorPermission


class VendorStatus(models.TextChoices):
    """A vendor begins as applied, by its own hand, or as invited, by the platform's."""

    INVITED = "invited", "Invited by the platform, and yet to accept"
    APPLIED = "applied", "Prepares its application"
    UNDER_REVIEW = "under_review", "Waits for the platform's decision"
    APPROVED = "approved", "Sells"
    SUSPENDED = "suspended", "Off sale, its open orders still to be fulfilled"
    REJECTED = "rejected", "Turned down, and may submit again"
    CLOSED = "closed", "Closed for good"


# A vendor is closed out of suspension: by then no buyer can order any more, so what is open only shrinks.
VENDOR_MOVES: Final = Transitions(
    VendorStatus,
    {
        VendorStatus.INVITED: {VendorStatus.APPLIED, VendorStatus.CLOSED},
        VendorStatus.APPLIED: {VendorStatus.UNDER_REVIEW, VendorStatus.CLOSED},
        VendorStatus.UNDER_REVIEW: {VendorStatus.APPROVED, VendorStatus.REJECTED},
        VendorStatus.APPROVED: {VendorStatus.SUSPENDED},
        VendorStatus.SUSPENDED: {VendorStatus.APPROVED, VendorStatus.CLOSED},
        VendorStatus.REJECTED: {VendorStatus.UNDER_REVIEW, VendorStatus.CLOSED},
        VendorStatus.CLOSED: set(),
    },
)


class VendorReason(models.TextChoices):
    """Why a vendor was moved; the words for a person stand in the move's note."""

    CHECKED = "checked", "The application was checked"
    RESOLVED = "resolved", "The matter was resolved"
    INCOMPLETE = "incomplete", "The application is incomplete"
    IDENTITY = "identity", "The identity could not be verified"
    PROHIBITED = "prohibited", "Prohibited goods or services"
    PERFORMANCE = "performance", "Late, cancelled or wrong deliveries"
    FRAUD = "fraud", "Suspicion of fraud"
    REQUESTED = "requested", "At the vendor's request"
    OTHER = "other", "Another reason"


def open_now(prefix: str = "") -> Q:
    """A vendor that sells and is not away at this moment; `prefix` leads to it from another table.

    A vacation is an overlay that time alone ends: no job has to run for it.
    """
    now = clock.now()
    is_away = Q(**{f"{prefix}closed_from_at__lte": now, f"{prefix}closed_to_at__gte": now})
    never_away = Q(**{f"{prefix}closed_from_at": None})
    return Q(**{f"{prefix}status": VendorStatus.APPROVED}) & (never_away | ~is_away)


class VendorQuerySet(models.QuerySet["Vendor"]):
    def selling(self) -> "VendorQuerySet":
        """Vendors that buyers may see; one that is away shows so."""
        return self.filter(status=VendorStatus.APPROVED)


class Vendor(Snipped, Imported):
    """A third-party seller on the platform."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True, max_length=4000)
    email = models.EmailField(max_length=254)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64, default="UTC")
    status = models.CharField(max_length=12, choices=VendorStatus, default=VendorStatus.APPLIED)
    handling_days = models.PositiveSmallIntegerField(default=2, db_comment="working days until it ships")
    closed_from_at = models.DateTimeField(null=True, blank=True)
    closed_to_at = models.DateTimeField(null=True, blank=True)
    closed_message = models.CharField(max_length=200, blank=True, default="")
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
            models.CheckConstraint(
                condition=Q(closed_from_at=None, closed_to_at=None)
                | Q(closed_from_at__isnull=False, closed_to_at__gt=F("closed_from_at")),
                name="a_vacation_ends_after_it_begins",
            ),
            unique_in_its_source(name="a_vendor_of_a_source_comes_once"),
        ]
        default_permissions = ()
        permissions = [
            *((permission.value, permission.label) for permission in VendorPermission),
            ("moderate_vendor", "Can decide about vendors, on the platform's staff"),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def is_away(self) -> bool:
        """Whether it is on vacation at this moment."""
        if self.closed_from_at is None or self.closed_to_at is None:
            return False
        return self.closed_from_at <= clock.now() <= self.closed_to_at

    @property
    def is_open(self) -> bool:
        """Whether its listings can be bought at this moment."""
        return self.status == VendorStatus.APPROVED and not self.is_away
