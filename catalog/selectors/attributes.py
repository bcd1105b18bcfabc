"""What listings say of their attributes, as buyers and as those who sell see it."""

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Length

from catalog.asking import asked, stands_over
from catalog.models import Attribute, Category, CategoryAttribute, CategoryQuerySet, ProductAttribute


def attributes() -> "QuerySet[Attribute]":
    """All attributes by name, retired ones too."""
    return Attribute.objects.order_by("name", "pk")


def answers_shown() -> "QuerySet[ProductAttribute]":
    """What products say of what their categories ask for, in the order in which they ask; for any number.

    What their categories do not ask for is left out, and what is retired stays.
    """
    asking = CategoryAttribute.objects.filter(
        stands_over("product__category__path"), attribute=OuterRef("attribute")
    )
    nearest = asking.order_by(-Length("category__path")).values("position")[:1]
    shown = answers_kept().annotate(place=Subquery(nearest)).filter(place__isnull=False)
    return shown.order_by("place", "attribute__name", "attribute", "choice__position", "pk")


def answers_kept() -> "QuerySet[ProductAttribute]":
    """All that products say, attribute by attribute."""
    rows = ProductAttribute.objects.select_related("attribute", "choice")
    return rows.order_by("attribute__name", "attribute", F("choice__position").asc(nulls_first=True), "pk")


def asking_categories() -> CategoryQuerySet:
    """Categories with what they ask for as `asked`, which catalog/asking.py reads."""
    return Category.objects.annotate(asked=asked())
