"""What a vendor declares: who stands behind it, what it shows, its rules, and the names it was known by."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from marketplace.kernel import clock
from marketplace.kernel.pictures import StoredPicture
from vendors.models.vendor import Vendor


class TraderDetails(models.Model):
    """Who stands behind a vendor: shown to buyers where the law asks for it, the tax number to nobody."""

    REQUIRED = ("legal_name", "line1", "city", "country", "email", "phone", "tax_number")

    vendor = models.OneToOneField(Vendor, models.CASCADE, related_name="trader")
    legal_name = models.CharField(max_length=200, blank=True)
    line1 = models.CharField(max_length=200, blank=True)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    register_number = models.CharField(max_length=100, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    # Who declared that all of it is true, and when; a change undoes it.
    attested_at = models.DateTimeField(null=True, blank=True)
    attested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "trader details"

    @override
    def __str__(self) -> str:
        return self.legal_name

    @property
    def missing(self) -> list[str]:
        """The columns still to be filled; a register number not everybody has."""
        return [name for name in self.REQUIRED if not getattr(self, name)]


class PolicyKind(models.TextChoices):
    RETURNS = "returns", "How goods are returned"
    SHIPPING = "shipping", "How goods are shipped"
    PRIVACY = "privacy", "What happens with buyers' data"


class VendorPolicyQuerySet(models.QuerySet["VendorPolicy"]):
    def current(self) -> "VendorPolicyQuerySet":
        """Of each vendor the last version of each kind."""
        return self.order_by("vendor_id", "kind", "-version").distinct("vendor_id", "kind")


class VendorPolicy(models.Model):
    """One version of a rule a vendor sells under. Append-only, by trigger: orders may refer to any."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="policies")
    kind = models.CharField(max_length=10, choices=PolicyKind)
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=20_000)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VendorPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "vendor policies"
        ordering = ["vendor", "kind", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "kind", "version"], name="a_policy_has_each_version_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PolicyKind.values), name="a_policy_is_of_a_known_kind"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class VendorSlug(models.Model):
    """Every slug a vendor bears or has borne, kept by a trigger, whatever way the vendor is written."""

    slug = models.SlugField(max_length=80, unique=True)
    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="slugs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return self.slug


class VendorImageKind(models.TextChoices):
    LOGO = "logo", "A square beside its name"
    COVER = "cover", "A wide picture above its page"


class VendorImage(StoredPicture):
    """What a vendor shows of itself: one picture of each kind."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="images")
    kind = models.CharField(max_length=5, choices=VendorImageKind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["vendor", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "kind"], name="a_vendor_has_one_picture_of_a_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=VendorImageKind.values), name="a_vendor_picture_is_of_a_known_kind"
            ),
        ]


def missing_kinds(policies: Iterable[VendorPolicy]) -> list[PolicyKind]:
    """The kinds of policy that are not among these."""
    known = {policy.kind for policy in policies}
    return [kind for kind in PolicyKind if kind not in known]
