"""Names in addresses that lead to products: ProductSlug."""

from django.db import models
from typing_extensions import override

from vendors.models import Vendor


class ProductSlug(models.Model):
    """Every slug a product bears or has borne, kept by a trigger, whatever way the product is written.

    It outlives the product: a slug whose product is gone leads nowhere and is nobody's.
    """

    slug = models.SlugField(max_length=220, unique=True)
    product = models.ForeignKey("Product", models.SET_NULL, null=True, related_name="slugs")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return self.slug
