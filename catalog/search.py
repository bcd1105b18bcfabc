"""Words to products: what is indexed, how a buyer's words are read, and how matches are ranked.

Weights: A the title; B the names of the category and of those above it, the vendor's, the SKUs of live
variants, tags, and what was chosen of attributes; C the description and what else was said of attributes.
Everything is folded (kernel/folding.py), then stemmed as the languages of the setting SEARCH_LANGUAGES do;
words of other languages match whole.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from django.conf import settings
from django.contrib.postgres.search import SearchQueryField, SearchRank, SearchVectorField
from django.core.exceptions import ImproperlyConfigured
from django.db.models import BooleanField, Case, F, FloatField, Func, IntegerField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from marketplace.kernel.folding import fold

# The configurations that every PostgreSQL since 15 brings.
KNOWN: Final = frozenset(
    """arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian
    indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian simple spanish
    swedish tamil turkish yiddish""".split()  # noqa: SIM905  # one a line would be a page
)

_SAID: Final = """
(SELECT {vectors} FROM (
  SELECT catalog_fold("catalog_product"."title") AS a,
         catalog_fold(concat_ws(' ',
           (SELECT string_agg(above.name, ' ')
              FROM catalog_category here
              JOIN catalog_category above ON above.slug = ANY(string_to_array(here.path, '/'))
             WHERE here.id = "catalog_product"."category_id"),
           (SELECT name FROM vendors_vendor WHERE id = "catalog_product"."vendor_id"),
           (SELECT string_agg(sku, ' ') FROM catalog_variant
             WHERE product_id = "catalog_product"."id" AND is_active),
           array_to_string("catalog_product"."tags", ' '),
           (SELECT string_agg(CASE WHEN kind <> 'toggle' THEN choice.name
                                   WHEN choice.slug = 'yes' THEN asked.name END, ' ')
              FROM catalog_attributechoice choice JOIN catalog_attribute asked ON asked.id = attribute_id
             WHERE choice.id = ANY("catalog_product"."choice_keys")))) AS b,
         catalog_fold(concat_ws(' ',
           "catalog_product"."description",
           (SELECT string_agg(text, ' ') FROM catalog_productattribute
             WHERE product_id = "catalog_product"."id" AND text <> ''))) AS c) AS said)
"""
_TERM: Final = re.compile(r'(?P<minus>-?)"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+)')


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word of a buyer's text, or "several in a row", and where in the text it stands."""

    text: str
    start: int
    is_quoted: bool = False
    is_excluded: bool = False

    @property
    def may_be_mended(self) -> bool:
        """Whether it is a word that may be misspelt. What is quoted is meant as it stands."""
        return self.text.isalpha() and not (self.is_quoted or self.is_excluded)


def languages(named: Sequence[str] | None = None) -> Sequence[str]:
    """The text search configurations in use. Raises ImproperlyConfigured for one there is not."""
    named = settings.SEARCH_LANGUAGES if named is None else named
    if not named or not KNOWN.issuperset(named):
        raise ImproperlyConfigured(f"SEARCH_LANGUAGES: expected one or more of {', '.join(sorted(KNOWN))}")
    return named


languages()


class Query(Func):
    """A text search query, put together of others."""

    output_field = SearchQueryField()
    template = "(%(expressions)s)"


def both(one: Query, other: Query) -> Query:
    return Query(one, other, arg_joiner=" && ")


def either(one: Query, other: Query) -> Query:
    return Query(one, other, arg_joiner=" || ")


def _without(query: Query) -> Query:
    return Query(query, template="(!!%(expressions)s)")


IS: Final = BooleanField()
# It is found in nothing, and beside others it asks for nothing.
NOTHING: Final = Value("", output_field=SearchQueryField())


def document() -> RawSQL:
    """The words of a product row, as an expression that may stand in an UPDATE of any number of rows."""
    vectors = [
        f"setweight(to_tsvector('{language}', said.{part}), '{part.upper()}')"
        for language in languages()
        for part in "abc"
    ]
    said = _SAID.format(vectors=" || ".join(vectors))
    return RawSQL(said, (), SearchVectorField())  # noqa: S611  # made of our own words


def read(text: str) -> list[list[Term]]:
    """A buyer's words: alternatives, of each of which all terms hold.

    "Quoted" words stand in a row, `or` parts alternatives, a minus excludes.
    """
    alternatives: list[list[Term]] = [[]]
    for found in _TERM.finditer(text):
        word = found["word"]
        if word is None:
            excluded = bool(found["minus"])
            alternatives[-1].append(
                Term(text=found["quoted"], start=found.start(), is_quoted=True, is_excluded=excluded)
            )
        elif word.lower() == "or" and alternatives[-1]:
            alternatives.append([])
        else:
            bare = word.lstrip("-")
            excluded = word != bare != ""
            bare = bare or word
            alternatives[-1].append(
                Term(text=bare, start=found.start() + len(word) - len(bare), is_excluded=excluded)
            )
    return [each for each in alternatives if each]


def words(text: str) -> Query:
    """A buyer's words as a query."""
    alternatives = [reduce(both, map(_query, terms)) for terms in read(text)]
    return reduce(either, alternatives) if alternatives else Query(NOTHING)


def has(query: Query) -> Func:
    """That a product has what a query asks for, as a condition."""
    return Func(
        F("search"), query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
    )


def any_of(named: Iterable[str]) -> Query:
    """Words of which one is enough, as a query."""
    return reduce(either, (_query(Term(text=word, start=0)) for word in named))


def rank(text: str) -> Cast:
    """How well a product matches, in double precision.

    PostgreSQL ranks in single precision. A cursor that carries such a number back as text compares it with
    the column's double and skips rows, so it is widened where it is made.
    """
    return Cast(SearchRank(F("search"), words(text)), FloatField())


def _query(term: Term) -> Query:
    """In any of the languages. A word that one of them leaves out, be it with its accents, is left out."""
    kind = "phraseto_tsquery" if term.is_quoted else "websearch_to_tsquery"

    def spelt(text: str) -> list[Query]:
        return [
            Query(Value(text), function=kind, template=f"%(function)s('{language}', %(expressions)s)")
            for language in languages()
        ]

    every = spelt(fold(term.text))
    if term.is_excluded:
        return reduce(both, map(_without, every))
    others = [] if term.is_quoted or term.text.isascii() else spelt(term.text)
    made = reduce(either, every)
    for each in (*every, *others) if len(every) > 1 or others else ():
        counted = Func(each, function="numnode", output_field=IntegerField())
        made = Query(Case(When(Exact(counted, 0), then=NOTHING), default=made))
    return made
