"""Reviews of one product at the same moment lose nothing, beside what it would be without the lock."""

from collections.abc import Callable

import pytest

from catalog.models import Product
from checkout.models import OrderLine
from marketplace.community.checking import check
from marketplace.community.models import Review
from marketplace.community.operations import reviews
from marketplace.community.operations.reviews import Written, review_product
from marketplace.community.tallies import prior
from tests.factories.checkout import buyable
from tests.factories.community import delivered
from tests.support.races import at_once
from tests.support.unlocked import read_before_either_writes

pytestmark = pytest.mark.django_db(transaction=True)


def _writing(line: OrderLine, stars: int) -> Callable[[], Review]:
    return lambda: review_product(line=line, user=None, written=Written.cleaned(stars=stars))


def _two() -> list[Callable[[], Review]]:
    variant = buyable()
    prior()
    return [_writing(delivered(variant), stars) for stars in (5, 2)]


def _kept() -> tuple[int, int]:
    return Product.objects.values_list("rating_count", "rating_sum").get()


def test_f88_two_reviews_of_one_product_at_once_both_count() -> None:
    outcomes = at_once(*_two())
    assert [type(each) for each in outcomes] == [Review, Review]
    assert (_kept(), [fault for _, found in check() for fault in found]) == ((2, 7), [])


def test_f88_without_the_lock_one_of_them_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    writing = _two()
    monkeypatch.setattr(reviews, "lock_one", read_before_either_writes())
    assert [type(each) for each in at_once(*writing)] == [Review, Review]
    assert _kept() in {(1, 5), (1, 2)}
    assert [fault for _, found in check() for fault in found] != []


def test_f88_one_line_at_once_is_reviewed_once() -> None:
    line = delivered()
    outcomes = at_once(*[_writing(line, 4)] * 2)
    assert [type(each) for each in outcomes] == [Review, Review]
    assert (Review.objects.count(), _kept()) == (1, (1, 4))
