"""The category tree as everyone sees it."""

from catalog.models import Category, CategoryQuerySet
from marketplace.kernel.slugs import is_slug


def categories() -> CategoryQuerySet:
    """All categories, each after the one it stands below."""
    return Category.objects.order_by("path")


def root_categories() -> CategoryQuerySet:
    """The categories with none above them, in the order the platform gave them."""
    return Category.objects.filter(parent=None).order_by("position", "name", "pk")


def category_by_slug(slug: str) -> CategoryQuerySet:
    """The category of this slug: one row or none."""
    return Category.objects.filter(slug=slug) if is_slug(slug) else Category.objects.none()
