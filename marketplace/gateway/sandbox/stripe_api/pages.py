"""Stripe's lists: the newest first, a page at a time, onward from an object."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.db import models

from marketplace.gateway.sandbox.stripe_api.asked import Asked, Body
from marketplace.gateway.sandbox.stripe_api.faults import invalid, missing

Row = TypeVar("Row", bound=models.Model)

USUAL: Final = 10
MOST: Final = 100


def page(
    rows: "models.QuerySet[Row]",
    asked: Asked,
    *,
    url: str,
    shape: Callable[[Row], Any],
    by: str = "created_at",
) -> Body:
    """One page of the rows. Raises Fault for a limit out of range and for an unknown object to go on from."""
    given = asked.given
    limit = given.get("limit", USUAL)
    if not 1 <= limit <= MOST:
        raise invalid("limit", f"This value must be between 1 and {MOST}.", code="parameter_invalid_integer")
    everything, rows = rows, rows.filter(**_range(given.get("created", {}), by))
    is_back = "ending_before" in given
    for name, comparison in (("starting_after", "pk__lt"), ("ending_before", "pk__gt")):
        if name in given:
            found = everything.filter(ref=given[name]).values_list("pk", flat=True).first()
            if found is None:
                raise missing("object", given[name], param=name)
            rows = rows.filter(**{comparison: found})
    found_rows = list(rows.order_by("pk" if is_back else "-pk")[: limit + 1])
    shown = found_rows[:limit]
    if is_back:
        shown.reverse()
    return {
        "object": "list",
        "url": f"/v1/{url}",
        "has_more": len(found_rows) > limit,
        "data": [shape(row) for row in shown],
    }


def _range(created: dict[str, int], by: str) -> dict[str, datetime]:
    """Stripe knows whole seconds; what happened within one is of it."""
    lookups = {"gte": ("gte", 0), "gt": ("gte", 1), "lt": ("lt", 0), "lte": ("lt", 1)}
    try:
        return {
            f"{by}__{lookups[name][0]}": datetime.fromtimestamp(second + lookups[name][1], UTC)
            for name, second in created.items()
        }
    except (ValueError, OverflowError, OSError):
        raise invalid("created", "No such moment.") from None
