"""Everybody's recommendations at once, in blocks, by SciPy: for evaluations, and lists that leave the house.

What a buyer is shown is asked live (recommend/live.py); here the same lists are made for all, of the matrix
as it was built. Nothing of the web process imports this module.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.engine import Lists
from recommend.matrix import Keys, Matrix, Numbers
from recommend.nearest import EXACT_FLOATS
from recommend.rounding import UNITS, in_units
from recommend.scoring import NEIGHBOURS

BLOCK = 1_000


def everyone(matrix: Matrix, *, neighbours: int = NEIGHBOURS, count: int = 10, block: int = BLOCK) -> Lists:
    """The lists of all buyers; memory is that of a block of them, times those each has met.

    Raises ValueError where a basket is so large that floats would not order exactly (160,000 products).
    """
    sizes = np.diff(matrix.basket_starts)
    if int(sizes.max(initial=0)) ** 3 >= EXACT_FLOATS:
        raise ValueError(f"a basket of {sizes.max():,} products is too large to compare floats")
    shape = matrix.buyers, matrix.products
    bought = ones(matrix.basket_starts, matrix.basket_products, shape)
    audiences = ones(matrix.audience_starts, matrix.audience_buyers, shape[::-1])
    weights = csr_array((np.ones(matrix.purchases), bought.indices, bought.indptr), shape=shape)
    lists = Lists.empty(matrix.buyers, count)
    is_own = np.zeros(matrix.products, bool)
    for first in range(0, matrix.buyers, block):
        askers = np.arange(first, min(first + block, matrix.buyers))
        common = bought[askers[0] : askers[-1] + 1] @ audiences
        near = _near(common, askers, sizes, neighbours)
        sums = near @ weights
        for asker, start, end in zip(askers.tolist(), sums.indptr[:-1], sums.indptr[1:], strict=True):
            is_own[matrix.basket(asker)] = True
            is_new = ~is_own[sums.indices[start:end]]
            is_own[matrix.basket(asker)] = False
            _first(lists, asker, sums.indices[start:end][is_new], sums.data[start:end][is_new])
    return lists


def ones(starts: Keys, numbers: Numbers, shape: tuple[int, int]) -> csr_array:
    """A matrix of SciPy's with a one at each of these places."""
    return csr_array((np.ones(len(numbers), np.int32), numbers, starts), shape=shape)


def _near(common: csr_array, askers: NDArray[np.intp], sizes: Keys, neighbours: int) -> csr_array:
    """A row of similarities for each asker, the nearest first: sums of its products keep that order."""
    found, similarities, ends = [], [], [0]
    for asker, start, end in zip(askers.tolist(), common.indptr[:-1], common.indptr[1:], strict=True):
        others, times = common.indices[start:end], common.data[start:end].astype(np.int64)
        theirs = sizes[others]
        nearness = times * times / theirs
        nearness[others == asker] = 0.0
        places = np.flatnonzero(nearness >= _last(nearness, neighbours))
        order = places[np.lexsort((others[places], -nearness[places]))][:neighbours]
        found.append(others[order])
        similarities.append(times[order] / np.sqrt(sizes[asker] * theirs[order]))
        ends.append(ends[-1] + len(order))
    columns = np.concatenate(found), np.array(ends)
    return csr_array((np.concatenate(similarities), *columns), shape=(len(askers), len(sizes)))


def _last(nearness: NDArray[np.float64], count: int) -> float:
    """How near one is who is still among the first; more than nought, which is the asker's own."""
    met = float(np.partition(nearness, -count)[-count]) if len(nearness) > count else 0.0
    return met or float(np.finfo(np.float64).tiny)


def _first(lists: Lists, asker: int, products: Numbers, sums: NDArray[np.float64]) -> None:
    """Write the first of the products into the asker's row."""
    count = lists.products.shape[1]
    if len(sums) > count:
        # Rounding keeps order: nobody this far below the last can come level with it.
        hopeful = sums >= np.partition(sums, -count)[-count] - 1e-11
        products, sums = products[hopeful], sums[hopeful]
    units = in_units(sums)
    order = np.lexsort((products, -units))[:count]
    lists.products[asker, : len(order)] = products[order]
    lists.scores[asker, : len(order)] = units[order] / UNITS
