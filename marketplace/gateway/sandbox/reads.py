"""How the port reads rows of the sandbox: never within a transaction of ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django.db import models, transaction

from marketplace.gateway.sandbox.rows import missing

Row = TypeVar("Row", bound=models.Model)


def one(rows: "models.QuerySet[Row]", ref: str) -> Row:
    """The row of this reference.

    Raises ProviderRefused where there is none, and RuntimeError inside a transaction: asking a provider takes
    as long as it takes.
    """
    with transaction.atomic(durable=True, savepoint=False):
        row = rows.filter(ref=ref).first()
    if row is None:
        raise missing(rows.model, ref)
    return row


def since(rows: "models.QuerySet[Row]", moment: datetime) -> Sequence[Row]:
    """The rows made from a moment on, oldest first. Raises RuntimeError inside a transaction."""
    with transaction.atomic(durable=True, savepoint=False):
        return list(rows.filter(created_at__gte=moment).order_by("created_at", "pk"))
