"""What the platform decides on beside new listings, and why it said no: ProductChange, ProductRejection."""

from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models.categories import Category
from catalog.models.products import Product, RejectionReason
from marketplace.kernel.pictures import StoredPicture
from marketplace.kernel.states import Transitions


class ListingField(models.TextChoices):
    """What of a listing a fault is found with."""

    TITLE = "title", "Title"
    DESCRIPTION = "description", "Description"
    CATEGORY = "category", "Category"
    PICTURES = "pictures", "Pictures"
    PRICE = "price", "Price"
    VARIANTS = "variants", "Variants"
    ATTRIBUTES = "attributes", "Attributes"
    LISTING = "listing", "The listing as a whole"


class ChangeStatus(models.TextChoices):
    PENDING = "pending", "Waits for a decision"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


CHANGE_MOVES: Final = Transitions(
    ChangeStatus,
    {
        ChangeStatus.PENDING: {ChangeStatus.APPROVED, ChangeStatus.DECLINED, ChangeStatus.WITHDRAWN},
        ChangeStatus.APPROVED: set(),
        ChangeStatus.DECLINED: set(),
        ChangeStatus.WITHDRAWN: set(),
    },
)


class ProductChange(models.Model):
    """What shall become of a listing on sale, once the platform agrees; till then it is sold as it is.

    Null: stays as it is. `version` counts its amendments, so that nobody approves what they have not seen.
    The lock of the product guards it.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="changes")
    status = models.CharField(max_length=9, choices=ChangeStatus, default=ChangeStatus.PENDING)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  # null: stays
    description = models.TextField(max_length=20_000, null=True, blank=True)  # noqa: DJ001  # null: stays
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    # The pictures in their order: the product's own by their keys, those that wait by theirs below zero.
    picture_keys = ArrayField(models.BigIntegerField(), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # What of these it was before, in words, once it is decided.
    before = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ChangeStatus.values), name="a_product_change_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status=ChangeStatus.PENDING),
                name="a_product_has_one_pending_change",
            ),
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.PENDING, decided_at__isnull=True)
                | (~Q(status=ChangeStatus.PENDING) & Q(decided_at__isnull=False)),
                name="a_decided_product_change_has_its_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(status=ChangeStatus.PENDING),
                name="product_change_by_age",
            )
        ]

    @override
    def __str__(self) -> str:
        return f"change {self.pk} of listing {self.product_id}"

    @property
    def vendor_id(self) -> int:
        """Whose it is, for the log. Reads the product."""
        return self.product.vendor_id


class ChangePicture(StoredPicture):
    """A picture that waits with a change: no product's yet, and shown to no buyer."""

    change = models.ForeignKey(ProductChange, models.CASCADE, related_name="pictures")
    created_at = models.DateTimeField(auto_now_add=True)

    # Where it was fetched from (ProductImage.origin).
    origin = models.CharField(max_length=1000, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["pk"]


class ProductRejection(models.Model):
    """Why a listing, or a change of one, was sent back; it stays when the listing comes again.

    `faults` lists {"field", "reason", "note"}; `seen` is what was rejected, in the words it had then.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="rejections")
    change = models.OneToOneField(
        ProductChange, models.CASCADE, null=True, blank=True, related_name="rejection"
    )
    reason = models.CharField(max_length=12, choices=RejectionReason)
    note = models.CharField(max_length=4000, blank=True)
    faults = models.JSONField(default=list)
    seen = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=RejectionReason.values), name="a_rejection_has_a_known_reason"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.product_id}: {self.reason}"
