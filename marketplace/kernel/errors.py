"""Expected refusals: what the domain says when it will not do what it was asked.

    Refusal                     an outcome the caller must handle; never a bug
      InvalidInput              a value of the input cannot be used
      NotFound                  the thing does not exist, or not for you: the two look alike
      (each app's errors.py)    OutOfStock, EmailTaken ...

A refusal is a dataclass of its facts. Its code is its name in capitals, its GraphQL type its name and
`Error` (marketplace/api/errors.py). Anything else that is raised is a bug: masked and logged.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override


class Refusal(Exception):
    """Base of all expected refusals.

    A subclass is a `@dataclass(eq=False, kw_only=True)` whose `text` is formatted with its facts. Its docstring
    describes the GraphQL error type.
    """

    code: ClassVar[str]
    text: ClassVar[str]
    field: str | None = None

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
