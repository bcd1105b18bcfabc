"""`expand`: references of an answer that are answered as the objects themselves."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import models

from marketplace.gateway.models import SandboxCard, SandboxCharge, SandboxCustomer, SandboxIntent
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.sandbox.stripe_api.faults import invalid

# What a name of a reference leads to.
LEADS: Final[Mapping[str, "models.QuerySet[Any]"]] = {
    "latest_charge": SandboxCharge.objects.select_related("intent"),
    "charge": SandboxCharge.objects.select_related("intent"),
    "customer": SandboxCustomer.objects.select_related("default_card"),
    "payment_method": SandboxCard.objects.select_related("customer"),
    "payment_intent": SandboxIntent.objects.all(),
}
MOST_DEPTH: Final = 4


def expanded(body: Mapping[str, Any], paths: Iterable[str]) -> Mapping[str, Any]:
    """The answer with the objects at these paths. Raises Fault for a path that leads to no reference."""
    whole = dict(body)
    for path in paths:
        steps = path.split(".")
        if len(steps) > MOST_DEPTH:
            raise invalid("expand", f"This property cannot be expanded ({path}).", code="")
        _expand(whole, steps, path)
    return whole


def _expand(place: dict[str, Any], steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if name not in place:
        raise invalid("expand", f"This property cannot be expanded ({path}).", code="")
    value = place[name]
    if isinstance(value, list):
        for each in value:
            _expand(each, rest, path)
        return
    if isinstance(value, str):
        if name not in LEADS:
            raise invalid("expand", f"This property cannot be expanded ({path}).", code="")
        row = LEADS[name].all().filter(ref=value).first()
        place[name] = value = shapes.of(row) if row else value
    if rest and isinstance(value, dict):
        _expand(value, rest, path)
