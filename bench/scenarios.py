"""What is asked: the committed documents, with variables that lead all over the catalogue."""

import json
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from bench import clients
from bench.words import vocabulary
from catalog.models import Product
from catalog.search import words
from marketplace.api.persisted import document_id

DOCUMENTS: Final = Path(__file__).parent / "documents"
GRAPHQL_PATH: Final = "/graphql/"
# How often each operation's variables change, so that no cache of one answer flatters us.
VARIATIONS: Final = 40
# Pairs of words are looked for among the most frequent ones; so many matches are wanted of each.
FREQUENT_WORDS: Final = 60
WANTED_MATCHES: Final = 300

Variables = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One operation, to be asked in three ways."""

    name: str
    document: str
    variables: list[Variables]

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
        _scenario("product_list", [{"first": 24}]),
        _scenario("product_detail", [{"slug": slug} for slug in _slugs()]),
        _scenario("product_search", [_search(pair) for pair in _pairs()]),
    ]


def _scenario(name: str, variables: list[Variables]) -> Scenario:
    document = (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")
    return Scenario(name=name, document=document, variables=variables)


def _slugs() -> list[str]:
    """Of products spread over the whole catalogue."""
    step = max(Product.objects.count() // VARIATIONS, 1)
    return list(Product.objects.order_by("pk").values_list("slug", flat=True)[::step])[:VARIATIONS]


def _search(text: str) -> Variables:
    return {"filter": {"text": text}, "sortBy": "PRICE_ASC", "first": 24}


def _pairs() -> list[str]:
    """Pairs of words with as nearly as possible WANTED_MATCHES, whatever the size of the catalogue."""
    frequent = vocabulary()[:FREQUENT_WORDS:4]
    matches = {
        text: Product.objects.buyable().filter(search=words(text)).count()
        for text in (" ".join(pair) for pair in combinations(frequent, 2))
    }
    nearest = sorted(matches, key=lambda text: (abs(matches[text] - WANTED_MATCHES), text))
    return nearest[: VARIATIONS // 4]
