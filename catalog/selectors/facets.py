"""How many products each further choice would leave, counted in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.expressions import Combinable

from catalog.selectors.listings import (
    ANYTHING,
    ProductFilter,
    by_category,
    by_price,
    by_stock,
    by_vendor,
    matching,
    search_text,
)
from marketplace.kernel.money import Money

MOST_VENDORS: Final = 50


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """A choice, and how many products it leaves. A category counts those below it."""

    slug: str
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class PriceFacet:
    """The prices in one currency."""

    lowest: Money
    highest: Money
    count: int


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The choices that remain; each kind is counted as if nothing of its kind were chosen.

    Categories stand in the order of the tree, vendors by count, the 50 largest; prices by currency.
    """

    total: int
    in_stock: int
    categories: tuple[FacetValue, ...]
    vendors: tuple[FacetValue, ...]
    prices: tuple[PriceFacet, ...]


# One pass over the products that match the words; each row carries which of the other filters it passes.
_COUNT: Final = """
WITH matched AS ({matched}),
counted AS (
    SELECT grouping(category_id, vendor_id, currency) AS kind, category_id, vendor_id, currency,
           count(*) FILTER (WHERE in_category AND at_vendor AND at_price AND has_stock) AS total,
           count(*) FILTER (WHERE in_category AND at_vendor AND at_price AND is_in_stock) AS in_stock,
           count(*) FILTER (WHERE at_vendor AND at_price AND has_stock) AS any_category,
           count(*) FILTER (WHERE in_category AND at_price AND has_stock) AS any_vendor,
           count(*) FILTER (WHERE in_category AND at_vendor AND has_stock) AS any_price,
           min(price_minor) FILTER (WHERE in_category AND at_vendor AND has_stock) AS lowest,
           max(price_minor) FILTER (WHERE in_category AND at_vendor AND has_stock) AS highest
      FROM matched
     GROUP BY GROUPING SETS ((category_id), (vendor_id), (currency), ())
)
SELECT 'total', '', '', total, in_stock, 0, '' FROM counted WHERE kind = 7
UNION ALL
SELECT 'category', above.slug, above.name, sum(any_category)::bigint, 0, 0, above.path
  FROM counted
  JOIN catalog_category here ON here.id = category_id
 CROSS JOIN LATERAL unnest(string_to_array(here.path, '/')) AS step
  JOIN catalog_category above ON above.slug = step
 WHERE kind = 3 AND any_category > 0
 GROUP BY above.id
UNION ALL
(SELECT 'vendor', slug, name, any_vendor, 0, 0, ''
   FROM counted JOIN vendors_vendor ON id = vendor_id
  WHERE kind = 5 AND any_vendor > 0
  ORDER BY any_vendor DESC, slug LIMIT {most_vendors})
UNION ALL
SELECT 'price', currency, '', any_price, lowest, highest, ''
  FROM counted
 WHERE kind = 6 AND any_price > 0
"""

Row = tuple[str, str, str, int, int, int, str]


def facet_counts(wanted: ProductFilter = ANYTHING) -> Facets:
    """Count the choices a buyer has beside this filter; one statement. Raises InvalidInput like the list."""
    with connection.cursor() as cursor:
        cursor.execute(*_statement(wanted))
        rows: list[Row] = cursor.fetchall()
    (total,) = _of("total", rows)
    return Facets(
        total=total[3],
        in_stock=total[4],
        categories=tuple(_values(sorted(_of("category", rows), key=lambda row: row[6]))),
        vendors=tuple(_values(_of("vendor", rows))),
        prices=tuple(_prices(sorted(_of("price", rows)))),
    )


def _statement(wanted: ProductFilter) -> tuple[str, tuple[Any, ...]]:
    marked = matching(search_text(wanted)).annotate(
        in_category=_passes(by_category(wanted)),
        at_vendor=_passes(by_vendor(wanted)),
        at_price=_passes(by_price(wanted)),
        has_stock=_passes(by_stock(wanted)),
    )
    columns = ("category_id", "vendor_id", "currency", "price_minor", "is_in_stock")
    matched, parameters = marked.values(
        *columns, "in_category", "at_vendor", "at_price", "has_stock"
    ).query.sql_with_params()
    return _COUNT.format(matched=matched, most_vendors=MOST_VENDORS), parameters


def _passes(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, BooleanField()) if condition else Value(True)


def _of(kind: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row[0] == kind]


def _prices(rows: Iterable[Row]) -> Iterable[PriceFacet]:
    for _, currency, _, count, lowest, highest, _ in rows:
        yield PriceFacet(lowest=Money(lowest, currency), highest=Money(highest, currency), count=count)


def _values(rows: Iterable[Row]) -> Iterable[FacetValue]:
    return (FacetValue(slug=slug, name=name, count=count) for _, slug, name, count, *_ in rows)
