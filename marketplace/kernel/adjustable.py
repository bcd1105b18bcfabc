"""Settings that staff change while the marketplace runs, and what they are at this moment.

An app declares its own in a module `adjustable.py`; the setting ADJUSTABLE_SETTINGS names the table of all of
them, marketplace/adjustable.py. What Django's settings say, the file's value, holds until somebody gives
another, which kernel_adjustedsetting keeps (adjusting.py).

`number` and `words` answer from the memory of this process, and send a statement only where it has none yet.
Before a request and before a job, outside of every transaction, `refresh` reads the table anew if the memory
is SECONDS old. So a change reaches a process with the first request or job that begins SECONDS after it; an
operation under way may see it between two questions, so whoever needs one value throughout asks once.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import Error
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from typing_extensions import override

from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import BASIS_POINTS, Money

logger = logging.getLogger(__name__)

SECONDS: Final = 5.0

Value = TypeVar("Value")


class Kind(Protocol[Value]):
    """What a setting may be."""

    @property
    def bounds(self) -> str:
        """What may be given, for people."""

    def read(self, raw: object) -> Value:
        """A value as JSON holds it, checked. Raises ValueError with a sentence for people."""

    def show(self, value: Value) -> str:
        """A value for people."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number of something."""

    least: int
    most: int
    unit: str

    @property
    def bounds(self) -> str:
        return f"From {self.least:,} to {self.most:,} {self.unit}."

    def read(self, raw: object) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or not self.least <= raw <= self.most:
            raise ValueError(self.bounds)
        return raw

    def show(self, value: int) -> str:
        return f"{value:,} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Rate(Number):
    """Basis points, from nothing to the whole."""

    least: int = 0
    most: int = BASIS_POINTS
    unit: str = "basis points, hundredths of a percent"

    @override
    def show(self, value: int) -> str:
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + " %"


@dataclass(frozen=True, kw_only=True)
class Words:
    """Some of the words there are, kept in the order of those."""

    choices: Mapping[str, str]

    @property
    def bounds(self) -> str:
        return f"Any of: {', '.join(self.choices)}."

    def read(self, raw: object) -> tuple[str, ...]:
        given = raw if isinstance(raw, list | tuple) else None
        if given is None or len(set(given)) < len(given) or not set(given) <= self.choices.keys():
            raise ValueError(self.bounds)
        return tuple(word for word in self.choices if word in given)

    def show(self, value: Collection[str]) -> str:
        return ", ".join(value) or "none"


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """An amount above nothing for some currencies, kept as it is written: `EUR 500.00, JPY 80000`."""

    @property
    def bounds(self) -> str:
        return "An amount for each currency, such as EUR 500.00, JPY 80000; or nothing."

    def read(self, raw: object) -> str:
        try:
            found = self.parse(raw if isinstance(raw, str) else "?")
        except (Refusal, ValueError):
            raise ValueError(self.bounds) from None
        return ", ".join(f"{each.currency} {each.amount}" for each in found)

    def show(self, value: str) -> str:
        return value or "none"

    def parse(self, text: str) -> list[Money]:
        """The amounts of a text. Raises ValueError, InvalidInput."""
        found = []
        for each in filter(None, (part.strip() for part in text.split(","))):
            currency, _, amount = each.partition(" ")
            found.append(Money.parse(amount, currency))
        if len({each.currency for each in found}) < len(found) or any(each.minor <= 0 for each in found):
            raise ValueError(self.bounds)
        return found


@dataclass(frozen=True, kw_only=True)
class Adjustable(Generic[Value]):
    """A setting that may be given another value than the file's.

    Attributes:
        name: that of Django's setting.
        label: what people call it.
        description: what it does, and what a change leaves alone, in one or two sentences.
        impact: what would follow from a change, in sentences with counts, from the old value to the new;
            a constant number of statements.
    """

    name: str
    label: str
    description: str
    kind: Kind[Value]
    impact: Callable[[Value, Value], list[str]]

    @property
    def default(self) -> Value:
        """The file's value, which Django's settings have checked or not."""
        value: Value = getattr(settings, self.name)
        return value


Table = Mapping[str, Adjustable[Any]]


@dataclass
class _Memory:
    """What the table held when it was last read; `values` is None before that."""

    values: Mapping[str, object] | None = None
    until: float = -inf


_memory: Final = _Memory()
_reading: Final = threading.Lock()


def number(name: str) -> int:
    """A setting that is a whole number, as it is now."""
    value = _value(name)
    if not isinstance(value, int):
        raise TypeError(f"{name} is no number")
    return value


def words(name: str) -> tuple[str, ...]:
    """A setting that is a row of words, as it is now."""
    value = _value(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"{name} is no row of words")
    return tuple(value)


def amounts(name: str) -> Mapping[str, int]:
    """A setting that is an amount for some currencies, as it is now: minor units by currency."""
    value = _value(name)
    if not isinstance(value, str):
        raise TypeError(f"{name} is no row of amounts")
    return {each.currency: each.minor for each in Amounts().parse(value)}


def counted(count: int, one: str, many: str) -> str:
    """A number with what there is so many of, for sentences about an impact."""
    return f"{count:,} {one if count == 1 else many}"


def declared() -> Table:
    """All there are, by name, as the table that ADJUSTABLE_SETTINGS names has them."""
    table: Table = import_string(settings.ADJUSTABLE_SETTINGS)
    return table


def table(each: Iterable[Adjustable[Any]]) -> Table:
    """A table of declarations. Raises ValueError where two have a name."""
    rows = list(each)
    found = {row.name: row for row in rows}
    if len(found) < len(rows):
        raise ValueError("a setting is declared twice")
    return MappingProxyType(found)


def refresh() -> None:
    """Read the table again if the memory is SECONDS old and nobody in this process does already.

    At most one statement. Where the database does not answer, what was known goes on to hold.
    """
    if monotonic() < _memory.until or not _reading.acquire(blocking=False):
        return
    try:
        reread()
    except Error:
        _memory.until = monotonic() + SECONDS
        logger.exception("the adjusted settings cannot be read; those known go on to hold")
    finally:
        _reading.release()


def reread() -> Mapping[str, object]:
    """Read the table now, whatever is remembered. One statement."""
    # By its name: jobs.py asks us before there are models.
    stored: QuerySet[Any] = QuerySet(apps.get_model("kernel", "AdjustedSetting"))
    rows = stored.filter(value__isnull=False).values_list("name", "value")
    known = declared()
    values: dict[str, object] = {}
    for name, raw in rows:
        try:
            if name in known:
                values[name] = known[name].kind.read(raw)
        except ValueError:
            # Declared more narrowly than when it was given.
            logger.warning("the value that %s was given does not fit any more; the file's holds", name)
    _memory.values, _memory.until = values, monotonic() + SECONDS
    return values


def forget() -> None:
    """Let the next request or job of this process read the table, however young the memory is."""
    _memory.until = -inf


def hold(values: Mapping[str, object]) -> None:
    """Let these be the adjusted ones, whatever the table holds, until `forget` or `reread`; for tests."""
    _memory.values, _memory.until = values, inf


def refreshing(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware: refresh before each request."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        refresh()
        return get_response(request)

    return respond


def _value(name: str) -> object:
    values = _memory.values
    if values is None:
        values = reread()
    return values.get(name, getattr(settings, name))
