"""Listings as buyers find them."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Lower

from catalog.models import Category, Product, ProductQuerySet
from catalog.search import rank, words
from marketplace.kernel.places import CURRENCIES
from marketplace.kernel.slugs import is_slug
from marketplace.kernel.texts import line
from vendors.models import Vendor

LONGEST_TEXT: Final = 200
NO_KEY: Final = 0  # rows are counted from 1


class ProductSort(Enum):
    """The orders of a list of products; each ends in the primary key, so that it is total."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    TITLE = "title"


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
    """

    text: str = ""
    categories: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    currency: str | None = None
    lowest_minor: int | None = None
    highest_minor: int | None = None
    in_stock: bool = False

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


ANYTHING: Final = ProductFilter()


def buyable_products(wanted: ProductFilter = ANYTHING, sort: ProductSort | None = None) -> ProductQuerySet:
    """The listings a buyer may see that match, in order: unasked, by relevance with words, else newest first.

    Lazy, one statement; another one at once for the categories and for the vendors that the filter names.
    Raises InvalidInput for a text no one can search for.
    """
    text = search_text(wanted)
    found = matching(text)
    for condition in (by_category(wanted), by_vendor(wanted), by_price(wanted), by_stock(wanted)):
        found = found.filter(condition)
    return _ordered(found, sort or (ProductSort.RELEVANCE if text else ProductSort.NEWEST), text)


def product_by_slug(slug: str) -> ProductQuerySet:
    """The listing that buyers see under this slug, also while its vendor is away: one row or none."""
    return Product.objects.visible().filter(slug=slug) if is_slug(slug) else Product.objects.none()


def search_text(wanted: ProductFilter) -> str:
    """The words of a filter, cleaned. Raises InvalidInput."""
    return line(wanted.text, field="text", longest=LONGEST_TEXT, shortest=0)


def matching(text: str) -> ProductQuerySet:
    """The buyable listings with these words, in no order; all of them without words."""
    buyable = Product.objects.buyable().order_by()
    return buyable.filter(search=words(text)) if text else buyable


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


def _ordered(found: ProductQuerySet, sort: ProductSort, text: str) -> ProductQuerySet:
    if sort is ProductSort.RELEVANCE and text:
        return found.alias(rank=rank(text)).order_by(F("rank").desc(), "pk")
    if sort is ProductSort.PRICE_ASC:
        return found.order_by("price_minor", "pk")
    if sort is ProductSort.PRICE_DESC:
        return found.order_by("-price_minor", "-pk")
    if sort is ProductSort.TITLE:
        return found.order_by(Lower("title"), "pk")
    return found.order_by("-published_at", "-pk")
