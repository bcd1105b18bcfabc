"""Machine code: what it leaves to NumPy, and everybody at once; that it is right, test_engine.py shows."""

import pytest

from recommend import batch, compiled, nearest
from recommend.matrix import Matrix
from recommend.overlay import Overlay
from tests.recommend.test_batch import SOME
from tests.support.matrices import matrix_of


@pytest.fixture
def matrix() -> Matrix:
    return matrix_of(SOME)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_everyone_gets_what_scipy_gives(matrix: Matrix, count: int) -> None:
    by_machine, by_scipy = (
        way(matrix, neighbours=5, count=count) for way in (compiled.everyone, batch.everyone)
    )
    assert by_machine.products.tolist() == by_scipy.products.tolist()
    assert by_machine.scores.tolist() == by_scipy.scores.tolist()


def test_baskets_beyond_64_bits_are_refused(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "EXACT_INTEGERS", 27)
    with pytest.raises(ValueError, match="too large"):
        compiled.everyone(matrix)


def test_beyond_64_bits_numpy_finds_the_candidates(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay = Overlay(matrix)
    expected = nearest.candidates(overlay, 0, overlay.basket(0), 3)
    assert sorted(compiled.candidates(overlay, 0, overlay.basket(0), 3)) != []
    monkeypatch.setattr(compiled, "EXACT_INTEGERS", 1)
    monkeypatch.setattr(compiled, "_count", None)
    assert compiled.candidates(overlay, 0, overlay.basket(0), 3) == expected


def test_the_scratch_is_left_empty(matrix: Matrix) -> None:
    overlay = Overlay(matrix)
    compiled.candidates(overlay, 0, overlay.basket(0), 3)
    assert not overlay.scratch()[0].any()
