"""What is asked: the committed documents, with variables that lead all over the catalogue."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from bench import clients
from bench.words import vocabulary
from catalog.models import Product
from catalog.search import has, words
from marketplace.api.persisted import document_id

DOCUMENTS: Final = Path(__file__).parent / "documents"
GRAPHQL_PATH: Final = "/graphql/"
# How often each operation's variables change, so that no cache of one answer flatters us.
VARIATIONS: Final = 40
# Of each pair of words so many matches are wanted; it is put together of words at these ranks.
RANKS: Final = (1, 2, 3, 4, 6, 9, 13, 19, 28, 40, 60, 90, 130, 190, 280, 400, 600, 900)
WANTED_MATCHES: Final = 300

Variables = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One operation, to be asked in three ways."""

    name: str
    document: str
    variables: list[Variables]
    asks: str

    def posts(self) -> list[bytes]:
        """The document by POST, as any client sends it."""
        return [clients.post(GRAPHQL_PATH, self.body(each)) for each in self.variables]

    def gets(self) -> list[bytes]:
        """The registered document by GET, as our own pages send it."""
        identifier = document_id(self.document)
        return [
            clients.get(GRAPHQL_PATH, documentId=identifier, variables=json.dumps(each))
            for each in self.variables
        ]

    def bares(self) -> list[bytes]:
        """The bare view that answers the same."""
        return [clients.get(f"/{self.name}", variables=json.dumps(each)) for each in self.variables]

    def body(self, variables: Variables) -> bytes:
        return json.dumps({"query": self.document, "variables": variables}).encode()


def scenarios() -> list[Scenario]:
    """The operations on the loaded catalogue; reads it to choose products and words."""
    return [
        _scenario("product_list", [{"first": 24}], asks="the newest 24"),
        _detail(_slugs()),
        _search(_pairs()),
    ]


def typing(lengths: Sequence[int]) -> list[Scenario]:
    """Somebody types titles: the first letters of words, and of a second one."""
    titles = [slug.split("-") for slug in _slugs()]
    begun = [f"{first} {second[:length]}" for first, second, *_ in titles[::2] for length in lengths]
    begun += [first[:length] for first, *_ in titles for length in lengths]
    variables: list[Variables] = [{"text": text} for text in dict.fromkeys(begun)]
    return [_scenario("search_suggestions", variables, asks=f"{len(variables)} beginnings")]


def _scenario(name: str, variables: list[Variables], *, asks: str) -> Scenario:
    document = (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")
    return Scenario(name=name, document=document, variables=variables, asks=asks)


def _detail(slugs: list[str]) -> Scenario:
    variables: list[Variables] = [{"slug": slug} for slug in slugs]
    return _scenario("product_detail", variables, asks=f"{len(slugs)} products in turn")


def _search(matches: dict[str, int]) -> Scenario:
    """Two words, the cheapest first, with what narrows them further."""
    variables: list[Variables] = [
        {"filter": {"text": text}, "sortBy": "PRICE_ASC", "first": 24} for text in matches
    ]
    fewest, most = min(matches.values()), max(matches.values())
    asks = f"{len(matches)} pairs of words in turn, {fewest:,} to {most:,} matches each"
    return _scenario("product_search", variables, asks=asks)


def _slugs() -> list[str]:
    """Of products spread over the whole catalogue."""
    step = max(Product.objects.count() // VARIATIONS, 1)
    return list(Product.objects.order_by("pk").values_list("slug", flat=True)[::step])[:VARIATIONS]


def _pairs() -> dict[str, int]:
    """Pairs of words with as nearly as possible WANTED_MATCHES, whatever the size of the catalogue."""
    known = vocabulary()
    matches = {
        text: Product.objects.buyable().filter(has(words(text))).count()
        for text in (" ".join(pair) for pair in combinations([known[rank] for rank in RANKS], 2))
    }
    nearest = sorted(matches, key=lambda text: (abs(matches[text] - WANTED_MATCHES), text))
    return {text: matches[text] for text in nearest[: VARIATIONS // 4]}
