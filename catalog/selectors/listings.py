"""Listings as buyers find them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from catalog.models import (
    Attribute,
    Category,
    CollectionProduct,
    Product,
    ProductAttribute,
    ProductQuerySet,
)
from catalog.search import has, rank, words
from catalog.tags import tags_of
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.places import CURRENCIES
from marketplace.kernel.slugs import is_slug
from marketplace.kernel.texts import line
from vendors.models import Vendor

LONGEST_TEXT: Final = 200
NO_KEY: Final = 0  # rows are counted from 1
MOST_ATTRIBUTES: Final = 20
MOST_STARS: Final = 5


class ProductSort(Enum):
    """The orders of a list of products; each ends in the primary key, so that it is total."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    TITLE = "title"
    RATING = "rating"
    BEST_SELLING = "best_selling"


@dataclass(frozen=True, kw_only=True)
class AttributeFilter:
    """What is wanted of one attribute.

    Attributes:
        attribute: its slug.
        choices: slugs, of which a product has one at least.
        lowest_milli, highest_milli: bounds of a number, both inclusive, in thousandths of its unit.
    """

    attribute: str
    choices: tuple[str, ...] = ()
    lowest_milli: int | None = None
    highest_milli: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductFilter:
    """What a buyer looks for; what is left out excludes nothing.

    Attributes:
        text: words, "phrases", `or`, `-not`.
        categories: slugs; those below them are included.
        vendors: slugs.
        currency: with the bounds, for amounts of two currencies do not compare.
        lowest_minor, highest_minor: bounds of the price, both inclusive, in the currency's minor units.
        in_stock: only what can be bought now.
        least_stars: of the mean of its reviews; what has none is left out.
        attributes: all of them hold; two about one attribute are refused.
        tags: words of vendors, of which a product has one at least.
        collections: slugs, of which it stands in one at least.
    """

    text: str = ""
    categories: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    currency: str | None = None
    lowest_minor: int | None = None
    highest_minor: int | None = None
    in_stock: bool = False
    least_stars: int | None = None
    attributes: tuple[AttributeFilter, ...] = ()
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return self != ProductFilter(text=self.text)

    @cached_property
    def category_keys(self) -> list[int]:
        """The categories meant, those below included; asked once, in one statement.

        Given keys instead of a subquery, PostgreSQL knows how many products they stand for, and whether to
        look through them or through the order asked for.
        """
        within = Category.objects.within(filter(is_slug, self.categories))
        return list(within.values_list("pk", flat=True)) or [NO_KEY]

    @cached_property
    def vendor_keys(self) -> list[int]:
        """The vendors meant; like `category_keys`."""
        named = Vendor.objects.filter(slug__in=filter(is_slug, self.vendors))
        return list(named.order_by().values_list("pk", flat=True)) or [NO_KEY]

    @cached_property
    def attribute_keys(self) -> "dict[str, tuple[int, dict[str, int]]]":
        """The attributes meant and their choices, by slug; like `category_keys`."""
        slugs = [each.attribute for each in self.attributes if is_slug(each.attribute)]
        named = Attribute.objects.filter(slug__in=slugs, is_active=True).order_by()
        known: dict[str, tuple[int, dict[str, int]]] = {}
        for slug, key, choice, choice_key in named.values_list("slug", "pk", "choices__slug", "choices__pk"):
            _, choices = known.setdefault(slug, (key, {}))
            choices[choice] = choice_key
        return known


ANYTHING: Final = ProductFilter()


def buyable_products(wanted: ProductFilter = ANYTHING, sort: ProductSort | None = None) -> ProductQuerySet:
    """The listings a buyer may see that match, in order: unasked, by relevance with words, else newest first.

    Lazy, one statement; another one at once for the categories, for the vendors and for the attributes that
    the filter names. Raises InvalidInput for a text no one can search for, and for a filter that makes no
    sense.
    """
    text = search_text(wanted)
    found = matching(wanted)
    for condition in conditions(wanted).values():
        found = found.filter(condition)
    return _ordered(found, sort or (ProductSort.RELEVANCE if text else ProductSort.NEWEST), text)


def product_by_slug(slug: str) -> ProductQuerySet:
    """The listing that buyers see or saw under this slug, also while its vendor is away: one row or none."""
    return Product.objects.visible().filter(slugs__slug=slug) if is_slug(slug) else Product.objects.none()


def search_text(wanted: ProductFilter) -> str:
    """The words of a filter, cleaned. Raises InvalidInput."""
    return line(wanted.text, field="text", longest=LONGEST_TEXT, shortest=0)


