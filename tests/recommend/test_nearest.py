"""Choosing exactly, beyond what floats tell apart."""

from fractions import Fraction

import numpy as np
import pytest

from recommend.nearest import EXACT_FLOATS, Near, in_order, worth_sorting
from recommend.overlay import Overlay
from tests.support.matrices import Named, matrix_of

# Two fractions that are one float: the second is greater by one over the product of the sizes.
COMMON = (3_000_000, 3_000_001)
SIZES = (8_999_994_000_001, 8_999_999_999_998)


@pytest.fixture
def overlay() -> Overlay:
    return Overlay(matrix_of([("a", "x"), ("b", "x"), ("c", "x")]))


def test_what_floats_take_for_equal_is_not(overlay: Overlay) -> None:
    one, other = (Fraction(common**2, size) for common, size in zip(COMMON, SIZES, strict=True))
    assert one < other
    assert float(one) == float(other)
    met = np.array([0, 1]), np.array(COMMON), np.array(SIZES)
    found = worth_sorting(overlay, met, own=COMMON[1], count=1)
    assert in_order(overlay, found, own=COMMON[1], count=1) == [Near(1, COMMON[1], SIZES[1])]


def test_floats_are_asked_only_where_they_order_like_the_fractions() -> None:
    own, size = 165_000, 165_140
    assert own**2 * size < EXACT_FLOATS
    assert len({common * common / other for common in (own - 1, own) for other in (size - 1, size)}) == 4


def test_of_many_who_are_level_the_first_references_are_kept(overlay: Overlay) -> None:
    met = np.arange(3), np.ones(3, np.int64), np.ones(3, np.int64)
    assert worth_sorting(overlay, met, own=1, count=2) == [Near(0, 1, 1), Near(1, 1, 1)]


def test_nobody_met_is_nobody_near(overlay: Overlay) -> None:
    nobody = np.zeros(0, np.intp), np.zeros(0, np.int64), np.zeros(0, np.int64)
    assert worth_sorting(overlay, nobody, own=1, count=2) == []


def test_newcomers_stand_where_their_references_do() -> None:
    named = Named([("b", "x"), ("d", "x"), ("me", "x")])
    named.change(bought=[("e", "x"), ("c", "x"), ("a", "x"), ("cc", "x")])
    assert [name for name, _, _ in named.neighbours("me", 5)] == ["a", "b", "c", "cc", "d"]
