"""On how many examples a property is tried."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from hypothesis import settings

Test = TypeVar("Test", bound=Callable[..., Any])

HOUSE: Final = 200
DEEP: Final = 10_000
ON_THE_DATABASE: Final = 50


def seldom(test: Test) -> Test:
    """For a property that drives whole operations: each example costs a hundred statements and more.

    A plain run tries fewer; `-m deep` tries it as often as any other.
    """
    asked = settings().max_examples
    return settings(max_examples=ON_THE_DATABASE if asked == HOUSE else asked)(test)
