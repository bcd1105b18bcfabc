"""The worked example of the design, and any other history against loops as a textbook writes them."""

import math
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommend.scoring import NEIGHBOURS, Neighbour, PurchaseIndex

BOUGHT = {
    "eli": ["sauce", "hot", "featured"],
    "admin": ["breakfast", "lunch", "class", "siren", "featured"],
    "blabla": ["tea", "featured"],
    "kitty": ["class", "tea", "featured"],
}
SIMILARITIES = {
    ("eli", "admin"): 0.2581988897471611,
    ("eli", "blabla"): 0.4082482904638631,
    ("eli", "kitty"): 0.3333333333333333,
    ("admin", "blabla"): 0.31622776601683794,
    ("admin", "kitty"): 0.5163977794943222,
    ("blabla", "kitty"): 0.8164965809277261,
}
RECOMMENDED: dict[tuple[int, str], list[tuple[str, float]]] = {
    (1, "eli"): [("tea", 0.408248290464)],
    (1, "admin"): [("tea", 0.516397779494)],
    (1, "blabla"): [("class", 0.816496580928)],
    (1, "kitty"): [],
    (2, "eli"): [("tea", 0.741581623797), ("class", 0.333333333333)],
    (2, "admin"): [("tea", 0.832625545511)],
    (2, "blabla"): [("class", 0.816496580928), ("hot", 0.408248290464), ("sauce", 0.408248290464)],
    (2, "kitty"): [(product, 0.516397779494) for product in ("breakfast", "lunch", "siren")],
    (3, "eli"): [
        ("tea", 0.741581623797),
        ("class", 0.59153222308),
        *((product, 0.258198889747) for product in ("breakfast", "lunch", "siren")),
    ],
    (3, "admin"): [("tea", 0.832625545511), ("hot", 0.258198889747), ("sauce", 0.258198889747)],
    (3, "blabla"): [
        ("class", 1.132724346945),
        ("hot", 0.408248290464),
        ("sauce", 0.408248290464),
        *((product, 0.316227766017) for product in ("breakfast", "lunch", "siren")),
    ],
    (3, "kitty"): [
        *((product, 0.516397779494) for product in ("breakfast", "lunch", "siren")),
        *((product, 0.333333333333) for product in ("hot", "sauce")),
    ],
}

# Few buyers and products, so that histories overlap and tie; one name is beyond the characters of 16 bits.
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["a", "B", "é", "z", "ab", "\uffff", "\U0001f600"]),
        st.text("abcdefgh", min_size=1, max_size=1),
    ),
    max_size=40,
)


def pairs(bought: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(buyer, product) for buyer, products in bought.items() for product in products]


def by_the_textbook(history: Iterable[tuple[str, str]], user: str, count: int) -> list[tuple[str, float]]:
    """Compare the user with every other, keep the best, add up."""
    history = set(history)
    users = {buyer for buyer, _ in history}
    items = {each: {product for buyer, product in history if buyer == each} for each in users | {user}}
    others = []
    for other in users - {user}:
        common = len(items[user] & items[other])
        if common:
            both = len(items[user]) * len(items[other])
            others.append((-Fraction(common**2, both), other.encode(), common / math.sqrt(both), other))
    rank: dict[str, float] = {}
    for _, _, similarity, other in sorted(others)[:count]:
        for product in items[other] - items[user]:
            rank[product] = rank.get(product, 0.0) + similarity
    found = [(product, round(score, 12)) for product, score in rank.items()]
    return sorted(found, key=lambda each: (-each[1], each[0].encode()))


@pytest.fixture(scope="module")
def example() -> PurchaseIndex:
    return PurchaseIndex(pairs(BOUGHT))


@pytest.mark.parametrize(("one", "other"), SIMILARITIES)
def test_the_similarities_of_the_example(example: PurchaseIndex, one: str, other: str) -> None:
    there = {each.reference: each.similarity for each in example.met(one)}
    back = {each.reference: each.similarity for each in example.met(other)}
    assert there[other] == back[one] == SIMILARITIES[one, other]


def test_nobody_meets_themselves(example: PurchaseIndex) -> None:
    assert {each.reference for each in example.met("eli")} == {"admin", "blabla", "kitty"}


@pytest.mark.parametrize(("count", "buyer"), RECOMMENDED)
def test_the_lists_of_the_example(example: PurchaseIndex, count: int, buyer: str) -> None:
    assert example.recommend(buyer, count) == RECOMMENDED[count, buyer]


def test_the_popularity_of_the_example(example: PurchaseIndex) -> None:
    assert example.popularity() == [
        ("featured", 4),
        ("class", 2),
        ("tea", 2),
        ("breakfast", 1),
        ("hot", 1),
        ("lunch", 1),
        ("sauce", 1),
        ("siren", 1),
    ]


def test_ten_neighbours_speak_unasked() -> None:
    history = {f"buyer {number:02}": ["shared", f"own {number:02}"] for number in range(12)}
    found = PurchaseIndex(pairs(history)).recommend("buyer 00")
    assert [each.product for each in found] == [f"own {number:02}" for number in range(1, NEIGHBOURS + 1)]


def test_who_is_near_is_not_left_to_rounding() -> None:
    own = [f"product {number}" for number in range(8)]
    others = [f"other {number}" for number in range(6)]
    index = PurchaseIndex(pairs({"me": own, "a": own[:1], "b": own[:3] + others}))
    a, b = index.neighbours("me")
    assert (a, b) == (Neighbour("a", 1, 8, 1), Neighbour("b", 3, 8, 9))
    assert a.nearness == b.nearness
    assert a.similarity < b.similarity


def test_a_stranger_gets_nothing_and_neither_does_who_shares_nothing(example: PurchaseIndex) -> None:
    assert example.recommend("nobody") == []
    assert PurchaseIndex([("a", "tea"), ("b", "hot")]).recommend("a") == []


@given(history=PAIRS, count=st.integers(1, 4))
def test_any_history_gives_what_the_textbook_gives(history: list[tuple[str, str]], count: int) -> None:
    index = PurchaseIndex(history)
    for buyer in {*index.products, "nobody"}:
        assert index.recommend(buyer, count) == by_the_textbook(history, buyer, count)


@given(history=PAIRS)
def test_popularity_counts_each_buyer_once(history: list[tuple[str, str]]) -> None:
    counted = PurchaseIndex(history + history).popularity()
    assert dict(counted) == {
        product: len({buyer for buyer, each in history if each == product}) for _, product in history
    }
    assert counted == sorted(counted, key=lambda each: (-each[1], each[0].encode()))
