"""Pairs to arrays, and back."""

import dataclasses

import numpy as np
import pytest

from tests.recommend.test_scoring import BOUGHT, pairs
from tests.support.matrices import key, matrix_of


def test_both_directions_hold_every_pair_once() -> None:
    matrix = matrix_of(pairs(BOUGHT) * 2)
    buyers, products = sorted(BOUGHT), sorted({product for basket in BOUGHT.values() for product in basket})
    assert (matrix.buyers, matrix.products, matrix.purchases) == (4, 8, 13)
    baskets = {buyer: [products[each] for each in matrix.basket(n)] for n, buyer in enumerate(buyers)}
    assert baskets == {buyer: sorted(basket) for buyer, basket in BOUGHT.items()}
    audiences = {product: [buyers[each] for each in matrix.audience(n)] for n, product in enumerate(products)}
    assert audiences["featured"] == buyers
    assert audiences["tea"] == ["blabla", "kitty"]


def test_numbers_are_found_by_primary_key() -> None:
    matrix = matrix_of(pairs(BOUGHT))
    assert [matrix.buyer(key(buyer)) for buyer in sorted(BOUGHT)] == [0, 1, 2, 3]
    assert matrix.buyer(key("nobody")) is None
    assert matrix.product(key("tea")) == 7
    assert matrix.product(0) is None
    assert matrix.product(2**62) is None


def test_a_pair_is_there_or_not() -> None:
    matrix = matrix_of([("a", "tea"), ("a", "cup"), ("b", "pot")])
    assert [matrix.has(0, product) for product in range(3)] == [True, False, True]


def test_the_place_of_a_reference_among_the_buyers() -> None:
    matrix = matrix_of([("b", "x"), ("d", "x"), ("é", "x")])
    assert [matrix.place(each.encode()) for each in ("a", "b", "c", "e", "z", "é", "\uffff")] == [
        *(0, 0, 1, 2, 2, 2),
        3,
    ]


def test_nothing_is_a_matrix_too() -> None:
    matrix = matrix_of([])
    assert (matrix.buyers, matrix.products, matrix.purchases) == (0, 0, 0)
    assert (matrix.buyer(1), matrix.place(b"a")) == (None, 0)


@pytest.mark.parametrize("array", ["basket_products", "audience_buyers", "references"])
def test_arrays_that_do_not_belong_together_are_refused(array: str) -> None:
    matrix = matrix_of(pairs(BOUGHT))
    with pytest.raises(ValueError, match="belong together"):
        dataclasses.replace(matrix, **{array: np.zeros(3, getattr(matrix, array).dtype)})
