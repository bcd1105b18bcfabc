"""How many products each further choice would leave, counted in one statement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable

from catalog.selectors.listings import ANYTHING, ProductFilter, conditions, matching
from marketplace.kernel.money import Money
from marketplace.kernel.slugs import is_slug

MOST_VENDORS: Final = 50
MOST_CHOICES: Final = 20
PARAMETER: Final = re.compile("%s")
MILLI: Final = Decimal(1000)


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
class RatingFacet:
    """So many stars and up, in the mean of a product's reviews."""

    stars: int
    count: int


@dataclass(frozen=True, kw_only=True)
class AttributeFacet:
    """The answers to one attribute: choices, or numbers in its unit."""

    slug: str
    name: str
    unit: str
    count: int
    values: tuple[FacetValue, ...]
    lowest: Decimal | None
    highest: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The choices that remain; each kind is counted as if nothing of its kind were chosen.

    Categories stand in the order of the tree, vendors by count, the 50 largest; prices by currency. Of
    attributes stand here those that can be filtered by in the categories chosen, or else in the one most of
    the products are in, and those that are chosen; of each the 20 choices with most products.
    """

    total: int
    in_stock: int
    categories: tuple[FacetValue, ...]
    vendors: tuple[FacetValue, ...]
    prices: tuple[PriceFacet, ...]
    ratings: tuple[RatingFacet, ...] = ()
    attributes: tuple[AttributeFacet, ...] = ()


# Each kind of condition has a bit; attributes have those above.
BITS: Final = {"category": 1, "vendor": 2, "price": 4, "stock": 8, "rating": 16}
FIRST_FREE: Final = 32

# One pass over the products that match the words; each row carries which of the other conditions it misses. A
# kind is counted where nothing is missed but perhaps its own.
_COUNT: Final = """
WITH matched AS ({matched}),
counted AS (
    SELECT grouping(category_id, vendor_id, currency) AS kind, category_id, vendor_id, currency,
           count(*) FILTER (WHERE missed = 0) AS total,
           count(*) FILTER (WHERE missed & ~8 = 0 AND is_in_stock) AS in_stock,
           count(*) FILTER (WHERE missed & ~1 = 0) AS any_category,
           count(*) FILTER (WHERE missed & ~2 = 0) AS any_vendor,
           count(*) FILTER (WHERE missed & ~4 = 0) AS any_price,
           min(price_minor) FILTER (WHERE missed & ~4 = 0) AS lowest,
           max(price_minor) FILTER (WHERE missed & ~4 = 0) AS highest,
           count(*) FILTER (WHERE missed & ~16 = 0 AND stars >= 4) AS four,
           count(*) FILTER (WHERE missed & ~16 = 0 AND stars >= 3) AS three,
           count(*) FILTER (WHERE missed & ~16 = 0 AND stars >= 2) AS two,
           count(*) FILTER (WHERE missed & ~16 = 0 AND stars >= 1) AS one
      FROM (SELECT *, rating_sum / nullif(rating_count, 0) AS stars FROM matched) AS rated
     GROUP BY GROUPING SETS ((category_id), (vendor_id), (currency), ())
),
origin AS (
    SELECT path FROM catalog_category WHERE slug = ANY(%(categories)s::text[])
    UNION ALL
    (SELECT path FROM counted JOIN catalog_category ON id = category_id
      WHERE kind = 3 AND total > 0 AND cardinality(%(categories)s::text[]) = 0
      ORDER BY total DESC, category_id LIMIT 1)
),
asked AS (
    SELECT id, slug, name, unit, coalesce(chosen.bit, 0) AS bit, place
      FROM (SELECT asked.attribute_id, min(asked.position) AS place
              FROM origin
             CROSS JOIN LATERAL unnest(string_to_array(path, '/')) AS step
              JOIN catalog_category above ON above.slug = step
              JOIN catalog_categoryattribute asked ON asked.category_id = above.id AND asked.is_filterable
             GROUP BY asked.attribute_id) AS here
      FULL JOIN unnest(%(attributes)s::bigint[], %(bits)s::int[]) AS chosen (attribute_id, bit)
           USING (attribute_id)
      JOIN catalog_attribute ON id = attribute_id AND is_active
),
choices AS (
    SELECT asked.id, slug, name, count,
           row_number() OVER (PARTITION BY asked.id ORDER BY is_chosen DESC, count DESC, name) AS place
      FROM (SELECT asked.id, choice.slug, choice.name, sum(found.count)::bigint AS count,
                   choice.id = ANY(%(choices)s::bigint[]) AS is_chosen
              FROM (SELECT key, missed, count(*) FROM matched, unnest(choice_keys) AS key
                     GROUP BY key, missed) AS found
              JOIN catalog_attributechoice choice ON choice.id = key
              JOIN asked ON asked.id = choice.attribute_id
             WHERE missed & ~asked.bit = 0
             GROUP BY asked.id, choice.id) AS asked
),
numbers AS (
    SELECT asked.id, count(*) AS count, min(number_milli) AS lowest, max(number_milli) AS highest
      FROM asked
      JOIN catalog_productattribute answer ON answer.attribute_id = asked.id AND number_milli IS NOT NULL
      JOIN matched ON matched.id = answer.product_id
     WHERE missed & ~asked.bit = 0
     GROUP BY asked.id
)
SELECT 'total', '', '', total, in_stock, 0, '' FROM counted WHERE kind = 7
UNION ALL
SELECT 'rating', '', '', count, stars, 0, ''
  FROM counted
 CROSS JOIN LATERAL (VALUES (4, four), (3, three), (2, two), (1, one)) AS rated (stars, count)
 WHERE kind = 7 AND count > 0
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
UNION ALL
(SELECT 'attribute', asked.slug, asked.name, coalesce(count, 0), lowest, highest, unit
   FROM asked LEFT JOIN numbers USING (id)
  WHERE count > 0 OR EXISTS (SELECT FROM choices WHERE choices.id = asked.id)
  ORDER BY asked.place, asked.name)
