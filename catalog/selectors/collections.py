"""Collections, and what stands in them."""

from django.db.models import QuerySet

from catalog.models import Collection, CollectionProduct, Product
from marketplace.kernel.slugs import is_slug


def collections() -> "QuerySet[Collection]":
    """Those buyers see, in the order of the staff."""
    return Collection.objects.filter(is_published=True).order_by("position", "title", "pk")


def all_collections() -> "QuerySet[Collection]":
    """All of them, for the staff."""
    return Collection.objects.order_by("position", "title", "pk")


def collection_by_slug(slug: str) -> "QuerySet[Collection]":
    """The collection buyers see under this slug: one row or none."""
    return collections().filter(slug=slug) if is_slug(slug) else Collection.objects.none()


def places() -> "QuerySet[CollectionProduct]":
    """What stands in collections and can be bought, in its order."""
    buyable = Product.objects.buyable().order_by().values("pk")
    return CollectionProduct.objects.filter(product__in=buyable).order_by("position", "pk")
