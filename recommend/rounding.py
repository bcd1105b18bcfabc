"""Rounding whole arrays as Python rounds a number: by its exact value, though the product has lost bits."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from recommend.scoring import DECIMALS

UNITS: Final = 10**DECIMALS

# Veltkamp's splitter for double precision: 2^27 + 1.
SPLITTER: Final = 134217729.0


def in_units(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """The scores in units of the last decimal, rounded half to even; `units / UNITS` is `round(score, 12)`.

    For scores from 0 to 4,000. What the product loses is a float itself (Dekker), and decides where the
    product lies on a half and the score does not.
    """
    product = scores * float(UNITS)
    lost = _lost(scores, float(UNITS), product)
    whole = np.rint(product)
    rest = product - whole
    up = (rest == 0.5) & (lost > 0)
    down = (rest == -0.5) & (lost < 0)
    # On the half, `rint` went to the even neighbour: right where nothing was lost, and else perhaps away.
    units: NDArray[np.int64] = whole.astype(np.int64) + up - down
    return units


def _lost(one: NDArray[np.float64], other: float, product: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the exact product is above the rounded one."""
    high, low = _halves(one)
    other_high, other_low = _halves(np.float64(other))
    lost: NDArray[np.float64] = (
        (high * other_high - product) + high * other_low + low * other_high
    ) + low * other_low
    return lost


def _halves(value: "NDArray[np.float64] | np.float64") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scaled = SPLITTER * value
    high = np.asarray(scaled - (scaled - value))
    return high, np.asarray(value - high)