UNION ALL
(SELECT 'choice', choices.slug, choices.name, count, 0, 0, asked.slug
   FROM choices JOIN asked USING (id)
  WHERE choices.place <= {most_choices}
  ORDER BY count DESC, choices.name)
"""

# Kind, slug, name, a count, two more numbers, and what a kind has besides. Only numbers of attributes lack.
Row = tuple[str, str, str, int, Any, Any, str]


def facet_counts(wanted: ProductFilter = ANYTHING) -> Facets:
    """Count the choices a buyer has beside this filter; one statement, and those that a filter takes.

    Raises InvalidInput like the list.
    """
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
        ratings=tuple(RatingFacet(stars=row[4], count=row[3]) for row in _of("rating", rows)),
        attributes=tuple(_attributes(rows)),
    )


def _statement(wanted: ProductFilter) -> tuple[str, dict[str, Any]]:
    chosen = {f"attribute:{slug}": key for slug, (key, _) in wanted.attribute_keys.items()}
    bits = BITS | {kind: FIRST_FREE << place for place, kind in enumerate(chosen)}
    marked = matching(wanted).annotate(missed=_missed(wanted, bits))
    columns = ("id", "category_id", "vendor_id", "currency", "price_minor", "is_in_stock")
    ratings = ("rating_sum", "rating_count", "choice_keys")
    matched, given = marked.values(*columns, *ratings, "missed").query.sql_with_params()
    names = [f"given_{place}" for place in range(len(given))]
    # Its parameters get names, as those of the rest have.
    turn = iter(names)
    named = PARAMETER.sub(lambda _: f"%({next(turn)})s", matched)
    return _COUNT.format(matched=named, most_vendors=MOST_VENDORS, most_choices=MOST_CHOICES), {
        **dict(zip(names, given, strict=True)),
        "categories": list(filter(is_slug, wanted.categories)),
        "attributes": list(chosen.values()),
        "bits": [bits[kind] for kind in chosen],
        "choices": list(_chosen_choices(wanted)),
    }


def _missed(wanted: ProductFilter, bits: dict[str, int]) -> Combinable:
    """The bits of the conditions that a row does not pass. What there is no such attribute for, has none."""
    missed: Combinable = Value(0, output_field=IntegerField())
    for kind, condition in conditions(wanted).items():
        bit = bits.get(kind, FIRST_FREE << len(bits))
        missed += Case(When(condition, then=Value(0)), default=Value(bit), output_field=IntegerField())
    return missed


def _chosen_choices(wanted: ProductFilter) -> Iterable[int]:
    for each in wanted.attributes:
        _, choices = wanted.attribute_keys.get(each.attribute, (0, {}))
        yield from (choices[slug] for slug in each.choices if slug in choices)


def _of(kind: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row[0] == kind]


def _prices(rows: Iterable[Row]) -> Iterable[PriceFacet]:
    for _, currency, _, count, lowest, highest, _ in rows:
        yield PriceFacet(lowest=Money(lowest, currency), highest=Money(highest, currency), count=count)


def _values(rows: Iterable[Row]) -> Iterable[FacetValue]:
    return (FacetValue(slug=slug, name=name, count=count) for _, slug, name, count, *_ in rows)


def _attributes(rows: Iterable[Row]) -> Iterable[AttributeFacet]:
    for _, slug, name, count, lowest, highest, unit in _of("attribute", rows):
        choices = [row for row in _of("choice", rows) if row[6] == slug]
        yield AttributeFacet(
            slug=slug,
            name=name,
            unit=unit,
            count=count,
            values=tuple(_values(choices)),
            lowest=None if lowest is None else lowest / MILLI,
            highest=None if highest is None else highest / MILLI,
        )
