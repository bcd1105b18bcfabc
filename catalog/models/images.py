"""Pictures of products."""

from typing import Final

from django.db import models

from catalog.models.products import Product
from marketplace.kernel.pictures import StoredPicture

MAX_IMAGES: Final = 20


class ProductImage(StoredPicture):
    """A picture of a product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    # Where it was fetched from, so that a file that names it again brings it once.
    origin = models.CharField(max_length=1000, blank=True, default="", db_default="", editable=False)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]
