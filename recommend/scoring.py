"""User-based collaborative filtering: who has bought alike, and what they bought besides. Pure, and exact.

    similarity(u, v) = |Iu & Iv| / sqrt(|Iu| |Iv|)                        Iu: the products that u has bought
    score(u, p)      = sum of similarity(u, v) over the K nearest v who bought p, for p that u has not

Who is near is decided by the fraction common^2 / (|Iu| |Iv|) in whole numbers, so no rounding makes a
neighbour; ties go by reference in byte order, which for text in UTF-8 is the order of Python's strings.
Scores are summed from the nearest neighbour to the farthest and rounded to 12 decimals, so that any other
implementation can be held to the same digits.

This is the reference, for thousands of buyers, not for millions. One buyer costs as many steps as their
products have buyers in all; everybody at once costs the sum of the squared numbers of buyers, nearly
all of it for the few most popular products.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

NEIGHBOURS: Final = 10
DECIMALS: Final = 12


class Scored(NamedTuple):
    """A product and what speaks for it: a sum of similarities."""

    product: str
    score: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody who has bought something that one has bought too.

    Attributes:
        reference: who.
        common: how many products both have bought.
        own: how many one has bought oneself.
        theirs: how many they have bought.
    """

    reference: str
    common: int
    own: int
    theirs: int

    @property
    def similarity(self) -> float:
        """The cosine of the two sets of products: above 0, at most 1."""
        return self.common / math.sqrt(self.own * self.theirs)

    @property
    def nearness(self) -> Fraction:
        """The square of the similarity, exactly: what neighbours are compared by."""
        return Fraction(self.common * self.common, self.own * self.theirs)


class PurchaseIndex:
    """Who bought what, and, inverted, what was bought by whom. A pair that comes twice counts once."""

    def __init__(self, purchases: Iterable[tuple[str, str]]) -> None:
        """Take in (buyer, product) pairs."""
        products: defaultdict[str, set[str]] = defaultdict(set)
        buyers: defaultdict[str, set[str]] = defaultdict(set)
        for buyer, product in purchases:
            products[buyer].add(product)
            buyers[product].add(buyer)
        self.products: Mapping[str, AbstractSet[str]] = dict(products)
        self.buyers: Mapping[str, AbstractSet[str]] = dict(buyers)

    def popularity(self) -> list[tuple[str, int]]:
        """Every product with the number of its buyers, the most bought first."""
        counted = ((product, len(buyers)) for product, buyers in self.buyers.items())
        return sorted(counted, key=lambda each: (-each[1], each[0]))

    def met(self, buyer: str) -> list[Neighbour]:
        """Everybody else who has bought something that the buyer has bought, in no order."""
        own = self.products.get(buyer, frozenset())
        common = Counter(other for product in own for other in self.buyers[product] if other != buyer)
        return [
            Neighbour(other, shared, len(own), len(self.products[other])) for other, shared in common.items()
        ]

    def neighbours(self, buyer: str, count: int = NEIGHBOURS) -> list[Neighbour]:
        """Those nearest to the buyer, the nearest first."""
        return heapq.nsmallest(count, self.met(buyer), key=lambda each: (-each.nearness, each.reference))

    def recommend(self, buyer: str, neighbours: int = NEIGHBOURS) -> list[Scored]:
        """What the buyer's neighbours have bought and the buyer has not, the best first.

        Empty for who has bought nothing, and where the neighbours have nothing to add.
        """
        return ranked(
            ((each.similarity, self.products[each.reference]) for each in self.neighbours(buyer, neighbours)),
            bought=self.products.get(buyer, frozenset()),
        )


def ranked(baskets: Iterable[tuple[float, Iterable[str]]], *, bought: Collection[str]) -> list[Scored]:
    """Products by the similarities of those who bought them, summed in the order given; ties by reference.

    Args:
        baskets: each neighbour's similarity and products, the nearest neighbour first.
        bought: the products that are left out.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for similarity, products in baskets:
        for product in products:
            if product not in bought:
                scores[product] += similarity
    rounded = (Scored(product, round(score, DECIMALS)) for product, score in scores.items())
    return sorted(rounded, key=lambda each: (-each.score, each.product))
