"""Listings: Product, and who may do what on a single one."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from typing_extensions import override

from catalog.models.categories import Category
from catalog.models.variants import StockLevel
from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.money import Money
from marketplace.kernel.snippets import Snipped
from marketplace.kernel.states import Transitions
from vendors.models import Vendor, VendorStatus, open_now

MAX_OPTIONS: Final = 3
MAX_TAGS: Final = 20


class ProductStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    SCHEDULED = "scheduled", "Approved, on sale later"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"
    ARCHIVED = "archived", "Archived"


PRODUCT_MOVES: Final = Transitions(
    ProductStatus,
    {
        ProductStatus.DRAFT: {ProductStatus.PROPOSED, ProductStatus.ARCHIVED},
        ProductStatus.PROPOSED: {
            ProductStatus.PUBLISHED,
            ProductStatus.SCHEDULED,
            ProductStatus.REJECTED,
            ProductStatus.ARCHIVED,
        },
        ProductStatus.SCHEDULED: {ProductStatus.PUBLISHED, ProductStatus.ARCHIVED},
        ProductStatus.REJECTED: {ProductStatus.PROPOSED, ProductStatus.ARCHIVED},
        ProductStatus.PUBLISHED: {ProductStatus.ARCHIVED},
        ProductStatus.ARCHIVED: {ProductStatus.PROPOSED},
    },
)

# What the platform has agreed to: from there on what is risky to change waits for it again.
AGREED: Final = (ProductStatus.PUBLISHED, ProductStatus.SCHEDULED)


class RejectionReason(models.TextChoices):
    """Why a listing was sent back; the words for a person stand in the move's note."""

    TITLE = "title", "The title misleads or is unclear"
    DESCRIPTION = "description", "The description misleads or lacks facts"
    PICTURES = "pictures", "The pictures are missing, poor or not one's own"
    CATEGORY = "category", "The category is wrong"
    PRICE = "price", "The price is implausible"
    PROHIBITED = "prohibited", "The goods may not be sold here"
    OTHER = "other", "Another reason"


# The category of tax of all that has no other.
STANDARD: Final = "standard"


class ProductQuerySet(models.QuerySet["Product"]):
    def visible(self) -> "ProductQuerySet":
        """Published listings of vendors that sell, with a price: what buyers may see by its name."""
        return self.filter(
            status=ProductStatus.PUBLISHED, price_minor__isnull=False, vendor__status=VendorStatus.APPROVED
        )

    def buyable(self) -> "ProductQuerySet":
        """Of the visible ones those whose vendor is not away at this moment: what lists and carts take."""
        return self.visible().filter(open_now("vendor__"))

    def for_vendor(self, vendor: Vendor) -> "ProductQuerySet":
        """All listings of one vendor, whatever their state."""
        return self.filter(vendor=vendor)


# What the indexes of buyable products leave out: the listings that no buyer's list shows.
_IS_LISTED: Final = Q(status=ProductStatus.PUBLISHED, price_minor__isnull=False)


class Product(Snipped, Imported):
    """A listing of one vendor.

    Its price is that of the variant it offers first, kept here so that lists need no work per variant:
    catalog/operations/offers.py is the only writer of `default_variant`, `price_minor` and `is_in_stock`,
    catalog/operations/index.py that of `search`.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    description = models.TextField(blank=True, max_length=20_000)
    option_names = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=MAX_OPTIONS)
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.DRAFT)
    default_variant = models.ForeignKey(
        "Variant", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    price_minor = models.BigIntegerField(null=True, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    is_in_stock = models.BooleanField(default=False, editable=False)
    # Digital goods need no shipping.
    is_shipped = models.BooleanField(default=True, db_default=True)
    # The word by which rules of tax know it, such as "books".
    tax_category = models.SlugField(max_length=40, default=STANDARD, db_default=STANDARD, db_index=False)
    # The vendor's own words for it, as catalog/tags.py makes them alike.
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True, size=MAX_TAGS)
    search = SearchVectorField(null=True, editable=False)
    # The attributes' choices it made, as ProductAttribute rows say it too.
    choice_keys = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    # Reviews that count, the stars in them, and what lists are ordered by: their mean drawn towards that of
    # all products, in thousandths of a star; 0 without reviews.
    rating_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rating_score = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Units sold in the last 90 days, counted anew every hour.
    sold_lately = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    # When it goes on sale once it is approved, and when it goes off again; null: at once, and never.
    publish_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # Since when it waits for a decision.
    proposed_at = models.DateTimeField(null=True, editable=False)
    # Counts what was changed of what reviewers look at, so that nobody approves what they have not seen.
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        permissions = [("moderate_product", "Can decide about listings, on the platform's staff")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ProductStatus.values), name="a_product_status_is_known"
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_product_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_product_has_a_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(option_names__len__lte=MAX_OPTIONS), name="a_product_has_three_options_at_most"
            ),
            models.CheckConstraint(
                condition=~Q(status=ProductStatus.PUBLISHED) | Q(published_at__isnull=False),
                name="a_published_product_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProductStatus.SCHEDULED) | Q(publish_at__isnull=False),
                name="a_scheduled_product_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(ends_at__gt=models.F("publish_at")),
                name="a_product_ends_after_it_begins",
            ),
            unique_in_its_source("vendor", name="a_listing_of_a_source_comes_once"),
        ]
        indexes = [
            models.Index(
                fields=["proposed_at", "id"],
                condition=Q(status=ProductStatus.PROPOSED),
                name="product_awaiting_review",
            ),
            models.Index(
                fields=["publish_at"], condition=Q(status=ProductStatus.SCHEDULED), name="product_by_start"
            ),
            models.Index(fields=["ends_at"], condition=Q(ends_at__isnull=False), name="product_by_end"),
            GinIndex(fields=["search"], name="product_search"),
            GinIndex(fields=["choice_keys"], condition=_IS_LISTED, name="product_by_choice"),
            GinIndex(fields=["tags"], condition=_IS_LISTED, name="product_by_tag"),
            # It carries what facets count, so that they need not read the products themselves.
            models.Index(
                fields=["price_minor", "id"],
                include=["category", "vendor", "currency", "is_in_stock"],
                condition=_IS_LISTED,
                name="product_by_price",
            ),
            models.Index(fields=["published_at", "id"], condition=_IS_LISTED, name="product_by_age"),
            models.Index(fields=["rating_score", "id"], condition=_IS_LISTED, name="product_by_rating"),
            models.Index(fields=["sold_lately", "id"], condition=_IS_LISTED, name="product_by_sales"),
            models.Index(Lower("title"), "id", condition=_IS_LISTED, name="product_by_title"),
            models.Index(
                fields=["vendor", "published_at", "id"], condition=_IS_LISTED, name="product_by_vendor"
            ),
            models.Index(
                fields=["category", "price_minor", "id"], condition=_IS_LISTED, name="product_by_category"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money | None:
        """The price of the variant offered first; None while there is none."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)

    @property
    def stock_level(self) -> StockLevel:
        """That of the variant offered first, which is in stock if any is. Reads `default_variant`."""
        return self.default_variant.stock_level if self.default_variant else StockLevel.OUT_OF_STOCK


class ProductUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one product, for who helps with a single listing."""

    content_object = models.ForeignKey(Product, models.CASCADE)


class ProductGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of a group on one product; guardian joins it, we grant to users only."""

    content_object = models.ForeignKey(Product, models.CASCADE)
