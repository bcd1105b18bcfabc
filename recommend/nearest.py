"""Who may be among the nearest, by NumPy: counting who was met how often, and leaving out who is too far.

Nearness is common^2 / size (the asker's own size is the same for all). A division that is rounded correctly,
as in IEEE 754, never turns two fractions round, and while own^2 * size stays below 2^52 it keeps unequal ones
unequal: they are at least 1 / (common^2 * size) apart, relatively, and that is more than a float can lose. So
floats compare like the fractions; beyond that bound (baskets of 160,000 products) the fractions themselves
do.
"""

import heapq
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommend.matrix import Numbers
from recommend.overlay import Overlay

EXACT_FLOATS: Final = 2**52

# Sorting a few beats counting in an array as long as there are buyers.
_FEW: Final = 16

Counts = NDArray[np.int64]


class Near(NamedTuple):
    """The number of a buyer, how many products both have, and how many they have."""

    buyer: int
    common: int
    size: int


# Of an overlay, the number of a buyer, their basket and a count: at least so many of the nearest, and all
# who are level with the last, but for those of the matrix that come behind the first `count`. In no order.
Candidates = Callable[[Overlay, int, Numbers, int], list[Near]]


def candidates(overlay: Overlay, asker: int, basket: Numbers, count: int) -> list[Near]:
    """See `Candidates`."""
    others, common = _met(overlay, asker, basket)
    sizes = overlay.sizes.numbers[others].astype(np.int64)
    return worth_sorting(overlay, (others, common, sizes), own=len(basket), count=count)


def worth_sorting(
    overlay: Overlay, met: tuple[NDArray[np.intp], Counts, Counts], *, own: int, count: int
) -> list[Near]:
    """Those of the met that may be among the nearest.

    Args:
        overlay: which of them the matrix knows.
        met: their numbers, ascending; how much they have in common with the asker; how much they have.
        own: how much the asker has.
        count: how many are wanted.
    """
    others, common, sizes = met
    if not len(others):
        return []
    nearness = common * common / sizes
    last = np.partition(nearness, -count)[-count] if len(others) > count else nearness.min()
    above, level = np.flatnonzero(nearness > last), np.flatnonzero(nearness == last)
    if own * own * int(sizes.max()) < EXACT_FLOATS:
        # The matrix numbers buyers in the order that breaks ties.
        known = int(np.searchsorted(others[level], overlay.matrix.buyers))
        level = np.concatenate((level[: min(known, count)], level[known:]))
    places = np.concatenate((above, level))
    columns = (others[places].tolist(), common[places].tolist(), sizes[places].tolist())
    return [Near(*row) for row in zip(*columns, strict=True)]


def in_order(overlay: Overlay, found: Iterable[Near], *, own: int, count: int) -> list[Near]:
    """The nearest of those found, the nearest first, ties by reference."""

    def by_float(near: Near) -> tuple[float, tuple[int, bool, bytes]]:
        return -(near.common * near.common / near.size), overlay.place(near.buyer)

    def by_fraction(near: Near) -> tuple[Fraction, tuple[int, bool, bytes]]:
        return Fraction(-near.common * near.common, near.size), overlay.place(near.buyer)

    found = list(found)
    largest = max((near.size for near in found), default=0)
    if own * own * largest < EXACT_FLOATS:
        return heapq.nsmallest(count, found, key=by_float)
    return heapq.nsmallest(count, found, key=by_fraction)


def _met(overlay: Overlay, asker: int, basket: Numbers) -> tuple[NDArray[np.intp], Counts]:
    """Everybody but the asker who has bought something of the basket, ascending, and how much of it."""
    counted, counted_off = overlay.audiences(basket.tolist())
    everybody = overlay.sizes.count
    met = np.concatenate(counted) if counted else np.zeros(0, np.int32)
    if len(met) * _FEW < everybody and not counted_off:
        others, common = np.unique(met, return_counts=True)
        is_other = others != asker
        return others[is_other].astype(np.intp), common[is_other].astype(np.int64)
    times = np.bincount(met, minlength=everybody)
    for piece in counted_off:
        times[piece] -= 1
    times[asker] = 0
    found = np.flatnonzero(times)
    return found, times[found].astype(np.int64)
