"""The category tree as everyone sees it."""

from collections import Counter

from django.db.models import Count

from catalog.models import Category, CategoryQuerySet, Product
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


def product_counts() -> dict[str, int]:
    """How many products can be bought in each category and below it, by its path. One statement for all."""
    counted = Product.objects.buyable().order_by().values_list("category__path").annotate(Count("pk"))
    counts: Counter[str] = Counter()
    for path, count in counted:
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            counts["/".join(steps[:depth])] += count
    return dict(counts)
