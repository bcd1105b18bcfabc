"""What reviews come to, kept on the product's row: the one writer of `rating_count`, `_sum` and `_score`.

What they come to is told by the app that keeps the reviews; a review changes nothing else of a listing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models.expressions import Combinable

from catalog.models import Product


@dataclass(frozen=True, kw_only=True)
class Rating:
    """How many reviews count, the stars in them, and the score in thousandths of a star."""

    count: int
    sum: int
    score: int

    @classmethod
    def of(cls, product: Product) -> Self:
        """As it stands on the row."""
        return cls(count=product.rating_count, sum=product.rating_sum, score=product.rating_score)


def write_ratings(ratings: Mapping[Product, Rating]) -> None:
    """Write these products' ratings; the rows in hand change with the table. The caller holds them.

    A statement for each thousand.
    """
    for product, rating in ratings.items():
        product.rating_count, product.rating_sum = rating.count, rating.sum
        product.rating_score = rating.score
    columns = ["rating_count", "rating_sum", "rating_score"]
    Product.objects.bulk_update(ratings, columns, batch_size=1000)


def rescore(score: Combinable) -> int:
    """Score all products that have reviews by an expression of their counts; returns how many changed.

    One statement, which waits for whoever holds one of them, and then sees what that has written.
    """
    rated = Product.objects.filter(rating_count__gt=0).exclude(rating_score=score)
    return rated.order_by().update(rating_score=score)
