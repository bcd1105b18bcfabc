"""Models of append-only tables that fixtures may fill."""

from typing import Any

from django.db import models
from typing_extensions import override


class AppendOnlyRow(models.Model):
    """A row that is only ever added, by `loaddata` too.

    Before it inserts a row that has a key already, as one of a fixture has, Django tries to update it; the
    table would refuse that, though no row is there. This is an inner method of Django 5.2, for `loaddata`
    passes by all others of a model.
    """

    class Meta:
        abstract = True

    @override
    def _do_update(self, *asked: Any) -> Any:
        """There is nothing to update, so that the row is inserted."""
        return False
