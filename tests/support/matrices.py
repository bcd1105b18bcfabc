"""Purchase matrices of named buyers and products, and engines that are asked by name."""

from collections.abc import Iterable
from zlib import crc32

import numpy as np

from recommend.engine import Engine
from recommend.matrix import Matrix, assemble
from recommend.nearest import Candidates, candidates
from recommend.overlay import Bought, Gone

Pair = tuple[str, str]


def key(name: str) -> int:
    """A primary key for a name, whose order says nothing of the name's."""
    return crc32(name.encode())


def matrix_of(pairs: Iterable[Pair]) -> Matrix:
    """The matrix of (buyer, product) pairs, whose names are their references."""
    pairs = list(pairs)
    buyers, products = (sorted({pair[side] for pair in pairs}, key=str.encode) for side in (0, 1))
    row, column = ({name: number for number, name in enumerate(names)} for names in (buyers, products))
    numbers = np.array([(row[buyer], column[product]) for buyer, product in pairs], np.int32)
    columns = numbers.reshape(-1, 2)
    return assemble(
        buyer_keys=[key(buyer) for buyer in buyers],
        references=[buyer.encode() for buyer in buyers],
        product_keys=[key(product) for product in products],
        pairs=(columns[:, 0], columns[:, 1]),
    )


class Named:
    """An engine over the pairs it was built of and those that came and went since."""

    def __init__(self, pairs: Iterable[Pair], find: Candidates = candidates) -> None:
        self.pairs = list(pairs)
        self.names = {key(name): name for pair in self.pairs for name in pair}
        self.engine = Engine(matrix_of(self.pairs), find)

    def change(self, *, gone: Iterable[Pair] = (), bought: Iterable[Pair] = ()) -> None:
        bought = list(bought)
        self.names |= {key(name): name for pair in bought for name in pair}
        self.engine.overlay.apply(
            [Gone(key(buyer), key(product)) for buyer, product in gone],
            [Bought(key(buyer), key(product), buyer.encode()) for buyer, product in bought],
        )

    def neighbours(self, buyer: str, count: int) -> list[tuple[str, int, int]]:
        """Who is near, how much they have in common, and how much they have."""
        overlay = self.engine.overlay
        number = overlay.buyer(key(buyer))
        assert number is not None
        near = self.engine.neighbours(number, count)
        return [(self.names[overlay.buyer_key(each.buyer)], each.common, each.size) for each in near]

    def recommend(self, buyer: str, count: int) -> list[tuple[str, float]]:
        """What is recommended and its score, the best first."""
        liked = self.engine.liked(key(buyer), count)
        scored = [(self.names[product], round(score, 12)) for product, score in liked.items()]
        return sorted(scored, key=lambda each: (-each[1], each[0].encode()))
