"""Collections: products that the platform's staff put together by hand, in an order of theirs."""

from django.db import models
from typing_extensions import override

from catalog.models.products import Product
from marketplace.kernel.snippets import Snipped


class Collection(Snipped):
    """Products shown together under a name. One that is not published is seen by staff alone."""

    title = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True, max_length=4000)
    position = models.PositiveIntegerField(default=0)
    is_published = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "title", "pk"]

    @override
    def __str__(self) -> str:
        return self.title


class CollectionProduct(models.Model):
    """A product's place in a collection."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="places")
    product = models.ForeignKey(Product, models.CASCADE, related_name="places")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "product"], name="a_product_stands_in_a_collection_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.product} in {self.collection}"
