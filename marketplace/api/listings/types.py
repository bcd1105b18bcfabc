"""How good a listing is, as the vendor's people see it."""

from functools import partial
from typing import Any, Final

import strawberry
from django.db.models import Prefetch, prefetch_related_objects

from catalog.models import Product
from catalog.quality import QualityFix
from catalog.selectors.quality import judged, quality_prefetches
from marketplace.api.choices import enum_of

enum_of(
    QualityFix,
    description="What can be mended of a listing.",
    values={fix: fix.text for fix in QualityFix},
)


@strawberry.type(description="Something to mend of a listing.")
class ListingFix:
    code: QualityFix = strawberry.field(description="What it is, for programs.")
    text: str = strawberry.field(description="What to do, for people.")
    weight: int = strawberry.field(description="The points that it would bring.")


@strawberry.type(description="How good a listing is.")
class ListingQuality:
    score: int = strawberry.field(description="From 0 to 100.")
    fixes: list[ListingFix] = strawberry.field(description="What would better it, the weightiest first.")


def _weighed(place: int, _: strawberry.Info) -> "Prefetch[Any]":
    return quality_prefetches()[place]


# Hints to the optimizer: what listings are judged by, for all of them at once.
WEIGHED: Final[list[Any]] = [partial(_weighed, place) for place in range(len(quality_prefetches()))]


def quality_of(product: Product) -> ListingQuality:
    """How good a listing is, by what the hints above have prefetched."""
    if not hasattr(product, "weighed_category"):
        prefetch_related_objects([product], *quality_prefetches())
    quality = judged(product)
    return ListingQuality(
        score=quality.score,
        fixes=[ListingFix(code=fix, text=fix.text, weight=points) for fix, points in quality.fixes],
    )
