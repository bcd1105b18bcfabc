"""Everybody's recommendations at once, in blocks, by SciPy: for evaluations, and lists that leave the house.

What a buyer is shown is asked live (recommend/live.py); here the same lists are made for all, of the matrix
as it was built. Nothing of the web process imports this module.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.engine import Lists
from recommend.matrix import Keys, Matrix, Numbers
from recommend.nearest import EXACT_FLOATS
from recommend.rounding import UNITS, in_units
from recommend.scoring import NEIGHBOURS

BLOCK: Final = 1_000
CROWD: Final = 16
SOME: Final = 8
NEXT_TO_NOTHING: Final = 1e-30

# Numbers of buyers, or all of them in their order, and how many products each has in common with the asker.
Met = tuple[Numbers | slice, NDArray[Any]]


def everyone(
    matrix: Matrix,
    *,
    neighbours: int = NEIGHBOURS,
    count: int = 10,
    block: int = BLOCK,
    crowd: int = CROWD,
) -> Lists:
    """The lists of all buyers; memory is that of a block of them, times those each has met.

    Where buyers meet more often than once for `crowd` of them, an array of all is quicker, and less memory.
    Raises ValueError where a basket is so large that floats would not order exactly (160,000 products).
    """
    sizes = np.diff(matrix.basket_starts)
    if int(sizes.max(initial=0)) ** 3 >= EXACT_FLOATS:
        raise ValueError(f"a basket of {sizes.max():,} products is too large to compare floats")
    shape = matrix.buyers, matrix.products
    bought = ones(matrix.basket_starts, matrix.basket_products, shape)
    audiences = ones(matrix.audience_starts, matrix.audience_buyers, shape[::-1])
    weights = csr_array((np.ones(matrix.purchases), bought.indices, bought.indptr), shape=shape)
    inverse = np.reciprocal(sizes, dtype=np.float32)
    is_crowded = _increments(matrix) * crowd > matrix.buyers**2
    lists = Lists.empty(matrix.buyers, count)
    for first in range(0, matrix.buyers, block):
        askers = np.arange(first, min(first + block, matrix.buyers))
        met = (
            _counted(matrix, askers) if is_crowded else _multiplied(bought[first : first + block] @ audiences)
        )
        near = _near(_within_reach(met, inverse, neighbours + 1), askers, sizes, neighbours)
        _write(lists, askers, _worth_ranking(near @ weights, askers, matrix, count))
    return lists


def ones(starts: Keys, numbers: Numbers, shape: tuple[int, int]) -> csr_array:
    """A matrix of SciPy's with a one at each of these places."""
    return csr_array((np.ones(len(numbers), np.float32), numbers, starts), shape=shape)


class _Cells(NamedTuple):
    """Places of a block with what stands there, row after row."""

    rows: NDArray[np.intp]
    columns: Numbers
    values: NDArray[Any]

    def first(self, ranks: NDArray[np.float64] | NDArray[np.int64], count: int) -> tuple[Any, Any]:
        """The indices of the highest of each row, ties by column, and their places in the row."""
        order = np.lexsort((self.columns, -ranks, self.rows))
        rows = self.rows[order]
        places = np.arange(len(rows)) - np.searchsorted(rows, rows)
        return order[places < count], places[places < count]


def _cells(found: list[tuple[Numbers, NDArray[Any]]]) -> _Cells:
    columns, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return _Cells(np.repeat(np.arange(len(found)), [len(each) for each, _ in found]), columns, values)


def _increments(matrix: Matrix) -> int:
    """How often one buyer is met by another over a product, oneself too."""
    audiences = np.diff(matrix.audience_starts)
    return int(np.dot(audiences, audiences))


def _counted(matrix: Matrix, askers: NDArray[np.intp]) -> Iterator[Met]:
    """Whom each asker has met, counted in an array as long as there are buyers."""
    for asker in askers.tolist():
        audiences = [matrix.audience(product) for product in matrix.basket(asker).tolist()]
        yield slice(None), np.bincount(np.concatenate(audiences), minlength=matrix.buyers)


def _multiplied(common: csr_array) -> Iterator[Met]:
    """The same by a product of matrices, whose rows name those only whom the asker has met."""
    for start, end in pairwise(common.indptr.tolist()):
        yield common.indices[start:end], common.data[start:end]


def _within_reach(met: Iterable[Met], inverse: NDArray[np.float32], count: int) -> _Cells:
    """Who may be among the nearest of each row, by a float that is quick and not exact; the asker is, too."""
    found = []
    for others, times in met:
        nearness = times * times * inverse[others]
        # The last of the first among some of them is no nearer than the last of the first among all.
        places = np.flatnonzero(nearness >= _last(nearness[::SOME], count))
        # A few units of the last place: no rounding puts anybody so far below where they belong.
        places = places[nearness[places] >= _last(nearness[places], count)]
        columns = places.astype(np.int32) if isinstance(others, slice) else others[places]
        found.append((columns, times[places]))
    return _cells(found)


def _last(nearness: NDArray[Any], count: int) -> float:
    """Just below that of the last of the first; of fewer than so many, next to nothing."""
    last = float(np.partition(nearness, -count)[-count]) if len(nearness) > count else 0.0
    return max(last * (1 - 1e-6), NEXT_TO_NOTHING)


def _near(reach: _Cells, askers: NDArray[np.intp], sizes: Keys, neighbours: int) -> csr_array:
    """A row of similarities for each asker, the nearest first: sums of its products keep that order."""
    is_other = reach.columns != askers[reach.rows]
    reach = _Cells(*(each[is_other] for each in reach))
    times, theirs = reach.values.astype(np.int64), sizes[reach.columns]
    order, _ = reach.first(times * times / theirs, neighbours)
    rows = reach.rows[order]
    similarities = times[order] / np.sqrt(sizes[askers[rows]] * theirs[order])
    ends = np.searchsorted(rows, np.arange(len(askers) + 1))
    return csr_array((similarities, reach.columns[order], ends), shape=(len(askers), len(sizes)))


def _worth_ranking(sums: csr_array, askers: NDArray[np.intp], matrix: Matrix, count: int) -> _Cells:
    """What may be among the first of each row: nothing of the asker's own, nothing far below the last."""
    found = []
    is_new = np.ones(matrix.products)
    for asker, (start, end) in zip(askers.tolist(), pairwise(sums.indptr.tolist()), strict=True):
        products, own = sums.indices[start:end], matrix.basket(asker)
        is_new[own] = 0.0
        scores = sums.data[start:end] * is_new[products]
        is_new[own] = 1.0
        last = float(np.partition(scores, -count)[-count]) if len(scores) > count else 0.0
        # Rounding keeps order: nobody this far below the last can come level with it.
        places = np.flatnonzero(scores > max(last - 1e-11, 0.0))
        found.append((products[places], scores[places]))
    return _cells(found)


def _write(lists: Lists, askers: NDArray[np.intp], found: _Cells) -> None:
    """Write the first of each row into the asker's."""
    units = in_units(found.values)
    order, places = found.first(units, lists.products.shape[1])
    lists.products[askers[found.rows[order]], places] = found.columns[order]
    lists.scores[askers[found.rows[order]], places] = units[order] / UNITS
