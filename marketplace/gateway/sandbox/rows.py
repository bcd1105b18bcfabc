"""Rows of the sandbox as they are asked for: by reference, or by who knows the client secret as well."""

import secrets
from typing import Any, TypeVar

from django.db import models

from marketplace.gateway.models import SandboxIntent, SandboxSetup
from marketplace.gateway.provider import ProviderRefused
from marketplace.kernel.locking import lock

Row = TypeVar("Row", bound=models.Model)
# What a buyer's browser carries out.
Asked = TypeVar("Asked", SandboxIntent, SandboxSetup)


def reference(prefix: str) -> str:
    """A new reference, such as `pi_sandbox_...`: random, so that no two databases share one."""
    return f"{prefix}_sandbox_{secrets.token_hex(12)}"


def client_secret(ref: str) -> str:
    """A new secret for who may carry this out."""
    return f"{ref}_secret_{secrets.token_urlsafe(18)}"


def found(rows: "models.QuerySet[Row]", ref: str) -> Row:
    """The row of this reference. Raises ProviderRefused where there is none."""
    row = rows.filter(ref=ref).first()
    if row is None:
        raise missing(rows.model, ref)
    return row


def locked(rows: "models.QuerySet[Row]", ref: str) -> Row:
    """The row of this reference. Locks: it. Raises ProviderRefused where there is none."""
    held = lock(rows.filter(ref=ref))
    if not held:
        raise missing(rows.model, ref)
    return held[0]


def rightful(rows: "models.QuerySet[Asked]", ref: str, secret: str) -> Asked:
    """The row, for whoever knows its secret.

    Raises ProviderRefused alike for an unknown one and for another's secret.
    """
    row = rows.filter(ref=ref).first()
    right = row.client_secret if row else ""
    if row is None or not secrets.compare_digest(right.encode(), secret.encode()):
        raise missing(rows.model, ref)
    return row


def missing(model: type[models.Model], ref: str) -> ProviderRefused:
    """The refusal for what does not exist, or not for who asks."""
    return ProviderRefused("resource_missing", f"There is no {_noun(model)} {ref!r} for you")


def unexpected(row: Any) -> ProviderRefused:
    """The refusal for what its state does not allow."""
    return ProviderRefused("unexpected_state", f"This {_noun(type(row))} is {row.status}.")


def _noun(model: type[models.Model]) -> str:
    return model.__name__.removeprefix("Sandbox").lower()
