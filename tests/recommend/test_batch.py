"""Everybody at once gives what each alone is given."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommend import batch
from recommend.engine import Lists
from recommend.scoring import PurchaseIndex
from tests.recommend.test_scoring import PAIRS
from tests.support.matrices import Pair, matrix_of

_RANDOM = Random(7)  # noqa: S311  # a fixed seed, no secret
SOME = [(f"buyer {_RANDOM.randrange(60):02}", f"product {_RANDOM.randrange(30):02}") for _ in range(400)]

# Never by an array of all buyers, and where that is quicker: here always.
WAYS = [0, batch.CROWD]


def named(lists: Lists, history: list[Pair]) -> dict[str, list[tuple[str, float]]]:
    """Each buyer's list, without the empty places."""
    buyers, products = (sorted({pair[side] for pair in history}, key=str.encode) for side in (0, 1))
    rows = zip(lists.products.tolist(), lists.scores.tolist(), strict=True)
    return {
        buyer: [(products[product], score) for product, score in zip(*row, strict=True) if product >= 0]
        for buyer, row in zip(buyers, rows, strict=True)
    }


@given(history=PAIRS, count=st.integers(1, 4), block=st.integers(1, 4), crowd=st.sampled_from(WAYS))
def test_any_history_gives_what_the_loops_give(
    history: list[Pair], count: int, block: int, crowd: int
) -> None:
    lists = batch.everyone(matrix_of(history), neighbours=count, count=3, block=block, crowd=crowd)
    index = PurchaseIndex(history)
    assert named(lists, history) == {
        buyer: list(map(tuple, index.recommend(buyer, count)[:3])) for buyer in index.products
    }


@pytest.mark.parametrize("block", [7, 1_000])
@pytest.mark.parametrize("neighbours", [3, 10])
@pytest.mark.parametrize("crowd", WAYS)
def test_more_candidates_than_places(block: int, neighbours: int, crowd: int) -> None:
    index = PurchaseIndex(SOME)
    lists = batch.everyone(matrix_of(SOME), neighbours=neighbours, count=5, block=block, crowd=crowd)
    assert named(lists, SOME) == {
        buyer: list(map(tuple, index.recommend(buyer, neighbours)[:5])) for buyer in index.products
    }


def test_baskets_that_floats_do_not_order_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "EXACT_FLOATS", 27)
    with pytest.raises(ValueError, match="too large"):
        batch.everyone(matrix_of(SOME))
