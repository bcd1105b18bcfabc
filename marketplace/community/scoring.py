"""What lists are ordered by: the mean of a product's stars, drawn towards that of all reviews.

A product with one review of five stars is not the best there is. So each is taken to have had `weight`
reviews of the mean of all before its first one. Everything is in whole thousandths of a star, rounded down,
so that PostgreSQL, which scores all products in one statement, comes to the same.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import F, Value
from django.db.models.expressions import Combinable

MILLI: Final = 1000
# The mean of what nobody has reviewed anywhere yet: the middle.
NO_MEAN: Final = 3 * MILLI


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What a product without reviews is taken for: a mean in thousandths, as of so many reviews."""

    mean: int
    weight: int


def score(*, count: int, total: int, prior: Prior) -> int:
    """Thousandths of a star, of so many reviews with so many stars in all; 0 without reviews."""
    if count == 0:
        return 0
    return (prior.weight * prior.mean + MILLI * total) // (prior.weight + count)


def score_expression(prior: Prior) -> Combinable:
    """The same of a row of products that has reviews. PostgreSQL divides whole numbers like `//`."""
    above = F("rating_sum") * MILLI + Value(prior.weight * prior.mean)
    return above / (F("rating_count") + Value(prior.weight))


def mean(*, count: int, total: int) -> int:
    """Thousandths of a star; the middle where there is no review."""
    return MILLI * total // count if count else NO_MEAN


def average(*, count: int, total: int) -> Decimal | None:
    """Stars with two decimals, as they are shown; None without reviews."""
    return (Decimal(total) / count).quantize(Decimal("0.01")) if count else None
