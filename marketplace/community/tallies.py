"""What the published reviews come to, kept with every change of them, or counted anew.

Who changes a review holds its product, and calls `tally` in the same transaction: so two reviews of one
product at once lose nothing. A vendor's row is added to, never written as it was read, and comes after the
product's, so that reviews of one vendor's products wait for each other only there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Sum

from catalog.models import Product
from catalog.operations.ratings import Rating, rescore, write_ratings
from marketplace.community.models import ProductStars, RatingPrior, Review, ReviewStatus, VendorRating
from marketplace.community.scoring import NO_MEAN, Prior, mean, score, score_expression
from marketplace.kernel import adjustable, clock
from marketplace.kernel.locking import lock

COLUMNS: Final = {1: "ones", 2: "twos", 3: "threes", 4: "fours", 5: "fives"}
THE_ONE: Final = 1


def tally(product: Product, *, was: int = 0, now: int = 0) -> None:
    """A published review of the product gave so many stars, and gives so many now; 0 is none.

    The caller holds the product. Six statements, none where nothing changes.
    """
    if was == now:
        return
    count, stars = bool(now) - bool(was), now - was
    steps = Counter({COLUMNS[now]: 1} if now else {})
    steps.subtract({COLUMNS[was]: 1} if was else {})
    ProductStars.objects.bulk_create([ProductStars(product=product)], ignore_conflicts=True)
    ProductStars.objects.filter(pk=product.pk).update(
        **{name: F(name) + step for name, step in steps.items()}
    )
    new_count, new_sum = product.rating_count + count, product.rating_sum + stars
    found = score(count=new_count, total=new_sum, prior=prior())
    write_ratings({product: Rating(count=new_count, sum=new_sum, score=found)})
    VendorRating.objects.bulk_create([VendorRating(vendor_id=product.vendor_id)], ignore_conflicts=True)
    VendorRating.objects.filter(pk=product.vendor_id).update(count=F("count") + count, sum=F("sum") + stars)


def prior() -> Prior:
    """What all scores are of, until the next night."""
    row, _ = RatingPrior.objects.get_or_create(
        pk=THE_ONE, defaults={"mean": NO_MEAN, "weight": _weight(), "settled_at": clock.now()}
    )
    return Prior(mean=row.mean, weight=row.weight)


def settle_prior() -> int:
    """Take the mean of all reviews, and the weight that is set, and score all products by them.

    Returns how many scores became others. Three statements.
    """
    everything = VendorRating.objects.aggregate(count=Sum("count", default=0), sum=Sum("sum", default=0))
    settled = Prior(mean=mean(count=everything["count"], total=everything["sum"]), weight=_weight())
    with transaction.atomic():
        RatingPrior.objects.bulk_create(
            [RatingPrior(pk=THE_ONE, mean=settled.mean, weight=settled.weight, settled_at=clock.now())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["mean", "weight", "settled_at"],
        )
        return rescore(score_expression(settled))


def rebuild(vendor_ids: Iterable[int]) -> int:
    """Count the reviews of these vendors' products anew; returns how many products had another rating.

    A transaction a vendor, some eight statements each. Locks all of the vendor's products, so that no review
    comes between.
    """
    return sum(_rebuild(vendor_id) for vendor_id in sorted(set(vendor_ids)))


def counted(product_ids: Iterable[int]) -> Mapping[int, Counter[int]]:
    """Of these products that have published reviews: how many give how many stars. One statement."""
    published = Review.objects.filter(product__in=product_ids, status=ReviewStatus.PUBLISHED)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    by_stars = published.order_by().values("product", "stars").annotate(count=Count("pk"))
    for product, stars, count in by_stars.values_list("product", "stars", "count"):
        found[product][stars] = count
    return found


def stars_row(product_id: int, stars: Mapping[int, int]) -> ProductStars:
    """The row that says so."""
    return ProductStars(
        product_id=product_id, **{name: stars.get(number, 0) for number, name in COLUMNS.items()}
    )


def rating_of(stars: Mapping[int, int], settled: Prior) -> Rating:
    """What the product's row says of it."""
    count = sum(stars.values())
    total = sum(number * times for number, times in stars.items())
    return Rating(count=count, sum=total, score=score(count=count, total=total, prior=settled))


def _rebuild(vendor_id: int) -> int:
    with transaction.atomic():
        products = lock(Product.objects.filter(vendor=vendor_id))
        keys = [product.pk for product in products]
        found, settled = counted(keys), prior()
        ProductStars.objects.filter(product__in=keys).exclude(product__in=found).delete()
        ProductStars.objects.bulk_create(
            [stars_row(key, stars) for key, stars in found.items()],
            update_conflicts=True,
            unique_fields=["product"],
            update_fields=list(COLUMNS.values()),
        )
        ratings = {product: rating_of(found.get(product.pk, {}), settled) for product in products}
        changed = {product: rating for product, rating in ratings.items() if rating != Rating.of(product)}
        write_ratings(changed)
        _write_vendor(vendor_id, list(ratings.values()))
    return len(changed)


def _write_vendor(vendor_id: int, ratings: list[Rating]) -> None:
    count, total = sum(rating.count for rating in ratings), sum(rating.sum for rating in ratings)
    VendorRating.objects.bulk_create(
        [VendorRating(vendor_id=vendor_id, count=count, sum=total)],
        update_conflicts=True,
        unique_fields=["vendor"],
        update_fields=["count", "sum"],
    )


def _weight() -> int:
    return adjustable.number("RATING_PRIOR_WEIGHT")
