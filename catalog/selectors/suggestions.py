"""What buyers may be about to type, from what they have typed so far."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from django.db import connection

from catalog.models import Product
from catalog.search import any_of, both, has, words
from catalog.selectors.listings import LONGEST_TEXT
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.folding import fold
from marketplace.kernel.texts import line

SHORTEST: Final = 2
MOST: Final = 20
# Endings of the word being typed that are looked for.
MOST_ENDINGS: Final = 6
POPULAR_FOR: Final = timedelta(days=30)
# What fewer looked for may be somebody's own business.
POPULAR_FROM: Final = 5


class SuggestionKind(Enum):
    """What a suggestion leads to."""

    QUERY = "query"
    CATEGORY = "category"
    VENDOR = "vendor"
    PRODUCT = "product"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Words to search for, or a thing of this name and slug."""

    kind: SuggestionKind
    text: str
    slug: str | None


_BEGUN: Final = """
(SELECT 'word', word, NULL FROM catalog_searchword
  WHERE word LIKE %(ending)s ORDER BY products DESC, word LIMIT %(endings)s)
UNION ALL
(SELECT 'query', text, NULL FROM catalog_searchtally
  WHERE text LIKE %(beginning)s AND searched_on > %(since)s
  GROUP BY text HAVING sum(times) >= %(popular)s AND min(found) > 0
  ORDER BY sum(times) DESC, text LIMIT %(first)s)
UNION ALL
(SELECT 'category', name, slug FROM catalog_category
  WHERE catalog_fold(name) LIKE %(beginning)s OR catalog_fold(name) LIKE %(inside)s
  ORDER BY catalog_fold(name) LIKE %(beginning)s DESC, length(path), name LIMIT %(first)s)
UNION ALL
(SELECT 'vendor', name, slug FROM vendors_vendor
  WHERE status = 'approved'
    AND (catalog_fold(name) LIKE %(beginning)s OR catalog_fold(name) LIKE %(inside)s)
  ORDER BY catalog_fold(name) LIKE %(beginning)s DESC, name, slug LIMIT %(first)s)
"""


def suggestions(text: str, first: int) -> list[Suggestion]:
    """At most so many of each kind: what others searched for, categories, vendors, and what sells best.

    Each begins with the text or has a word that does; products have all its words, the last one begun.
    Nothing for a single letter. Two statements. Raises InvalidInput.
    """
    if not 1 <= first <= MOST:
        raise InvalidInput(field="first", reason=f"From 1 to {MOST}.")
    folded = fold(line(text, field="text", longest=LONGEST_TEXT, shortest=0))
    if len(folded) < SHORTEST:
        return []
    rows = _begun(folded, first)
    endings = [text for kind, text, _ in rows if kind == "word"]
    begun = [
        Suggestion(kind=SuggestionKind(kind), text=text, slug=slug)
        for kind, text, slug in rows
        if kind != "word"
    ]
    return [*begun, *_products(folded, endings, first)]


def _begun(folded: str, first: int) -> list[tuple[str, str, str | None]]:
    *_, last = folded.split(" ")
    given: dict[str, Any] = {
        "ending": f"{_escaped(last)}%",
        "endings": MOST_ENDINGS if len(last) >= SHORTEST else 0,
        "beginning": f"{_escaped(folded)}%",
        "inside": f"% {_escaped(folded)}%",
        "since": clock.now().date() - POPULAR_FOR,
        "popular": POPULAR_FROM,
        "first": first,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, given)
        rows: list[tuple[str, str, str | None]] = cursor.fetchall()
    return rows


def _products(folded: str, endings: list[str], first: int) -> list[Suggestion]:
    """With all the words before and one of the endings, or else with those words as they stand."""
    before, _, last = folded.rpartition(" ")
    query = any_of([last, *endings])
    if before:
        query = both(words(before), query)
    found = Product.objects.buyable().filter(has(query)).order_by("-sold_lately", "-pk")
    return [
        Suggestion(kind=SuggestionKind.PRODUCT, text=title, slug=slug)
        for title, slug in found.values_list("title", "slug")[:first]
    ]


def _escaped(text: str) -> str:
    """Text that LIKE takes as it stands."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