def matching(wanted: ProductFilter) -> ProductQuerySet:
    """The buyable listings with the words, tags and collections wanted, in no order. Raises InvalidInput."""
    text = search_text(wanted)
    found = Product.objects.buyable().order_by()
    if text:
        found = found.filter(has(words(text)))
    if wanted.tags:
        found = found.filter(tags__overlap=tags_of(wanted.tags, field="filter.tags"))
    if wanted.collections:
        named = filter(is_slug, wanted.collections)
        places = CollectionProduct.objects.filter(collection__is_published=True, collection__slug__in=named)
        found = found.filter(pk__in=places.order_by().values("product"))
    return found


def conditions(wanted: ProductFilter) -> dict[str, Q]:
    """What else is wanted, each kind by itself: facets count a kind as if nothing of it were.

    Raises InvalidInput. Those of attributes have the attribute's slug in their name, behind a colon.
    """
    every = {
        "category": by_category(wanted),
        "vendor": by_vendor(wanted),
        "price": by_price(wanted),
        "stock": by_stock(wanted),
        "rating": by_rating(wanted),
    }
    if len({each.attribute for each in wanted.attributes}) < len(wanted.attributes):
        raise InvalidInput(field="filter.attributes", reason="Ask for each attribute once.")
    if len(wanted.attributes) > MOST_ATTRIBUTES:
        raise InvalidInput(field="filter.attributes", reason=f"At most {MOST_ATTRIBUTES} attributes.")
    every |= {f"attribute:{each.attribute}": by_attribute(wanted, each) for each in wanted.attributes}
    return {kind: condition for kind, condition in every.items() if condition}


def by_category(wanted: ProductFilter) -> Q:
    return Q(category__in=wanted.category_keys) if wanted.categories else Q()


def by_vendor(wanted: ProductFilter) -> Q:
    return Q(vendor__in=wanted.vendor_keys) if wanted.vendors else Q()


def by_price(wanted: ProductFilter) -> Q:
    condition = Q()
    if wanted.currency is not None:
        condition &= Q(currency=wanted.currency) if wanted.currency in CURRENCIES else Q(pk=NO_KEY)
    if wanted.lowest_minor is not None:
        condition &= Q(price_minor__gte=wanted.lowest_minor)
    if wanted.highest_minor is not None:
        condition &= Q(price_minor__lte=wanted.highest_minor)
    return condition


def by_stock(wanted: ProductFilter) -> Q:
    return Q(is_in_stock=True) if wanted.in_stock else Q()


def by_rating(wanted: ProductFilter) -> Q:
    if wanted.least_stars is None:
        return Q()
    if not 1 <= wanted.least_stars <= MOST_STARS:
        raise InvalidInput(field="filter.rating", reason=f"From 1 to {MOST_STARS} stars.")
    return Q(rating_count__gt=0, rating_sum__gte=F("rating_count") * wanted.least_stars)


def by_attribute(wanted: ProductFilter, asked: AttributeFilter) -> Q:
    """That a product answers like this; nothing does what there is not."""
    if asked.attribute not in wanted.attribute_keys:
        return Q(pk=NO_KEY)
    key, choices = wanted.attribute_keys[asked.attribute]
    condition = Q()
    if asked.choices:
        named = [choices[slug] for slug in asked.choices if slug in choices]
        condition &= Q(choice_keys__overlap=named) if named else Q(pk=NO_KEY)
    bounds = {"number_milli__gte": asked.lowest_milli, "number_milli__lte": asked.highest_milli}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if given:
        numbers = ProductAttribute.objects.filter(attribute=key, number_milli__isnull=False, **given)
        condition &= Q(pk__in=numbers.order_by().values("product"))
    return condition


_ORDERS: Final[Mapping[ProductSort, tuple[str | Combinable, ...]]] = {
    ProductSort.NEWEST: ("-published_at", "-pk"),
    ProductSort.PRICE_ASC: ("price_minor", "pk"),
    ProductSort.PRICE_DESC: ("-price_minor", "-pk"),
    ProductSort.TITLE: (Lower("title"), "pk"),
    ProductSort.RATING: ("-rating_score", "-pk"),
    ProductSort.BEST_SELLING: ("-sold_lately", "-pk"),
}


def _ordered(found: ProductQuerySet, sort: ProductSort, text: str) -> ProductQuerySet:
    if sort is ProductSort.RELEVANCE and text:
        return found.alias(rank=rank(text)).order_by(F("rank").desc(), "pk")
    return found.order_by(*_ORDERS.get(sort, _ORDERS[ProductSort.NEWEST]))
