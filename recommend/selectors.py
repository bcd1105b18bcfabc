"""What buyers may like, read live from the purchases: no list is kept, so a new purchase shows at once.

The definitions are those of recommend/scoring.py, to the last digit; here the counting is the database's.
Only what can be bought now is proposed, and never what the buyer has bought. Ties go by the reference that
the product or the buyer had where it was imported from, else by the product's slug and the buyer's UUID, in
byte order.

What an answer reads, exactly and without sampling: for a buyer, the purchases of all who share a product
with them; for a product, those of all its buyers; for what is popular, every purchase, or every one of the
last days. That is right for thousands of buyers. Beyond, what buyers alike have bought and what is popular
come from files mapped into memory (recommend/live.py), where there are some: the same answers, to which tests
hold them.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Collate, NullIf

from catalog.models import Product, ProductQuerySet
from marketplace.kernel.clock import now
from recommend.history import BUYER_REFERENCE
from recommend.live import LIVE
from recommend.models import BoughtTogether, Popularity, Purchase, SimilarProduct
from recommend.scoring import DECIMALS, NEIGHBOURS, Neighbour, ranked

MOST: Final = 20
TRENDING_DAYS: Final = 30

# So many of the most bought are looked at beyond those wanted: some cannot be bought now, or were already.
_SPARE: Final = 60


def _reference(product: str = "") -> Collate:
    """What breaks ties between products; it and the slug are recommend/history.py's PRODUCT_REFERENCE."""
    imported = NullIf(f"{product}reference", Value(""))
    return Collate(Coalesce(imported, f"{product}slug", output_field=TextField()), "C")


_BY_REFERENCE: Final = _reference("product__"), Collate("product__slug", "C")
_BY_OTHER_REFERENCE: Final = _reference("other__"), Collate("other__slug", "C")

# Nearness is the fraction common^2 / theirs (`own` is the same for all). Shifted by 24 digits and cut off it
# still orders exactly: two fractions whose denominators have up to 12 digits are 10^-24 apart or equal. UUIDs
# are looked up for those only who may come among the first.
_NEIGHBOURS = f"""
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
SELECT near.id, {BUYER_REFERENCE}, near.common, (SELECT count(*) FROM mine), near.size
  FROM near JOIN accounts_billingprofile profile USING (id)
 ORDER BY near.nearness DESC, {BUYER_REFERENCE} COLLATE "C", profile.uuid
 LIMIT %(count)s
"""  # noqa: S608  # a constant of ours


class _Known(NamedTuple):
    """What the engine knows, by primary keys of products: what a buyer may like, and how many bought what."""

    liked: dict[int, float]
    popular: dict[int, int]


def recommended(profile_id: int | None, *, count: int = MOST) -> list[int]:
    """The keys of the products to propose to a buyer, the best first.

    What buyers alike have bought; where that is less than `count`, then what is most bought, then what is
    newest. Two statements, and one for each of the two last that is needed. None is somebody unknown.
    """
    known = _asked(profile_id, popular=count + _SPARE)
    found = [] if profile_id is None else _bought_alike(profile_id, known, NEIGHBOURS)[:count]
    if len(found) < count:
        found += _most_bought(profile_id, known, found, count - len(found))
    if len(found) < count:
        found += _newest(_unbought(profile_id).exclude(pk__in=found))[: count - len(found)]
    return found


def bought_alike(profile_id: int, *, neighbours: int = NEIGHBOURS) -> list[int]:
    """The keys of what the buyer's neighbours have bought and the buyer has not, the best first.

    User-based filtering, over products that can be bought. Two statements; one for who has no neighbours.
    """
    return _bought_alike(profile_id, _asked(profile_id, neighbours=neighbours), neighbours)


def _asked(profile_id: int | None, *, neighbours: int = NEIGHBOURS, popular: int = 0) -> _Known | None:
    """What the engine knows; None where there is none. One statement."""
    with LIVE.engine() as engine:
        if engine is None:
            return None
        liked = {} if profile_id is None else engine.liked(profile_id, neighbours)
        return _Known(liked, engine.popular(popular) if popular else {})


def _bought_alike(profile_id: int, known: _Known | None, neighbours: int) -> list[int]:
    if known is None:
        return _counted_alike(profile_id, neighbours)
    products = _unbought(profile_id).filter(pk__in=known.liked)
    return _by_worth(products, {key: round(score, DECIMALS) for key, score in known.liked.items()})


def _counted_alike(profile_id: int, neighbours: int) -> list[int]:
    """The same, counted by the database."""
    near = nearest(profile_id, neighbours)
    baskets: dict[int, list[str]] = {key: [] for key in near}
    keys: dict[str, int] = {}
    rows = Purchase.objects.filter(billing_profile__in=near, product__in=_unbought(profile_id))
    named = rows.annotate(named=_reference("product__"))
    for buyer, key, *names in named.values_list("billing_profile", "product", "named", "product__slug"):
        # A zero byte sorts before all that text can hold.
        product = "\0".join(names)
        baskets[buyer].append(product)
        keys[product] = key
    scored = ranked(((near[buyer].similarity, basket) for buyer, basket in baskets.items()), bought=())
    return [keys[each.product] for each in scored]


def _most_bought(
    profile_id: int | None, known: _Known | None, found: Collection[int], count: int
) -> list[int]:
    """The keys of the most bought products that are not found yet and can be proposed."""
    products = _unbought(profile_id).exclude(pk__in=found)
    if known is not None:
        popular = _by_worth(products.filter(pk__in=known.popular), known.popular)
        # The engine leaves out products with fewer buyers than all of these: they may be asked for still.
        if len(popular) >= count:
            return popular[:count]
    return list(_popular(products)[:count])


def _by_worth(products: ProductQuerySet, worth: "dict[int, float] | dict[int, int]") -> list[int]:
    """The keys of these products by what they are worth, ties by reference. One statement, or none."""
    rows = products.annotate(named=_reference()).values_list("pk", "named", "slug")
    return [key for key, *_ in sorted(rows, key=lambda row: (-worth[row[0]], row[1], row[2]))]


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
    counted = recent.values("product").annotate(buyers=Count("pk")).order_by("-buyers", *_BY_REFERENCE)
    return list(counted.values_list("product", flat=True)[:count])


def also_bought() -> QuerySet[BoughtTogether]:
    """Pairs of a product and a buyable other that its buyers have bought too, by how many of them have.

    Lazy: to be filtered by product, and cut.
    """
    return BoughtTogether.objects.filter(other__in=Product.objects.buyable()).order_by(
        "-together", *_BY_OTHER_REFERENCE
    )


def similar() -> QuerySet[SimilarProduct]:
    """Pairs of a product and a buyable other of the same category and currency, the nearest price first.

    A simple likeness: it reads no word of the texts. Lazy, like `also_bought`.
    """
    return SimilarProduct.objects.filter(other__in=Product.objects.buyable()).order_by(
        "distance_minor", *_BY_OTHER_REFERENCE
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
    return bought.order_by("-buyers", *_BY_REFERENCE).values_list("product", flat=True)


def _newest(products: ProductQuerySet) -> QuerySet[Product, int]:
    return products.order_by(F("published_at").desc(), "-pk").values_list("pk", flat=True)
