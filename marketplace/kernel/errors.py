"""Expected refusals: what the domain says when it will not do what it was asked.

    Refusal                     an outcome the caller must handle; never a bug
      InvalidInput              a value of the input cannot be used
      NotFound                  the thing does not exist, or not for you: the two look alike
      CurrencyMismatch          two currencies in one sum
      TransitionNotAllowed      a thing in this state does not become that (states.py)
      RateLimited               too many attempts (rates.py)
      IdempotencyKeyReused      the key stands for another request (idempotency.py)
      RequestInProgress         the same request runs at this moment (idempotency.py)
      UnusableImage             an upload is no picture we can show (pictures.py)
      SettingChanged            a setting has another value than who changes it saw (adjusting.py)
      (each app's errors.py)    OutOfStock, EmailTaken ...

A refusal is a dataclass of its facts. Its code is its name in capitals, its GraphQL type its name and
`Error` (marketplace/api/errors.py). Anything else that is raised is a bug: masked and logged.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override


class Refusal(Exception):  # noqa: N818  # the API adds `Error` to the name of every kind
    """Base of all expected refusals.

    A subclass is a `@dataclass(eq=False, kw_only=True)` whose `text` is formatted with its facts. Its
    docstring describes the GraphQL error type.
    """

    code: ClassVar[str]
    text: ClassVar[str]
    field: str | None = None

    @override
    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).upper()

    @property
    def message(self) -> str:
        """The refusal as a sentence for a person."""
        return self.text.format(**vars(self))

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(eq=False, kw_only=True)
class InvalidInput(Refusal):
    """A value of the input cannot be used; `field` names it."""

    text = "{reason}"
    reason: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class NotFound(Refusal):
    """It does not exist, or you may not see it."""

    text = "There is no such {thing}."
    thing: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class CurrencyMismatch(Refusal):
    """Amounts of two currencies were brought together; nothing is converted."""

    text = "{given} was given where {expected} is due."
    expected: str
    given: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class TransitionNotAllowed(Refusal):
    """In its present state it cannot become what was asked."""

    text = "This {thing} is {current} and cannot become {asked}."
    thing: str
    current: str
    asked: str
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class RateLimited(Refusal):
    """Too many attempts; `retryAfter` says in how many seconds the next one counts again."""

    text = "Too many attempts. Try again in {retry_after} s."
    retry_after: int
    field: str | None = None


@dataclass(eq=False, kw_only=True)
class IdempotencyKeyReused(Refusal):
    """This key came with another input before; a new request needs a new key."""

    text = "This idempotency key was used for another request."
    field: str | None = "idempotencyKey"


@dataclass(eq=False, kw_only=True)
class RequestInProgress(Refusal):
    """A request with this key is running; ask again for its outcome."""

    text = "A request with this idempotency key is still running."
    field: str | None = "idempotencyKey"


@dataclass(eq=False, kw_only=True)
class UnusableImage(Refusal):
    """The upload is no picture we can show."""

    text = "The picture cannot be used: {reason}."
    reason: str
    field: str | None = "image"


@dataclass(eq=False, kw_only=True)
class SettingChanged(Refusal):
    """Somebody else has changed the setting meanwhile; look at it again."""

    text = "{setting} was changed meanwhile: it is {value} now. Look at what would follow again."
    setting: str
    value: str
    field: str | None = "expected"
