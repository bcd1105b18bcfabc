"""Facts that listings state in the same terms, such as their material or their length.

A category asks for attributes, of its own products and of those below it. A product answers with
ProductAttribute rows; what it chose stands on its own row as well (`Product.choice_keys`), so that lists can
be filtered and counted without a join.
"""

from django.db import models
from django.db.models import Q
from typing_extensions import override

from catalog.models.categories import Category
from catalog.models.products import Product


class AttributeKind(models.TextChoices):
    """How an attribute is answered. A toggle is a choice between its two, `yes` and `no`."""

    SINGLE = "single", "One of its choices"
    MULTI = "multi", "Any of its choices"
    TOGGLE = "toggle", "Yes or no"
    TEXT = "text", "Words"
    NUMBER = "number", "A number with a unit"


class Attribute(models.Model):
    """What can be said of products. One that is retired keeps what was said, and takes nothing new."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=AttributeKind)
    unit = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AttributeKind.values), name="an_attribute_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(unit="") | Q(kind=AttributeKind.NUMBER), name="only_a_number_has_a_unit"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class AttributeChoice(models.Model):
    """One of the answers an attribute allows. One that is retired keeps the products that chose it."""

    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="choices")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribute", "slug"], name="a_choice_has_a_slug_of_its_own_in_its_attribute"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class CategoryAttribute(models.Model):
    """That the products of a category, and of those below it, are asked for an attribute."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="+")
    is_required = models.BooleanField(default=False)
    is_filterable = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "attribute"], name="a_category_asks_for_an_attribute_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.category}: {self.attribute}"


class ProductAttribute(models.Model):
    """One answer: a choice, words, or a number in thousandths of the attribute's unit."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="+")
    choice = models.ForeignKey(AttributeChoice, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    number_milli = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "attribute", "choice"],
                nulls_distinct=False,
                name="a_product_gives_an_answer_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(choice__isnull=False, text="", number_milli__isnull=True)
                    | Q(choice__isnull=True, number_milli__isnull=True) & ~Q(text="")
                    | Q(choice__isnull=True, text="", number_milli__isnull=False)
                ),
                name="an_answer_is_a_choice_or_words_or_a_number",
            ),
        ]
        indexes = [
            models.Index(
                fields=["attribute", "number_milli", "product"],
                condition=Q(number_milli__isnull=False),
                name="product_attribute_by_number",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.attribute}: {self.choice or self.text or self.number_milli}"
