"""`expand`: references of an answer that are answered as the objects themselves."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import models

from marketplace.gateway.models import (
    SandboxBalanceTransaction,
    SandboxCard,
    SandboxCharge,
    SandboxCustomer,
    SandboxIntent,
)
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.stripe_api.faults import Fault, invalid

# What a name of a reference leads to.
LEADS: Final[Mapping[str, "models.QuerySet[Any]"]] = {
    "balance_transaction": SandboxBalanceTransaction.objects.all(),
    "latest_charge": SandboxCharge.objects.select_related("intent"),
    "charge": SandboxCharge.objects.select_related("intent"),
    "customer": SandboxCustomer.objects.select_related("default_card"),
    "payment_method": SandboxCard.objects.select_related("customer"),
    "payment_intent": SandboxIntent.objects.all(),
}
MOST_DEPTH: Final = 4
PUBLIC: Final = frozenset({"payment_method"})


def expanded(body: Mapping[str, Any], paths: Iterable[str], *, is_public: bool) -> Mapping[str, Any]:
    """The answer with the objects at these paths. Raises Fault for a path that leads to no reference.

    A browser is shown the card of what it confirms, and nothing else of whose it is.
    """
    whole = dict(body)
    for path in paths:
        steps = path.split(".")
        if len(steps) > MOST_DEPTH or (is_public and path not in PUBLIC):
            raise _unexpandable(path)
        _expand(whole, steps, path)
    return whole


def _expand(place: dict[str, Any], steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if name not in place:
        raise _unexpandable(path)
    value = place[name]
    if isinstance(value, list):
        if not rest or not all(isinstance(each, dict) for each in value):
            raise _unexpandable(path)
        for each in value:
            _expand(each, rest, path)
        return
    if isinstance(value, str):
        if name not in LEADS:
            raise _unexpandable(path)
        row = LEADS[name].all().filter(ref=value).first()
        place[name] = value = shapes.of(row) if row else value
    if rest and isinstance(value, dict):
        _expand(value, rest, path)


def _unexpandable(path: str) -> Fault:
    return invalid("expand", f"This property cannot be expanded ({path}).", code="")
