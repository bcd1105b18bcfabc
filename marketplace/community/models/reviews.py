"""Reviews of what was bought and arrived, and what others do about them."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from catalog.models import Product
from checkout.models import OrderLine
from marketplace.accounts.models import BillingProfile
from marketplace.kernel import clock
from marketplace.kernel.pictures import StoredPicture
from marketplace.kernel.states import Transitions
from vendors.models import Vendor

STARS: Final = (1, 2, 3, 4, 5)


class ReviewStatus(models.TextChoices):
    """Only what is published is shown, and counts."""

    PENDING = "pending", "Waits to be looked at"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Replaced by a newer one of the same person"


REVIEW_MOVES: Final = Transitions(
    ReviewStatus,
    {
        ReviewStatus.PENDING: {ReviewStatus.PUBLISHED, ReviewStatus.REJECTED, ReviewStatus.SUPERSEDED},
        # Changed, it may have to be looked at again.
        ReviewStatus.PUBLISHED: {ReviewStatus.REJECTED, ReviewStatus.SUPERSEDED, ReviewStatus.PENDING},
        ReviewStatus.REJECTED: {ReviewStatus.PUBLISHED, ReviewStatus.SUPERSEDED},
        ReviewStatus.SUPERSEDED: set(),
    },
)


class ReviewFault(models.TextChoices):
    """Why a review should not be shown: what reports and rejections name."""

    OFFENSIVE = "offensive", "It insults or threatens somebody"
    PRIVATE = "private", "It tells what is private"
    OFF_TOPIC = "off_topic", "It is not about the product"
    ADVERTISING = "advertising", "It advertises something"
    FAKE = "fake", "It was not written by who bought the product, or was paid for"
    ILLEGAL = "illegal", "It is against the law"
    OTHER = "other", "Another reason"


class Review(models.Model):
    """What a buyer says of a product: one for each order line, written once something of it has arrived.

    Of the published reviews of one person and product the newest counts and is shown. The person is who the
    order's billing profile belongs to. All of it changes under the lock of the product.
    """

    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="review")
    billing_profile = models.ForeignKey(BillingProfile, models.PROTECT, related_name="reviews")
    product = models.ForeignKey(Product, models.PROTECT, related_name="reviews", db_index=False)
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="reviews", db_index=False)
    # As whom they wish to be shown; empty for somebody, and once the account is deleted.
    author_name = models.CharField(max_length=60, blank=True)
    stars = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=5000, blank=True)
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.PENDING)
    fault = models.CharField(max_length=12, choices=ReviewFault, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    helpful_count = models.PositiveIntegerField(default=0)
    # Reports that nobody has decided about.
    report_count = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("moderate_review", "Can decide about what buyers write")]
        constraints = [
            models.CheckConstraint(condition=Q(stars__in=STARS), name="a_review_gives_one_to_five_stars"),
            models.CheckConstraint(
                condition=Q(status__in=ReviewStatus.values), name="a_product_review_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(fault="") | Q(fault__in=ReviewFault.values), name="a_review_fault_is_known"
            ),
            models.UniqueConstraint(
                fields=["billing_profile", "product"],
                condition=Q(status="published"),
                name="a_buyer_has_one_published_review_of_a_product",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "-id"], condition=Q(status="published"), name="review_by_age"),
            models.Index(
                fields=["product", "-helpful_count", "-id"],
                condition=Q(status="published"),
                name="review_by_votes",
            ),
            models.Index(
                fields=["product", "stars", "-id"], condition=Q(status="published"), name="review_by_stars"
            ),
            models.Index(fields=["vendor", "-id"], condition=Q(status="published"), name="review_by_vendor"),
            models.Index(
                fields=["-report_count", "id"],
                condition=Q(status="pending") | Q(report_count__gt=0),
                name="review_in_queue",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stars} stars for {self.product_id}"

    @property
    def is_published(self) -> bool:
        return self.status == ReviewStatus.PUBLISHED


class ReviewPhoto(StoredPicture):
    """What the buyer shows of the product. Who may see the review may see it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="photos")
    # Of the file that was sent, so that it stays once.
    digest = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "digest"], name="a_photo_is_once_on_a_review"),
        ]


class ReviewReply(models.Model):
    """What the vendor says to a review in public: once, and changed at most once."""

    review = models.OneToOneField(Review, models.CASCADE, related_name="reply")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(max_length=5000)
    written_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "review replies"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(edited_at__gte=F("written_at")), name="a_reply_is_changed_after_it_was_written"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"to review {self.review_id}"


class ReviewVote(models.Model):
    """Somebody found a review helpful. Without a user: whoever it was has left."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="a_user_finds_a_review_helpful_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"for review {self.review_id}"


class ReviewReport(models.Model):
    """Somebody finds that a review should not be shown; open until the platform has decided."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    fault = models.CharField(max_length=12, choices=ReviewFault)
    note = models.TextField(max_length=2000, blank=True)
    reported_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="a_user_reports_a_review_once"),
            models.CheckConstraint(
                condition=Q(fault__in=ReviewFault.values), name="a_report_names_a_known_fault"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"of review {self.review_id}: {self.fault}"
