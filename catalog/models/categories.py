"""The tree of categories."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from typing_extensions import override

from marketplace.kernel.snippets import Snipped


class CategoryQuerySet(models.QuerySet["Category"]):
    def within(self, slugs: Iterable[str]) -> "CategoryQuerySet":
        """The categories of these slugs and all below them.

        A slug is unique and holds no slash, so whoever stands below it has it in its path.
        """
        steps = Func(
            F("path"), Value("/"), function="string_to_array", output_field=ArrayField(models.TextField())
        )
        return self.alias(steps=steps).filter(steps__overlap=list(slugs))


class Category(Snipped):
    """A node of the category tree. `path` is the chain of slugs, so descendants share its beginning."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    path = models.CharField(max_length=1000, unique=True, editable=False)
    position = models.PositiveIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path=F("slug"))
                | Q(path__endswith=Func(Value("/"), F("slug"), function="concat")),
                name="a_category_path_ends_in_its_slug",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.path
