"""Words to products: what is indexed, how a buyer's words are read, and how matches are ranked.

Weights: A the title; B the category with those above it, the vendor, the SKUs of live variants; C the
description. The configuration is PostgreSQL's `english`; words of other languages match whole.
"""

from typing import Final

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, FloatField, Func, OuterRef, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from catalog.models import Category, Variant
from vendors.models import Vendor

CONFIG: Final = "english"


def document() -> Combinable:
    """The words of a product row, as an expression that may stand in an UPDATE of any number of rows."""
    category = Category.objects.filter(pk=OuterRef("category")).order_by()
    above = Func(F("path"), Value("/"), Value(" "), function="replace", output_field=TextField())
    vendor = Vendor.objects.filter(pk=OuterRef("vendor")).order_by()
    live = Variant.objects.filter(product=OuterRef("pk"), is_active=True).order_by()
    skus = live.values("product").annotate(skus=StringAgg("sku", delimiter=" ")).values("skus")
    return (
        SearchVector("title", weight="A", config=CONFIG)
        + SearchVector(
            Subquery(category.values("name")),
            Subquery(category.annotate(above=above).values("above")),
            Subquery(vendor.values("name")),
            Subquery(skus),
            weight="B",
            config=CONFIG,
        )
        + SearchVector("description", weight="C", config=CONFIG)
    )


def words(text: str) -> SearchQuery:
    """A buyer's words as a query: all must match, "quoted" ones in a row, `or` and `-not` as one expects."""
    return SearchQuery(text, search_type="websearch", config=CONFIG)


def rank(text: str) -> Cast:
    """How well a product matches, in double precision.

    PostgreSQL ranks in single precision. A cursor that carries such a number back as text compares it with
    the column's double and skips rows, so it is widened where it is made.
    """
    return Cast(SearchRank(F("search"), words(text)), FloatField())
