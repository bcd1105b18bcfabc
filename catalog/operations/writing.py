"""How columns of a product are written: its slug, its words and its version follow."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F

from catalog.models import Product, ProductSlug
from catalog.operations.index import reindex
from marketplace.kernel.slugs import insert_with_slug, is_made_of

# What reviewers look at; prices and stock change under their eyes.
REVIEWED: Final = ("title", "description", "category")


def write(product: Product, values: Mapping[str, Any]) -> None:
    """Write these columns of a product that the caller holds.

    A slug that was made of the title is made of the new one, and the old one goes on leading here.
    """
    title = product.title
    if any(getattr(product, name) != values[name] for name in REVIEWED if name in values):
        product.version += 1
    for name, value in values.items():
        setattr(product, name, value)
    product.save(update_fields=[*values, "version", "updated_at"])
    if product.title != title:
        _follow(product, title)
    reindex(Product.objects.filter(pk=product.pk))


def note_change(product: Product) -> None:
    """Count a change of what reviewers look at beside the columns: of the pictures. The caller holds it."""
    product.version += 1
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1)


def _follow(product: Product, before: str) -> None:
    slugs = ProductSlug.objects.exclude(product=product)
    is_made = is_made_of(slugs, product.slug, before)
    if not is_made or is_made_of(slugs, product.slug, product.title):
        return

    def name(slug: str) -> None:
        product.slug = slug
        product.save(update_fields=["slug"])

    insert_with_slug(slugs, text=product.title, fallback="product", insert=name)
