"""What an operation takes, by names and kinds; everything else is refused as Stripe refuses it."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from marketplace.gateway.sandbox.stripe_api.faults import invalid, missing_parameter, unknown_parameter

Kind = Callable[[str, Any], Any]
Fields = Mapping[str, Kind]

LONGEST: Final = 5000
MOST_METADATA: Final = 50
LONGEST_METADATA_NAME: Final = 40
LONGEST_METADATA: Final = 500


def read(given: Mapping[str, Any], fields: Fields, *, required: Collection[str] = (), under: str = "") -> Any:
    """The values, each of its kind. Raises Fault for an unknown, missing or malformed parameter."""
    names = {name: f"{under}[{name}]" if under else name for name in {*given, *required}}
    for name in given:
        if name not in fields:
            raise unknown_parameter(names[name])
    for name in sorted(required):
        if given.get(name, "") == "":
            raise missing_parameter(names[name])
    return {name: fields[name](names[name], value) for name, value in given.items()}


def text(name: str, value: Any) -> str:
    """A text."""
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST:
        raise invalid(name, f"Invalid string: {name}", code="parameter_invalid_string")
    return value


def address(name: str, value: Any) -> str:
    """A whole address of the web."""
    try:
        parts = urlsplit(text(name, value))
    except ValueError:
        raise invalid(name, "Not a valid URL", code="url_invalid") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise invalid(name, "Not a valid URL", code="url_invalid")
    return str(value)


def long_text(name: str, value: Any) -> str:
    """A text of any length that its operation takes."""
    if not isinstance(value, str) or "\0" in value:
        raise invalid(name, f"Invalid string: {name}", code="parameter_invalid_string")
    return value


def integer(name: str, value: Any) -> int:
    """A whole number."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise invalid(name, f"Invalid integer: {value}", code="parameter_invalid_integer")
    return int(value)


def boolean(name: str, value: Any) -> bool:
    """true or false."""
    if value not in ("true", "false"):
        raise invalid(name, f"Invalid boolean: {name}")
    return bool(value == "true")


def currency(name: str, value: Any) -> str:
    """A currency, as we write it."""
    if not re.fullmatch(r"[a-zA-Z]{3}", text(name, value)):
        raise invalid(name, f"Invalid currency: {value}")
    return str(value).upper()


def texts(name: str, value: Any) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list):
        raise invalid(name, f"Invalid array: {name}")
    return [text(name, each) for each in value]


def metadata(name: str, value: Any) -> dict[str, str]:
    """At most fifty texts by name."""
    if value == "":
        return {}
    if not isinstance(value, dict) or len(value) > MOST_METADATA:
        raise invalid(name, f"Metadata is at most {MOST_METADATA} values by name.")
    for key, each in value.items():
        long = len(text(name, key)) > LONGEST_METADATA_NAME
        if long or len(text(f"{name}[{key}]", each)) > LONGEST_METADATA:
            raise invalid(f"{name}[{key}]", "A metadata name or value is too long.")
    return dict(value)


def one_of(*words: str) -> Kind:
    """One of these words."""

    def kind(name: str, value: Any) -> str:
        if value not in words:
            raise invalid(name, f"Invalid {name}: must be one of {', '.join(words)}")
        return str(value)

    return kind


def inside(fields: Fields, *, required: Collection[str] = ()) -> Kind:
    """An object with parameters of its own."""

    def kind(name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            raise invalid(name, f"Invalid object: {name}")
        return read(value, fields, required=required, under=name)

    return kind


def moment(name: str, value: Any) -> Mapping[str, int]:
    """A second of Unix time, or a range of them by gt, gte, lt and lte."""
    if isinstance(value, dict):
        return dict(read(value, dict.fromkeys(("gt", "gte", "lt", "lte"), integer), under=name))
    second = integer(name, value)
    return {"gte": second, "lte": second}


AUTOMATIC: Final = inside(
    {"enabled": boolean, "allow_redirects": one_of("always", "never")}, required={"enabled"}
)
LIST: Final[Fields] = {
    "limit": integer,
    "starting_after": text,
    "ending_before": text,
    "created": moment,
}
