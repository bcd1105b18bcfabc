"""What reviews come to: kept with each of them, settled at night, and counted anew."""

import pytest
from django.core.management import call_command

from catalog.models import Product
from marketplace.community.checking import check
from marketplace.community.jobs import settle_ratings
from marketplace.community.models import ProductStars, RatingPrior, Review, VendorRating
from marketplace.community.tallies import rebuild, settle_prior
from tests.factories.checkout import buyable
from tests.factories.community import reviewed
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def _faulty() -> list[str]:
    return [claim for claim, found in check() if found]


def _scores() -> list[int]:
    return list(Product.objects.order_by("pk").values_list("rating_score", flat=True))


def test_f88_each_review_counts_for_its_product_and_its_vendor() -> None:
    vendor = VendorFactory.create()
    for stars in (5, 5, 2):
        variant = buyable(vendor=vendor)
        reviewed(variant, stars=stars)
    reviewed(variant, stars=4)
    kept = list(Product.objects.order_by("pk").values_list("rating_count", "rating_sum", "rating_score"))
    # (5 x 3000 + 1000 x stars) // (5 + reviews): nobody knows a mean yet but the middle.
    assert kept == [(1, 5, 3333), (1, 5, 3333), (2, 6, 3000)]
    assert VendorRating.objects.values_list("count", "sum").get() == (4, 16)
    last = ProductStars.objects.get(product=variant.product)
    assert (last.ones, last.twos, last.threes, last.fours, last.fives) == (0, 1, 0, 1, 0)
    assert _faulty() == []


def test_f88_every_night_scores_are_drawn_to_the_mean_of_all() -> None:
    for stars in (5, 4):
        reviewed(stars=stars)
    assert _scores() == [3333, 3166]
    settle_ratings()
    # The mean of all is 4.5: (5 x 4500 + 5000) // 6.
    assert (RatingPrior.objects.get().mean, _scores(), settle_prior(), _faulty()) == (
        4500,
        [4583, 4416],
        0,
        [],
    )


def test_f88_what_drifts_is_found_and_counted_anew() -> None:
    variant = buyable()
    review = reviewed(variant, stars=5)
    reviewed(variant, stars=4)
    before = Product.objects.values_list("rating_count", "rating_sum", "rating_score").get()
    Product.objects.update(rating_count=7)
    ProductStars.objects.update(fives=9)
    VendorRating.objects.update(count=1, sum=1)
    Review.objects.filter(pk=review.pk).update(helpful_count=1)
    assert len(_faulty()) == 4
    call_command("rebuild_ratings")
    assert Product.objects.values_list("rating_count", "rating_sum").get() == before[:2]
    Review.objects.update(helpful_count=0)
    assert _faulty() == []
    Review.objects.update(status="rejected")
    assert rebuild([review.vendor_id]) == 1
    assert (ProductStars.objects.count(), _scores(), _faulty()) == (0, [0], [])
