"""The words there are to search with: those of the catalogue, and those that buyers used."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from typing_extensions import override

LONGEST_TALLIED: Final = 80


class SearchWord(models.Model):
    """A word of titles and names, folded, and how many products have it.

    `shortened` holds what is left of its beginning without one letter or two: two words that differ in as
    many letters have one of those in common, so a misspelt word finds those near it by an index
    (catalog/spelling.py).
    """

    word = models.CharField(max_length=40, unique=True)
    products = models.PositiveIntegerField()
    shortened = ArrayField(models.CharField(max_length=10))

    class Meta:
        ordering = ["word"]
        indexes = [GinIndex(fields=["shortened"], name="search_word_by_shortened")]

    @override
    def __str__(self) -> str:
        return self.word


class SearchTally(models.Model):
    """How often buyers looked for the same words on a day, whoever they were, and how much there was."""

    searched_on = models.DateField()
    text = models.CharField(max_length=LONGEST_TALLIED, db_index=True)
    times = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "search tallies"
        constraints = [
            models.UniqueConstraint(fields=["searched_on", "text"], name="a_text_is_tallied_once_a_day"),
            models.CheckConstraint(condition=Q(times__gt=0), name="a_tally_counts_something"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.text}, {self.times} times"
