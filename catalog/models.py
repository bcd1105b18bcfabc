"""What is for sale: Category, Product, Variant, ProductImage, and the record of stock."""

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from typing_extensions import override

from marketplace.kernel.imported import Imported, unique_in_its_source
from marketplace.kernel.money import Money
from marketplace.kernel.pictures import StoredPicture
from marketplace.kernel.states import Transitions
from vendors.models import Vendor, VendorStatus, open_now

MAX_OPTIONS: Final = 3
LOW_STOCK: Final = 5


class CategoryQuerySet(models.QuerySet["Category"]):
    def within(self, slugs: Iterable[str]) -> "CategoryQuerySet":
        """The categories of these slugs and all below them.

        A slug is unique and holds no slash, so whoever stands below it has it in its path.
        """
        steps = Func(
            F("path"), Value("/"), function="string_to_array", output_field=ArrayField(models.TextField())
        )
        return self.alias(steps=steps).filter(steps__overlap=list(slugs))


class Category(models.Model):
    """A node of the category tree. `path` is the chain of slugs, so descendants share its beginning."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    path = models.CharField(max_length=1000, unique=True, editable=False)
    position = models.PositiveIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path=F("slug"))
                | Q(path__endswith=Func(Value("/"), F("slug"), function="concat")),
                name="a_category_path_ends_in_its_slug",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.path


class ProductStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"
    ARCHIVED = "archived", "Archived"


PRODUCT_MOVES: Final = Transitions(
    ProductStatus,
    {
        ProductStatus.DRAFT: {ProductStatus.PROPOSED, ProductStatus.ARCHIVED},
        ProductStatus.PROPOSED: {ProductStatus.PUBLISHED, ProductStatus.REJECTED, ProductStatus.ARCHIVED},
        ProductStatus.REJECTED: {ProductStatus.PROPOSED, ProductStatus.ARCHIVED},
        ProductStatus.PUBLISHED: {ProductStatus.ARCHIVED},
        ProductStatus.ARCHIVED: {ProductStatus.PROPOSED},
    },
)


class RejectionReason(models.TextChoices):
    """Why a listing was sent back; the words for a person stand in the move's note."""

    TITLE = "title", "The title misleads or is unclear"
    DESCRIPTION = "description", "The description misleads or lacks facts"
    PICTURES = "pictures", "The pictures are missing, poor or not one's own"
    CATEGORY = "category", "The category is wrong"
    PRICE = "price", "The price is implausible"
    PROHIBITED = "prohibited", "The goods may not be sold here"
    OTHER = "other", "Another reason"


class StockLevel(models.TextChoices):
    """Stock in words: buyers do not learn the number."""

    IN_STOCK = "in_stock", "In stock"
    LOW_STOCK = "low_stock", "Only a few left"
    OUT_OF_STOCK = "out_of_stock", "Out of stock"


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


class Product(Imported):
    """A listing of one vendor.

    Its price is that of the variant it offers first, kept here so that lists need no work per variant:
    catalog/operations/offers.py is the only writer of `default_variant`, `price_minor` and `is_in_stock`, and
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
    search = SearchVectorField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
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
            unique_in_its_source("vendor", name="a_listing_of_a_source_comes_once"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="product_search"),
            # It carries what facets count, so that they need not read the products themselves.
            models.Index(
                fields=["price_minor", "id"],
                include=["category", "vendor", "currency", "is_in_stock"],
                condition=_IS_LISTED,
                name="product_by_price",
            ),
            models.Index(fields=["published_at", "id"], condition=_IS_LISTED, name="product_by_age"),
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


class Variant(models.Model):
    """What a buyer puts in the cart: one combination of a product's options, with its price and stock."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", editable=False)
    sku = models.CharField(max_length=64)
    options = models.JSONField(default=dict, blank=True)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    weight_g = models.PositiveIntegerField(default=0)
    on_hand = models.IntegerField(default=0, editable=False)
    reserved = models.IntegerField(default=0, editable=False)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "sku"],
                condition=Q(is_active=True),
                name="a_live_sku_is_unique_in_its_vendor",
            ),
            models.UniqueConstraint(
                fields=["product", "options"],
                condition=Q(is_active=True),
                name="live_variants_of_a_product_differ_in_options",
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_variant_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_variant_has_a_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(compare_at_minor__gt=F("price_minor")),
                name="a_compare_at_price_is_above_the_price",
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, on_hand__gte=F("reserved")), name="stock_is_never_promised_twice"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.sku

    @property
    def price(self) -> Money:
        """What one unit costs."""
        return Money(self.price_minor, self.currency)

    @property
    def compare_at_price(self) -> Money | None:
        """The higher price shown struck through, if any."""
        return None if self.compare_at_minor is None else Money(self.compare_at_minor, self.currency)

    @property
    def available(self) -> int:
        """Units that can still be sold: on hand less reserved."""
        return self.on_hand - self.reserved

    @property
    def stock_level(self) -> StockLevel:
        """What buyers are told of `available`."""
        if not self.is_active or self.available <= 0:
            return StockLevel.OUT_OF_STOCK
        return StockLevel.LOW_STOCK if self.available <= LOW_STOCK else StockLevel.IN_STOCK


class StockReason(models.TextChoices):
    RECEIVED = "received", "Received"
    CORRECTION = "correction", "Correction"
    SOLD = "sold", "Sold"
    RETURNED = "returned", "Returned"
    DAMAGED = "damaged", "Damaged"


class StockMovement(models.Model):
    """One change of a variant's units on hand; their sum is `Variant.on_hand`. Append-only, by trigger."""

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=10, choices=StockReason)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(delta=0), name="a_stock_movement_moves_something"),
            models.CheckConstraint(
                condition=Q(reason__in=StockReason.values), name="a_stock_reason_is_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.delta:+} {self.reason}"


class ReservationState(models.TextChoices):
    HELD = "held", "Held"
    CONSUMED = "consumed", "Sold"
    RELEASED = "released", "Released"


class Reservation(models.Model):
    """Units promised to a buyer who has not paid yet; the held ones sum to `Variant.reserved`.

    `holder` names who holds them in the words of the app above, such as "order:17".
    """

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="reservations")
    holder = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ReservationState, default=ReservationState.HELD)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["holder", "variant"], name="a_holder_reserves_a_variant_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_reservation_holds_something"),
            models.CheckConstraint(
                condition=Q(state__in=ReservationState.values), name="a_reservation_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_by_expiry"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} for {self.holder}"


class ProductImage(StoredPicture):
    """A picture of a product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]


class ProductUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one product, for who helps with a single listing."""

    content_object = models.ForeignKey(Product, models.CASCADE)


class ProductGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of a group on one product; guardian joins it, we grant to users only."""

    content_object = models.ForeignKey(Product, models.CASCADE)
