"""Arrays are rounded as Python rounds."""

from collections.abc import Sequence
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommend.rounding import UNITS, in_units


def rounded(scores: Sequence[float]) -> list[float]:
    return [units / UNITS for units in in_units(np.array(scores, np.float64)).tolist()]


@given(scores=st.lists(st.floats(0, 4_000)))
def test_any_number(scores: list[float]) -> None:
    assert rounded(scores) == [round(score, 12) for score in scores]


def test_numbers_as_near_to_a_half_as_floats_come() -> None:
    random = Random(7)  # noqa: S311  # a fixed seed, no secret
    halves = [(random.randrange(10**12) + 0.5) / UNITS for _ in range(10_000)]
    exact = [random.randrange(2**12) + random.randrange(2**13) / 2**13 for _ in range(10_000)]
    near = [float(np.nextafter(half, towards)) for half in halves for towards in (0, 1)]
    scores = [*halves, *near, *(each for each in exact if each < 4_000)]
    assert rounded(scores) == [round(score, 12) for score in scores]


def test_a_product_of_floats_would_go_the_wrong_way() -> None:
    random = Random(7)  # noqa: S311
    halves = [(random.randrange(10**12) + 0.5) / UNITS for _ in range(10_000)]
    assert [round(score * UNITS) / UNITS for score in halves] != [round(score, 12) for score in halves]
