"""Whether what is kept of reviews is what the reviews come to. It trusts the reviews and nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import Count, Q

from catalog.models import Product
from catalog.operations.ratings import Rating
from marketplace.community.models import (
    ProductStars,
    Review,
    ReviewReport,
    ReviewVote,
    VendorRating,
)
from marketplace.community.tallies import COLUMNS, counted, prior, rating_of


def check() -> Iterator[tuple[str, list[str]]]:
    """Each claim, and whatever contradicts it. To be read in one snapshot; six statements."""
    found = counted(Review.objects.order_by().values_list("product", flat=True))
    yield "Every product's row says what its published reviews come to", list(_products(found))
    yield "Every product's stars are those of its published reviews", list(_stars(found))
    yield "Every vendor's rating is that of its products", list(_vendors(found))
    yield "Every review counts its votes and its open reports", list(_marks())


def _products(found: Mapping[int, Counter[int]]) -> Iterator[str]:
    settled = prior()
    claiming = Product.objects.filter(Q(pk__in=found) | ~Q(rating_count=0, rating_sum=0, rating_score=0))
    for product in claiming.order_by("pk").iterator():
        right = rating_of(found.get(product.pk, {}), settled)
        if Rating.of(product) != right:
            yield f"product {product.pk}: {Rating.of(product)}, not {right}"


def _stars(found: Mapping[int, Counter[int]]) -> Iterator[str]:
    none = dict.fromkeys(COLUMNS, 0)
    kept = {
        row.pk: {stars: getattr(row, name) for stars, name in COLUMNS.items()}
        for row in ProductStars.objects.all()
    }
    for key in sorted(kept.keys() | found.keys()):
        right = none | dict(found.get(key, {}))
        if kept.get(key, none) != right:
            yield f"product {key}: {kept.get(key, none)}, not {right}"


def _vendors(found: Mapping[int, Counter[int]]) -> Iterator[str]:
    sellers = dict(Product.objects.filter(pk__in=found).values_list("pk", "vendor"))
    counts, sums = Counter[int](), Counter[int]()
    for key, stars in found.items():
        counts[sellers[key]] += stars.total()
        sums[sellers[key]] += sum(number * times for number, times in stars.items())
    kept = {row.pk: (row.count, row.sum) for row in VendorRating.objects.all()}
    for key in sorted(kept.keys() | counts.keys()):
        if kept.get(key, (0, 0)) != (counts[key], sums[key]):
            yield f"vendor {key}: {kept.get(key, (0, 0))}, not {(counts[key], sums[key])}"


def _marks() -> Iterator[str]:
    votes = dict(ReviewVote.objects.order_by().values_list("review").annotate(Count("pk")))
    waiting = ReviewReport.objects.filter(decided_at=None).order_by()
    reports = dict(waiting.values_list("review").annotate(Count("pk")))
    marked = Review.objects.filter(
        Q(helpful_count__gt=0) | Q(report_count__gt=0) | Q(pk__in=[*votes, *reports])
    )
    for review in marked.order_by("pk"):
        right = (votes.get(review.pk, 0), reports.get(review.pk, 0))
        if (review.helpful_count, review.report_count) != right:
            yield f"review {review.pk}: {review.helpful_count} and {review.report_count}, not {right}"
