"""Reviews that come all together are counted once, and come once."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from marketplace.community.checking import check
from marketplace.community.history import PastReview, bring_reviews
from marketplace.community.models import Review, ReviewReply
from marketplace.kernel.errors import InvalidInput
from tests.factories.checkout import buyable
from tests.factories.community import delivered, reviewed

pytestmark = pytest.mark.django_db
THEN = datetime(2024, 5, 1, tzinfo=UTC)


def test_f88_a_history_is_brought_in_few_statements_and_once(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    variant = buyable(on_hand=9)
    known = reviewed(variant, stars=1)
    lines = [delivered(variant) for _ in range(4)]
    past = [
        PastReview(
            order_line_id=line.pk,
            stars=5,
            written_at=THEN,
            text="Good.",
            helpful_count=number,
            reply="Thanks.",
        )
        for number, line in enumerate(lines)
    ]
    past.append(PastReview(order_line_id=known.order_line_id, stars=5, written_at=THEN))
    with django_assert_max_num_queries(25):
        assert bring_reviews(past) == 4
    assert bring_reviews(past) == 0
    variant.product.refresh_from_db()
    assert (variant.product.rating_count, variant.product.rating_sum) == (5, 21)
    assert (Review.objects.filter(written_at=THEN).count(), ReviewReply.objects.count()) == (4, 4)
    assert [fault for _, found in check() for fault in found] == []


def test_f88_what_names_no_line_or_no_stars_is_refused() -> None:
    line = delivered()
    for key, stars in ((2**40, 5), (line.pk, 6)):
        with pytest.raises(InvalidInput):
            bring_reviews([PastReview(order_line_id=key, stars=stars, written_at=THEN)])
    assert not Review.objects.exists()
