"""The tables of moves are those of the page, and an order is what its parts are."""

from pathlib import Path

import pytest

from checkout.models import (
    CASE_MOVES,
    ORDER_MOVES,
    REFUND_MOVES,
    RETURN_MOVES,
    REVIEW_MOVES,
    VENDOR_ORDER_MOVES,
)
from checkout.models.order import status_of
from marketplace.kernel.states import Transitions
from tests.support import tree


@pytest.mark.parametrize("moves", [ORDER_MOVES, VENDOR_ORDER_MOVES, RETURN_MOVES, REFUND_MOVES, CASE_MOVES])
def test_the_page_shows_every_move(moves: Transitions) -> None:  # type: ignore[type-arg]  # of any states
    assert moves.as_markdown() in tree.text(Path("docs/orders.md"))


def test_the_page_of_reviews_shows_every_move() -> None:
    assert REVIEW_MOVES.as_markdown() in tree.text(Path("docs/reviews-of-orders.md"))


@pytest.mark.parametrize(
    ("payment", "parts", "expected"),
    [
        ("pending", ["pending"], "pending"),
        ("paid", ["open", "open"], "paid"),
        ("paid", ["open", "cancelled"], "paid"),
        ("paid", ["open", "shipped"], "partially_shipped"),
        ("paid", ["partially_shipped"], "partially_shipped"),
        ("paid", ["shipped", "delivered", "cancelled"], "shipped"),
        ("paid", ["delivered", "completed"], "delivered"),
        ("paid", ["completed", "completed"], "completed"),
        ("paid", ["cancelled", "cancelled"], "cancelled"),
        ("expired", ["cancelled"], "expired"),
    ],
)
def test_an_order_is_as_slow_as_its_slowest_part(payment: str, parts: list[str], expected: str) -> None:
    assert status_of(payment, parts) == expected
