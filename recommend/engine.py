"""One buyer's neighbours and what they speak for: the definitions of recommend/scoring.py, over arrays."""

import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommend import nearest
from recommend.matrix import Matrix, Numbers
from recommend.nearest import Candidates, Near
from recommend.overlay import Overlay
from recommend.scoring import DECIMALS, NEIGHBOURS

Scores = NDArray[np.float64]


class Lists(NamedTuple):
    """The best products of many buyers: a row for each, by number.

    Attributes:
        products: numbers of products, the best first; -1 where there are no more.
        scores: their scores, rounded to 12 decimals.
    """

    products: Numbers
    scores: Scores

    @classmethod
    def empty(cls, buyers: int, count: int) -> "Lists":
        return cls(np.full((buyers, count), -1, np.int32), np.zeros((buyers, count)))


class Engine:
    """Answers about a matrix and what has changed since. Not for two threads at once."""

    def __init__(self, matrix: Matrix, candidates: Candidates = nearest.candidates) -> None:
        """Take a matrix, and the way to find who may be near: NumPy's, or that of recommend/compiled.py."""
        self.overlay = Overlay(matrix)
        self.candidates = candidates

    def copied(self) -> "Engine":
        """Another one, whose changes are its own."""
        other = Engine.__new__(Engine)
        other.overlay, other.candidates = self.overlay.copied(), self.candidates
        return other

    def neighbours(self, buyer: int, count: int = NEIGHBOURS) -> list[Near]:
        """Those nearest to a buyer, by number, the nearest first."""
        basket = self.overlay.basket(buyer)
        found = self.candidates(self.overlay, buyer, basket, count)
        return nearest.in_order(self.overlay, found, own=len(basket), count=count)

    def scores(self, buyer: int, neighbours: int = NEIGHBOURS) -> dict[int, float]:
        """What the neighbours have bought and the buyer has not, by number, and its sums, unrounded."""
        basket = self.overlay.basket(buyer)
        own, found = set(basket.tolist()), defaultdict[int, float](float)
        # A few hundred steps, from the nearest to the farthest: less than arrays take to be set up.
        for near in self.neighbours(buyer, neighbours):
            similarity = near.common / math.sqrt(len(own) * near.size)
            for product in self.overlay.basket(near.buyer).tolist():
                if product not in own:
                    found[product] += similarity
        return found

    def liked(self, key: int, neighbours: int = NEIGHBOURS) -> dict[int, float]:
        """For the buyer with this primary key the same, by primary keys; empty for who has bought nothing."""
        buyer = self.overlay.buyer(key)
        if buyer is None:
            return {}
        scores = self.scores(buyer, neighbours)
        return {self.overlay.product_key(product): score for product, score in scores.items()}

    def popular(self, count: int) -> dict[int, int]:
        """The primary keys of the products with the most buyers, and how many those are.

        Of those who have as many as the last, all; so at least so many, where there are so many.
        """
        buyers = self.overlay.popularity()
        least = max(int(np.partition(buyers, -count)[-count]), 1) if len(buyers) > count else 1
        found = np.flatnonzero(buyers >= least).tolist()
        return {self.overlay.product_key(product): int(buyers[product]) for product in found}

    def recommend(
        self, buyer: int, *, neighbours: int = NEIGHBOURS, count: int | None = None
    ) -> list[tuple[int, float]]:
        """The best products by number, with their rounded scores; ties by number, so by reference.

        For products that the matrix knows: those that came since are numbered as they came.
        """
        scores = self.scores(buyer, neighbours)
        rounded = ((product, round(score, DECIMALS)) for product, score in scores.items())
        best = sorted(rounded, key=lambda each: (-each[1], each[0]))
        return best[:count]
