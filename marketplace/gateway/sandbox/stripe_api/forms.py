"""Stripe's way to write nested values as a form: `a[b]=1&c[0]=2&d[]=3`."""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from marketplace.gateway.sandbox.stripe_api.faults import Fault

MOST_FIELDS: Final = 500
MOST_DEPTH: Final = 6
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(raw: str) -> dict[str, Any]:
    """The values of a form or a query, nested as its names say; every leaf is a text.

    Raises Fault for a name that cannot be read and for too many fields.
    """
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Fault("Too many parameters.") from None
    nested = _nested(pairs)
    return {name: _with_lists(value) for name, value in nested.items()}


def _nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        path = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])] if found else []
        if not path or len(path) > MOST_DEPTH:
            raise Fault(f"Invalid parameter name: {name}")
        place = root
        for step in path[:-1]:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                raise Fault(f"Invalid parameter: {name} is a value and an object at once")
            place = inner
        place[path[-1] or str(len(place))] = value
    return root


def _with_lists(value: Any) -> Any:
    """The same, with objects whose names are 0, 1, 2 ... as lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(each) for name, each in value.items()}
    if set(inner) == {str(number) for number in range(len(inner))}:
        return [inner[str(number)] for number in range(len(inner))]
    return inner
