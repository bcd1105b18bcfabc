"""What is for sale: Category, Product, Variant, ProductImage, and the record of stock."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.kernel.money import Money
from vendors.models import Vendor, VendorStatus


class Category(models.Model):
    """A node of the category tree. `path` is the chain of slugs, so descendants share its beginning."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    path = models.CharField(max_length=1000, unique=True, editable=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name", "pk"]

    @override
    def __str__(self) -> str:
        return self.path


class ProductStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    PUBLISHED = "published", "Published"
    REJECTED = "rejected", "Rejected"
    ARCHIVED = "archived", "Archived"


class ProductQuerySet(models.QuerySet["Product"]):
    def buyable(self) -> "ProductQuerySet":
        """Published listings of vendors that sell, with a price: what buyers may see."""
        return self.filter(
            status=ProductStatus.PUBLISHED, vendor__status=VendorStatus.APPROVED, price_minor__isnull=False
        )

    def for_vendor(self, vendor: Vendor) -> "ProductQuerySet":
        """All listings of one vendor, whatever their state."""
        return self.filter(vendor=vendor)


class Product(models.Model):
    """A listing of one vendor. Its price is that of its cheapest variant, kept here so that lists need no join."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    description = models.TextField(blank=True, max_length=20_000)
    option_names = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.DRAFT)
    default_variant = models.ForeignKey(
        "Variant", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    price_minor = models.BigIntegerField(null=True, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    is_in_stock = models.BooleanField(default=False, editable=False)
    search = SearchVectorField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ProductStatus.values), name="a_product_status_is_known"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_product_price_is_not_negative"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="product_search"),
            models.Index(fields=["status", "price_minor", "id"], name="product_by_price"),
            models.Index(fields=["status", "published_at", "id"], name="product_by_age"),
            models.Index(fields=["category", "status", "price_minor"], name="product_by_category"),
        ]

    @property
    def price(self) -> Money | None:
        """The lowest price of its variants; None while it has none."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)

    @override
    def __str__(self) -> str:
        return self.title


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
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "sku"], condition=Q(is_active=True), name="a_live_sku_is_unique_in_its_vendor"
            ),
            models.UniqueConstraint(
                fields=["product", "options"],
                condition=Q(is_active=True),
                name="live_variants_of_a_product_differ_in_options",
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="a_variant_price_is_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_variant_has_a_currency_code"),
            models.CheckConstraint(
                condition=Q(compare_at_minor__gt=F("price_minor")), name="a_compare_at_price_is_above_the_price"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, on_hand__gte=F("reserved")), name="stock_is_never_promised_twice"
            ),
        ]

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

    @override
    def __str__(self) -> str:
        return self.sku


class StockReason(models.TextChoices):
    RECEIVED = "received", "Received"
    CORRECTION = "correction", "Correction"
    SOLD = "sold", "Sold"
    RETURNED = "returned", "Returned"
    DAMAGED = "damaged", "Damaged"


class StockMovement(models.Model):
    """One change of a variant's units on hand; their sum is `Variant.on_hand`."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=10, choices=StockReason)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(delta=0), name="a_stock_movement_moves_something"),
            models.CheckConstraint(condition=Q(reason__in=StockReason.values), name="a_stock_reason_is_known"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.delta:+} {self.reason}"


class ProductImage(models.Model):
    """A picture of a product: re-encoded by us, with its renditions beside it in the storage."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    placeholder = models.CharField(max_length=1000, blank=True, editable=False)
    alt = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]

    @override
    def __str__(self) -> str:
        return self.alt or self.file.name or "picture"
