"""Answers of the port as plain values, and back: a key keeps its answer that way."""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from marketplace.kernel.money import Money

Answer = TypeVar("Answer")


def plain(value: Any) -> Any:
    """A dataclass of the port as values that JSON knows."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def read(kind: type[Answer], given: Mapping[str, Any]) -> Answer:
    """The dataclass that was kept as these values."""
    hints = typing.get_type_hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in given.items()})


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not types.NoneType)
    if typing.get_origin(hint) is Sequence:
        return [_read(typing.get_args(hint)[0], each) for each in value]
    if hint in {date, datetime}:
        return hint.fromisoformat(value)
    if hint is Money:
        return Money(**value)
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value
