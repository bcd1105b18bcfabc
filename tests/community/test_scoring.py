"""The score: whole thousandths, drawn towards the mean of all, alike in Python and PostgreSQL."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Product
from marketplace.community.scoring import Prior, average, mean, score, score_expression
from tests.factories.catalog import ProductFactory

PRIOR = Prior(mean=4200, weight=5)


def test_the_worked_examples() -> None:
    """Those of docs/reviews.md."""
    worked = [(1, 5, 4333), (100, 480, 4771), (2, 2, 3285), (0, 0, 0)]
    assert [score(count=count, total=total, prior=PRIOR) for count, total, _ in worked] == [
        expected for *_, expected in worked
    ]
    assert average(count=3, total=10) == Decimal("3.33")
    assert average(count=0, total=0) is None
    assert (mean(count=0, total=0), mean(count=3, total=10)) == (3000, 3333)


@given(count=st.integers(1, 10**6), stars=st.integers(1, 5), weight=st.integers(0, 1000))
@settings(max_examples=100)
def test_a_score_is_between_the_mean_of_all_and_the_own(count: int, stars: int, weight: int) -> None:
    prior = Prior(mean=4200, weight=weight)
    found = score(count=count, total=count * stars, prior=prior)
    assert min(4200, stars * 1000) <= found <= max(4200, stars * 1000)


@pytest.mark.django_db
def test_postgresql_comes_to_the_same() -> None:
    counts = [(1, 5), (3, 14), (7, 20), (100, 480)]
    for count, total in counts:
        ProductFactory.create(rating_count=count, rating_sum=total)
    found = Product.objects.annotate(found=score_expression(PRIOR)).values_list("found", flat=True)
    assert list(found) == [score(count=count, total=total, prior=PRIOR) for count, total in counts]
