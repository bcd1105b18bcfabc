"""The work of recommend/nearest.py and recommend/batch.py as machine code: the extra `compiled`, numba.

Named by the setting RECOMMEND_WITH, not imported: numba takes a second and 90 MB. What it compiles is kept
beside this module, or in the folder that NUMBA_CACHE_DIR names.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np

from recommend import nearest
from recommend.engine import Lists
from recommend.matrix import Matrix, Numbers
from recommend.nearest import Counts, Near, worth_sorting
from recommend.overlay import Overlay
from recommend.rounding import SPLITTER, UNITS
from recommend.scoring import NEIGHBOURS

# Fractions are compared by two products of a common^2 and a size, in 64 bits.
EXACT_INTEGERS: Final = 2**63

_UNITS: Final = float(UNITS)
_NONE: Final = np.zeros(0, np.int32)

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    # numba has no types; what it makes is called like what it was made of.
    return cast("Function", numba.njit(cache=True, nogil=True)(function))


def candidates(overlay: Overlay, asker: int, basket: Numbers, count: int) -> list[Near]:
    """See `Candidates` of recommend/nearest.py; of the buyers the matrix knows, exactly the nearest."""
    if len(basket) ** 2 * overlay.largest >= EXACT_INTEGERS:
        return nearest.candidates(overlay, asker, basket, count)
    matrix, sizes, scratch = overlay.matrix, overlay.sizes.numbers, overlay.scratch()
    came, left = (np.concatenate(pieces) if pieces else _NONE for pieces in overlay.changed(basket.tolist()))
    buyers, common = np.zeros(count, np.int32), np.zeros(count, np.int64)
    met = _count(basket, (matrix.audience_starts, matrix.audience_buyers), (came, left), scratch)
    newcomers = _newcomers(overlay, asker, scratch, met) if overlay.newcomers else None
    found = _nearest((asker, matrix.buyers), sizes, (*scratch, met), (buyers, common))
    columns = (buyers[:found].tolist(), common[:found].tolist(), sizes[buyers[:found]].tolist())
    near = [Near(*row) for row in zip(*columns, strict=True)]
    if newcomers is not None:
        near += worth_sorting(overlay, newcomers, own=len(basket), count=count)
    return near


def _newcomers(
    overlay: Overlay, asker: int, scratch: tuple[Numbers, Numbers], met: int
) -> tuple[Any, Counts, Counts]:
    """Those of the met whom the matrix does not know: numbers ascending, in common, sizes."""
    times, who = scratch[0], scratch[1][:met]
    who = np.sort(who[(who >= overlay.matrix.buyers) & (who != asker) & (times[who] > 0)])
    return who.astype(np.intp), times[who].astype(np.int64), overlay.sizes.numbers[who].astype(np.int64)


def everyone(matrix: Matrix, *, neighbours: int = NEIGHBOURS, count: int = 10) -> Lists:
    """See recommend/batch.py."""
    largest = int(np.diff(matrix.basket_starts).max(initial=0))
    if largest**3 >= EXACT_INTEGERS:
        raise ValueError(f"a basket of {largest:,} products is too large for whole numbers of 64 bits")
    lists = Lists.empty(matrix.buyers, count)
    baskets = (matrix.basket_starts, matrix.basket_products)
    _everyone(baskets, (matrix.audience_starts, matrix.audience_buyers), lists, neighbours)
    return lists


@_compiled
def _count(basket: Numbers, audiences: Any, changed: Any, scratch: Any) -> int:
    """Count in the first scratch how often each buyer stands in the audiences, list them in the second."""
    starts, buyers = audiences
    came, left = changed
    times, who = scratch
    met = 0
    for product in basket:
        if product < len(starts) - 1:
            for place in range(starts[product], starts[product + 1]):
                buyer = buyers[place]
                before = times[buyer]
                if before == 0:
                    who[met] = buyer
                    met += 1
                times[buyer] = before + 1
    for buyer in came:
        if times[buyer] == 0:
            who[met] = buyer
            met += 1
        times[buyer] += 1
    for buyer in left:
        times[buyer] -= 1
    return met


@_compiled
def _nearest(asked: Any, sizes: Numbers, scratch: Any, best: Any) -> int:
    """Sort the nearest of those counted into `best`, and leave the counts at nought; returns how many."""
    asker, known = asked
    times, who, met = scratch
    buyers, commons = best
    most, found = len(buyers), 0
    # The last that still counts; until all places are taken, everybody is nearer.
    last_square, last_size = np.int64(0), np.int64(1)
    for place in range(met):
        buyer = who[place]
        common = np.int64(times[buyer])
        times[buyer] = 0
        size = np.int64(sizes[buyer])
        here, there = common * common * last_size, last_square * size
        if here < there or buyer == asker or common <= 0 or buyer >= known:
            continue
        if found == most:
            if here == there and buyer > buyers[most - 1]:
                continue
            free = most - 1
        else:
            free = found
            found += 1
        while free > 0:
            last = buyers[free - 1]
            if not _is_nearer((buyer, common, size), (last, commons[free - 1], np.int64(sizes[last]))):
                break
            buyers[free], commons[free] = last, commons[free - 1]
            free -= 1
        buyers[free], commons[free] = buyer, common
        if found == most:
            last_square = commons[most - 1] * commons[most - 1]
            last_size = np.int64(sizes[buyers[most - 1]])
    return found


@_compiled
def _is_nearer(one: Any, other: Any) -> bool:
    buyer, common, size = one
    last, last_common, last_size = other
    here, there = common * common * last_size, last_common * last_common * size
    return bool(here > there or (here == there and buyer < last))


@_compiled
def _everyone(baskets: Any, audiences: Any, lists: Any, neighbours: int) -> None:
    """Fill the lists of all buyers."""
    starts, products = baskets
    count_buyers, count_products = len(starts) - 1, len(audiences[0]) - 1
    sizes = np.diff(starts).astype(np.int32)
    times, who = np.zeros(count_buyers, np.int32), np.zeros(count_buyers, np.int32)
    sums, proposed = np.zeros(count_products), np.zeros(count_products, np.int32)
    buyers, commons = np.zeros(neighbours, np.int32), np.zeros(neighbours, np.int64)
    none = np.zeros(0, np.int32)
    for asker in range(count_buyers):
        basket = products[starts[asker] : starts[asker + 1]]
        met = _count(basket, audiences, (none, none), (times, who))
        found = _nearest((asker, count_buyers), sizes, (times, who, met), (buyers, commons))
        new = 0
        for place in range(found):
            other = buyers[place]
            similarity = commons[place] / np.sqrt(np.float64(len(basket) * np.int64(sizes[other])))
            for product in products[starts[other] : starts[other + 1]]:
                if sums[product] == 0.0:
                    proposed[new] = product
                    new += 1
                sums[product] += similarity
        for product in basket:
            sums[product] = 0.0
        _first(proposed[:new], sums, lists.products[asker], lists.scores[asker])


@_compiled
def _first(proposed: Numbers, sums: Any, products: Numbers, scores: Any) -> None:
    """Sort the best of the proposed in, by rounded sum and then by number, and leave the sums at nought."""
    most, found = len(products), 0
    for product in proposed:
        total = sums[product]
        sums[product] = 0.0
        # Rounding keeps order, and costs more than seeing that nothing will come of it.
        if total == 0.0 or (found == most and total + 1e-11 < scores[most - 1]):
            continue
        score = _rounded(total)
        free = min(found, most - 1)
        if found == most and not (
            score > scores[free] or (score == scores[free] and product < products[free])
        ):
            continue
        found = min(found + 1, most)
        while free > 0 and (
            score > scores[free - 1] or (score == scores[free - 1] and product < products[free - 1])
        ):
            products[free], scores[free] = products[free - 1], scores[free - 1]
            free -= 1
        products[free], scores[free] = product, score


@_compiled
def _rounded(score: float) -> float:
    """What recommend/rounding.py does with arrays, with one number."""
    product = score * _UNITS
    scaled, scaled_units = SPLITTER * score, SPLITTER * _UNITS
    high, units_high = scaled - (scaled - score), scaled_units - (scaled_units - _UNITS)
    low, units_low = score - high, _UNITS - units_high
    lost = ((high * units_high - product) + high * units_low + low * units_high) + low * units_low
    whole = np.rint(product)
    rest = product - whole
    if rest == 0.5 and lost > 0.0:
        whole += 1.0
    elif rest == -0.5 and lost < 0.0:
        whole -= 1.0
    return float(whole / _UNITS)
