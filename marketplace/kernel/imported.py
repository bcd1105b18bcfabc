"""Rows that were brought along from elsewhere, and how to know them again."""

from django.db import models
from django.db.models import Q


class Imported(models.Model):
    """Where a row came from, and what it was called there; both empty for what was made here."""

    source = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    reference = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True


def unique_in_its_source(*also: str, name: str) -> models.UniqueConstraint:
    """A reference stands for one row of its source, or for one of each of these fields."""
    return models.UniqueConstraint(fields=["source", *also, "reference"], condition=~Q(source=""), name=name)
