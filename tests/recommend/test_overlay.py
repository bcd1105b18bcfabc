"""The matrix and what has changed since are together what was bought."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.matrices import Named, Pair, key

PAIRS = st.lists(st.tuples(st.sampled_from("abcdéf"), st.sampled_from("stuvwx")), max_size=20)
CHANGES = st.lists(st.tuples(PAIRS, PAIRS), max_size=4)


@given(built=PAIRS, changes=CHANGES)
def test_any_history_of_changes(built: list[Pair], changes: list[tuple[list[Pair], list[Pair]]]) -> None:
    named, bought = Named(built), set(built)
    for gone, came in changes:
        named.change(gone=gone, bought=came)
        bought = (bought - set(gone)) | set(came)
    overlay = named.engine.overlay
    for buyer in {buyer for buyer, _ in built} | {buyer for _, came in changes for buyer, _ in came}:
        number = overlay.buyer(key(buyer))
        assert number is not None
        basket = {named.names[overlay.product_key(product)] for product in overlay.basket(number).tolist()}
        assert basket == {product for other, product in bought if other == buyer}
        assert overlay.sizes.numbers[number] == len(basket) <= overlay.largest
    popularity = overlay.popularity().tolist()
    assert {named.names[overlay.product_key(n)]: count for n, count in enumerate(popularity) if count} == {
        product: len({buyer for buyer, other in bought if other == product}) for _, product in bought
    }
    assert overlay.changes == len(bought ^ set(built))


def test_what_is_known_already_changes_nothing() -> None:
    named = Named([("a", "tea")])
    named.change(gone=[("a", "cup"), ("b", "tea")], bought=[("a", "tea")])
    assert named.engine.overlay.changes == 0
    assert named.engine.overlay.buyer(key("b")) is None


def test_a_copy_goes_its_own_way_over_the_same_matrix() -> None:
    named = Named([("a", "tea"), ("b", "tea")])
    named.change(bought=[("b", "cup")])
    copied = named.engine.overlay.copied()
    named.change(bought=[("c", "tea")])
    assert copied.matrix is named.engine.overlay.matrix
    assert (copied.changes, named.engine.overlay.changes) == (1, 2)
    assert copied.popularity().tolist() == [2, 1]
