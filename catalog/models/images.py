"""Pictures of products."""

from django.db import models

from catalog.models.products import Product
from marketplace.kernel.pictures import StoredPicture


class ProductImage(StoredPicture):
    """A picture of a product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]
