"""What has changed since the matrix was built: purchases that came, and those that went.

The matrix is never written to. What is new stands beside it, so that one purchase costs a few steps, and an
answer reads both.
"""

import copy
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommend.matrix import Matrix, Numbers

_ROOM = 16


class Bought(NamedTuple):
    """Primary keys of a buyer and a product, and the buyer's reference."""

    buyer: int
    product: int
    reference: bytes


class Gone(NamedTuple):
    """Primary keys of a buyer and a product."""

    buyer: int
    product: int


class Growing:
    """Numbers that more are added to: an array with room behind it."""

    __slots__ = ("count", "room")

    def __init__(self, numbers: Numbers | None = None) -> None:
        self.count = 0 if numbers is None else len(numbers)
        self.room = np.zeros(self.count + _ROOM, np.int32)
        if numbers is not None:
            self.room[: self.count] = numbers

    def append(self, number: int) -> None:
        if self.count == len(self.room):
            self.room = np.concatenate((self.room, np.zeros(len(self.room), np.int32)))
        self.room[self.count] = number
        self.count += 1

    def remove(self, number: int) -> None:
        place = int(np.flatnonzero(self.numbers == number)[0])
        self.count -= 1
        self.room[place] = self.room[self.count]

    @property
    def numbers(self) -> Numbers:
        return self.room[: self.count]


class Overlay:
    """Buyers and products that the matrix does not know are numbered on from those it knows.

    Attributes:
        sizes: how many products each buyer has, by number.
        came: for each product the buyers who came since, and `left` those who are gone.
        newcomers: for each buyer the matrix does not know, how many it knows come before, and the reference.
        largest: no basket is larger; one may have been.
        changes: how many pairs differ from the matrix.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.sizes = Growing(np.diff(matrix.basket_starts).astype(np.int32))
        self.came: dict[int, Growing] = {}
        self.left: dict[int, Growing] = {}
        self.newcomers: list[tuple[int, bytes]] = []
        self.largest = int(self.sizes.numbers.max(initial=0))
        self.changes = 0
        self._added: dict[int, set[int]] = {}
        self._removed: dict[int, set[int]] = {}
        self._buyers: dict[int, int] = {}
        self._products: dict[int, int] = {}
        self._buyer_keys: list[int] = []
        self._product_keys: list[int] = []
        self._scratch = np.zeros(0, np.int32), np.zeros(0, np.int32)

    def copied(self) -> "Overlay":
        """Another one of its own, over the same matrix."""
        return copy.deepcopy(self, {id(self.matrix): self.matrix})

    def apply(self, gone: Iterable[Gone], bought: Iterable[Bought]) -> None:
        """Take in changes; what is known already changes nothing. A pair in both is there."""
        for pair in gone:
            buyer, product = self.buyer(pair.buyer), self.product(pair.product)
            if buyer is not None and product is not None:
                self._remove(buyer, product)
        for purchase in bought:
            self._add(self._known_buyer(purchase), self._known_product(purchase.product))

    def buyer(self, key: int) -> int | None:
        """The number of a buyer."""
        number = self._buyers.get(key)
        return self.matrix.buyer(key) if number is None else number

    def product(self, key: int) -> int | None:
        """The number of a product."""
        number = self._products.get(key)
        return self.matrix.product(key) if number is None else number

    def buyer_key(self, number: int) -> int:
        new = number - self.matrix.buyers
        return self._buyer_keys[new] if new >= 0 else int(self.matrix.buyer_keys[number])

    def place(self, number: int) -> tuple[int, bool, bytes]:
        """What sorts buyers by their references: a newcomer stands before the first it does not follow."""
        new = number - self.matrix.buyers
        if new < 0:
            return number, True, b""
        before, reference = self.newcomers[new]
        return before, False, reference

    def product_key(self, number: int) -> int:
        new = number - self.matrix.products
        return self._product_keys[new] if new >= 0 else int(self.matrix.product_keys[number])

    def basket(self, buyer: int) -> Numbers:
        """The products of a buyer, in no order."""
        basket = self._built(buyer)
        removed, added = self._removed.get(buyer), self._added.get(buyer)
        if removed:
            basket = basket[~np.isin(basket, list(removed))]
        if added:
            basket = np.concatenate((basket, np.fromiter(added, np.int32, len(added))))
        return basket

    def scratch(self) -> tuple[Numbers, Numbers]:
        """Two arrays with room for every buyer, the first of noughts, which whoever writes to it restores."""
        if len(self._scratch[0]) < self.sizes.count:
            self._scratch = np.zeros(len(self.sizes.room), np.int32), np.zeros(len(self.sizes.room), np.int32)
        return self._scratch

    def audiences(self, products: Sequence[int]) -> tuple[list[Numbers], list[Numbers]]:
        """The buyers of each of the products, in pieces: those to count, and those to count off again."""
        built = self.matrix.products
        came, left = self.changed(products)
        return [self.matrix.audience(each) for each in products if each < built] + came, left

    def changed(self, products: Sequence[int]) -> tuple[list[Numbers], list[Numbers]]:
        """Of those pieces the ones the matrix does not hold."""
        came = [self.came[each].numbers for each in products if each in self.came]
        return came, [self.left[each].numbers for each in products if each in self.left]

    def popularity(self) -> NDArray[np.int64]:
        """How many buyers each product has, by number."""
        counts = np.zeros(self.matrix.products + len(self._product_keys), np.int64)
        counts[: self.matrix.products] = np.diff(self.matrix.audience_starts)
        for product, buyers in self.came.items():
            counts[product] += buyers.count
        for product, buyers in self.left.items():
            counts[product] -= buyers.count
        return counts

    def _add(self, buyer: int, product: int) -> None:
        if self._was_built(buyer, product):
            if product not in self._removed.get(buyer, ()):
                return
            self._removed[buyer].remove(product)
            self.left[product].remove(buyer)
            self.changes -= 1
        else:
            if product in self._added.get(buyer, ()):
                return
            self._added.setdefault(buyer, set()).add(product)
            self.came.setdefault(product, Growing()).append(buyer)
            self.changes += 1
        self.sizes.room[buyer] += 1
        self.largest = max(self.largest, int(self.sizes.room[buyer]))

    def _remove(self, buyer: int, product: int) -> None:
        if self._was_built(buyer, product):
            if product in self._removed.get(buyer, ()):
                return
            self._removed.setdefault(buyer, set()).add(product)
            self.left.setdefault(product, Growing()).append(buyer)
            self.changes += 1
        else:
            if product not in self._added.get(buyer, ()):
                return
            self._added[buyer].remove(product)
            self.came[product].remove(buyer)
            self.changes -= 1
        self.sizes.room[buyer] -= 1

    def _built(self, buyer: int) -> Numbers:
        return self.matrix.basket(buyer) if buyer < self.matrix.buyers else np.zeros(0, np.int32)

    def _was_built(self, buyer: int, product: int) -> bool:
        matrix = self.matrix
        return buyer < matrix.buyers and product < matrix.products and matrix.has(buyer, product)

    def _known_buyer(self, purchase: Bought) -> int:
        number = self.buyer(purchase.buyer)
        if number is None:
            number = self._buyers[purchase.buyer] = self.sizes.count
            self._buyer_keys.append(purchase.buyer)
            self.newcomers.append((self.matrix.place(purchase.reference), purchase.reference))
            self.sizes.append(0)
        return number

    def _known_product(self, key: int) -> int:
        number = self.product(key)
        if number is None:
            number = self._products[key] = self.matrix.products + len(self._product_keys)
            self._product_keys.append(key)
        return number
