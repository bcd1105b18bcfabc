"""The purchase matrix as arrays: who bought what, and by whom each product was bought.

Buyers and products are numbered in the byte order of their references, so the smaller number wins a tie.
One row of the matrix is a basket (the products of a buyer), one column an audience (the buyers of a product);
both directions are kept, each as one array of numbers and one of where each row begins (CSR and CSC).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Keys = NDArray[np.int64]
Bytes = NDArray[np.uint8]

# Numbers have 32 bits: so many buyers, and so many products.
MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Arrays only, none of which is ever written to: they may be mapped from files.

    Attributes:
        basket_starts: where the basket of each buyer begins in `basket_products`; one more than buyers.
        basket_products: numbers of products, ascending in each basket.
        audience_starts: where the audience of each product begins in `audience_buyers`.
        audience_buyers: numbers of buyers, ascending in each audience.
        buyer_keys: the primary key of each buyer.
        buyers_by_key: the buyers, ordered by primary key.
        product_keys: the primary key of each product.
        products_by_key: the products, ordered by primary key.
        reference_starts: where the reference of each buyer begins in `references`.
        references: the buyers' references in UTF-8, one after the other.
    """

    basket_starts: Keys
    basket_products: Numbers
    audience_starts: Keys
    audience_buyers: Numbers
    buyer_keys: Keys
    buyers_by_key: Numbers
    product_keys: Keys
    products_by_key: Numbers
    reference_starts: Keys
    references: Bytes

    def __post_init__(self) -> None:
        """Raises ValueError where the arrays do not belong together."""
        ends = (
            (self.basket_starts, len(self.buyer_keys), len(self.basket_products)),
            (self.audience_starts, len(self.product_keys), len(self.audience_buyers)),
            (self.reference_starts, len(self.buyer_keys), len(self.references)),
        )
        if any(len(starts) != count + 1 or starts[-1] != end for starts, count, end in ends):
            raise ValueError("the arrays of the matrix do not belong together")

    @property
    def buyers(self) -> int:
        return len(self.buyer_keys)

    @property
    def products(self) -> int:
        return len(self.product_keys)

    @property
    def purchases(self) -> int:
        return len(self.basket_products)

    def basket(self, buyer: int) -> Numbers:
        return self.basket_products[self.basket_starts[buyer] : self.basket_starts[buyer + 1]]

    def audience(self, product: int) -> Numbers:
        return self.audience_buyers[self.audience_starts[product] : self.audience_starts[product + 1]]

    def buyer(self, key: int) -> int | None:
        """The number of the buyer with this primary key."""
        return _found(key, self.buyer_keys, self.buyers_by_key)

    def product(self, key: int) -> int | None:
        """The number of the product with this primary key."""
        return _found(key, self.product_keys, self.products_by_key)

    def has(self, buyer: int, product: int) -> bool:
        basket = self.basket(buyer)
        place = int(np.searchsorted(basket, product))
        return place < len(basket) and int(basket[place]) == product

    def place(self, reference: bytes) -> int:
        """How many buyers come before this reference."""
        low, high = 0, self.buyers
        while low < high:
            middle = (low + high) // 2
            if self._reference(middle) < reference:
                low = middle + 1
            else:
                high = middle
        return low

    def _reference(self, buyer: int) -> bytes:
        return self.references[self.reference_starts[buyer] : self.reference_starts[buyer + 1]].tobytes()


ARRAYS: Final = tuple(field.name for field in fields(Matrix))


def assemble(
    *,
    buyer_keys: Sequence[int] | Keys,
    references: Sequence[bytes],
    product_keys: Sequence[int] | Keys,
    pairs: tuple[Numbers, Numbers],
) -> Matrix:
    """Make the matrix of (buyer, product) numbers; a pair that comes twice counts once.

    Args:
        buyer_keys: by number, so in the order of the references.
        references: of the buyers, in byte order.
        product_keys: by number.
        pairs: two arrays of equal length.
    """
    if max(len(buyer_keys), len(product_keys)) > MOST:
        raise ValueError(f"more than {MOST:,} buyers or products")
    buyers, products = _once(*pairs)
    # By basket they stand already; stable, so that each audience stays in the order of the buyers.
    by_product = np.argsort(products, kind="stable")
    keys_of_buyers, keys_of_products = (np.asarray(keys, np.int64) for keys in (buyer_keys, product_keys))
    return Matrix(
        basket_starts=_starts(buyers, len(keys_of_buyers)),
        basket_products=products,
        audience_starts=_starts(products, len(keys_of_products)),
        audience_buyers=buyers[by_product],
        buyer_keys=keys_of_buyers,
        buyers_by_key=np.argsort(keys_of_buyers).astype(np.int32),
        product_keys=keys_of_products,
        products_by_key=np.argsort(keys_of_products).astype(np.int32),
        reference_starts=np.cumsum([0, *map(len, references)], dtype=np.int64),
        references=np.frombuffer(b"".join(references), np.uint8),
    )


def _once(buyers: Numbers, products: Numbers) -> tuple[Numbers, Numbers]:
    """The pairs by buyer and product, each once."""
    both = buyers.astype(np.int64) << 32 | products
    both.sort()
    if len(both):
        both = both[np.concatenate(([True], both[1:] != both[:-1]))]
    return (both >> 32).astype(np.int32), both.astype(np.int32)


def _starts(numbers: Numbers, count: int) -> Keys:
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=starts[1:])
    return starts


def _found(key: int, keys: Keys, by_key: Numbers) -> int | None:
    # By hand: `searchsorted` with a sorter reads the whole mapped array first.
    low, high = 0, len(by_key)
    while low < high:
        middle = (low + high) // 2
        if int(keys[by_key[middle]]) < key:
            low = middle + 1
        else:
            high = middle
    if low == len(by_key) or int(keys[by_key[low]]) != key:
        return None
    return int(by_key[low])
