"""What of a listing is bought: Variant, with its price and its stock."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from marketplace.kernel.money import Money
from vendors.models import Vendor

LOW_STOCK: Final = 5


class StockLevel(models.TextChoices):
    """Stock in words: buyers do not learn the number."""

    IN_STOCK = "in_stock", "In stock"
    LOW_STOCK = "low_stock", "Only a few left"
    OUT_OF_STOCK = "out_of_stock", "Out of stock"


class Variant(models.Model):
    """What a buyer puts in the cart: one combination of a product's options, with its price and stock."""

    product = models.ForeignKey("Product", models.CASCADE, related_name="variants")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", editable=False)
    sku = models.CharField(max_length=64)
    options = models.JSONField(default=dict, blank=True)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    weight_g = models.PositiveIntegerField(default=0)
    on_hand = models.IntegerField(default=0, editable=False)
    reserved = models.IntegerField(default=0, editable=False)
    # What who has bought it is told once it is paid: where a digital thing is had, and how it is opened.
    delivery_note = models.TextField(max_length=4000, blank=True, default="", db_default="")
    position = models.PositiveIntegerField(default=0)
    # A picture of the same product, as a constraint in the database says too.
    image = models.ForeignKey(
        "ProductImage", models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
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
