"""Objects by their references."""

from typing import TypeVar

from django.db import models

from marketplace.gateway.sandbox.stripe_api.faults import missing

Row = TypeVar("Row", bound=models.Model)


def one(rows: "models.QuerySet[Row]", ref: str, *, thing: str, param: str = "id") -> Row:
    """The object of this reference. Raises Fault where there is none."""
    row = rows.filter(ref=ref).first()
    if row is None:
        raise missing(thing, ref, param=param)
    return row
