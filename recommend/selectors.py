"""What buyers may like, read live from the purchases: no list is kept, so a new purchase shows at once.

The definitions are those of recommend/scoring.py, to the last digit; here the counting is the database's.
Only what can be bought now is proposed, and never what the buyer has bought. Ties go by the product's slug
and the buyer's UUID, in byte order.

What an answer reads, exactly and without sampling: for a buyer, the purchases of all who share a product
with them; for a product, those of all its buyers; for what is popular, every purchase, or every one of the
last days. That is right for thousands of buyers. Beyond, the same answers come from files kept in memory,
and these statements stay as what they are held to.
"""

from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Collate

from catalog.models import Product, ProductQuerySet
from marketplace.kernel.clock import now
from recommend.models import BoughtTogether, Popularity, Purchase, SimilarProduct
from recommend.scoring import NEIGHBOURS, Neighbour, ranked

MOST: Final = 20
TRENDING_DAYS: Final = 30

BY_SLUG: Final = Collate("product__slug", "C")
BY_OTHER_SLUG: Final = Collate("other__slug", "C")

# Nearness is the fraction common^2 / theirs (`own` is the same for all). Shifted by 24 digits and cut off it
# still orders exactly: two fractions whose denominators have up to 12 digits are 10^-24 apart or equal. UUIDs
# are looked up for those only who may come among the first.
_NEIGHBOURS = """
WITH mine AS MATERIALIZED (
    SELECT product_id FROM recommend_purchase WHERE billing_profile_id = %(profile)s
), met AS MATERIALIZED (
    SELECT theirs.billing_profile_id AS id, count(*) AS common
      FROM mine JOIN recommend_purchase theirs USING (product_id)
     WHERE theirs.billing_profile_id <> %(profile)s
     GROUP BY 1
), near AS MATERIALIZED (
    SELECT met.id, met.common, basket.size, div(met.common * met.common * 1e24, basket.size) AS nearness
      FROM met
     CROSS JOIN LATERAL (
        SELECT count(*) AS size FROM recommend_purchase each WHERE each.billing_profile_id = met.id
     ) basket
     ORDER BY nearness DESC FETCH FIRST %(count)s ROWS WITH TIES
)
SELECT near.id, profile.uuid::text, near.common, (SELECT count(*) FROM mine), near.size
  FROM near JOIN accounts_billingprofile profile USING (id)
 ORDER BY near.nearness DESC, profile.uuid
 LIMIT %(count)s
"""


def recommended(profile_id: int | None, *, count: int = MOST) -> list[int]:
    """The keys of the products to propose to a buyer, the best first.

    What buyers alike have bought; where that is less than `count`, then what is most bought, then what is
    newest. Two statements, and one for each of the two last that is needed. None is somebody unknown.
    """
    found = [] if profile_id is None else bought_alike(profile_id)[:count]
    for fill in (_popular, _newest):
        if len(found) < count:
            others = _unbought(profile_id).exclude(pk__in=found)
            found += fill(others)[: count - len(found)]
    return found


def bought_alike(profile_id: int, *, neighbours: int = NEIGHBOURS) -> list[int]:
    """The keys of what the buyer's neighbours have bought and the buyer has not, the best first.

    User-based filtering, over products that can be bought. Two statements; one for who has no neighbours.
    """
    near = nearest(profile_id, neighbours)
    baskets: dict[int, list[str]] = {key: [] for key in near}
    keys: dict[str, int] = {}
    rows = Purchase.objects.filter(billing_profile__in=near, product__in=_unbought(profile_id))
    for buyer, key, slug in rows.values_list("billing_profile", "product", "product__slug"):
        baskets[buyer].append(slug)
        keys[slug] = key
    scored = ranked(((near[buyer].similarity, basket) for buyer, basket in baskets.items()), bought=())
    return [keys[each.product] for each in scored]


def nearest(profile_id: int, count: int = NEIGHBOURS) -> dict[int, Neighbour]:
    """The buyer's neighbours by their keys, the nearest first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"profile": profile_id, "count": count})
        return {key: Neighbour(*columns) for key, *columns in cursor.fetchall()}


def trending(*, days: int = TRENDING_DAYS, count: int = MOST) -> list[int]:
    """The keys of the buyable products that most people have first bought in the last days. One statement."""
    recent = Purchase.objects.filter(
        first_bought_at__gte=now() - timedelta(days=days), product__in=Product.objects.buyable()
    )
    counted = recent.values("product").annotate(buyers=Count("pk")).order_by("-buyers", BY_SLUG)
    return list(counted.values_list("product", flat=True)[:count])


def also_bought() -> QuerySet[BoughtTogether]:
    """Pairs of a product and a buyable other that its buyers have bought too, by how many of them have.

    Lazy: to be filtered by product, and cut.
    """
    return BoughtTogether.objects.filter(other__in=Product.objects.buyable()).order_by(
        "-together", BY_OTHER_SLUG
    )


def similar() -> QuerySet[SimilarProduct]:
    """Pairs of a product and a buyable other of the same category and currency, the nearest price first.

    A simple likeness: it reads no word of the texts. Lazy, like `also_bought`.
    """
    return SimilarProduct.objects.filter(other__in=Product.objects.buyable()).order_by(
        "distance_minor", BY_OTHER_SLUG
    )


def _unbought(profile_id: int | None) -> ProductQuerySet:
    """The buyable products that the buyer has not bought."""
    buyable = Product.objects.buyable()
    if profile_id is None:
        return buyable
    return buyable.exclude(
        Exists(Purchase.objects.filter(billing_profile=profile_id, product=OuterRef("pk")))
    )


def _popular(products: ProductQuerySet) -> QuerySet[Popularity, int]:
    bought = Popularity.objects.filter(product__in=products)
    return bought.order_by("-buyers", BY_SLUG).values_list("product", flat=True)


def _newest(products: ProductQuerySet) -> QuerySet[Product, int]:
    return products.order_by(F("published_at").desc(), "-pk").values_list("pk", flat=True)
