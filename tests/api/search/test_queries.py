"""Suggestions, corrections, and what the platform learns of searches."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import SearchTally
from catalog.operations import tallies
from catalog.operations.vocabulary import refresh_vocabulary
from marketplace.api import rates
from marketplace.kernel import clock
from marketplace.staff import MODERATOR
from tests.factories.accounts import UserFactory
from tests.factories.catalog import listed
from tests.support.graphql import GraphQL
from tests.support.staff import with_role

pytestmark = pytest.mark.django_db

SEARCH = """query($filter: ProductFilter, $sortBy: ProductSort, $first: Int = 1, $after: String) {
  products(filter: $filter, sortBy: $sortBy, first: $first, after: $after) {
    totalCount correction { text } facets { inStock }
    edges { node { title } } pageInfo { endCursor hasNextPage } } }"""
COUNT = "query($filter: ProductFilter) { products(filter: $filter) { totalCount correction { text } } }"
SUGGEST = "query($text: String!) { searchSuggestions(text: $text, first: 3) { kind text slug } }"
SEARCHES = (
    "query($vain: Boolean!) { platform { searches(zeroResultsOnly: $vain) { text times found lastOn } } }"
)


@pytest.fixture(autouse=True)
def shop() -> Iterator[None]:
    listed(title="Blue kettle", slug="blue")
    listed(title="Red kettle", slug="red")
    refresh_vocabulary()
    tallies._noted.clear()
    yield
    tallies._noted.clear()


@pytest.mark.parametrize("sort", ["RELEVANCE", "TITLE"])
def test_a_misspelt_word_is_mended_on_every_page(sort: str) -> None:
    client = GraphQL()
    first = client.ask(SEARCH, filter={"text": "ketle"}, sortBy=sort)["products"]
    assert (first["correction"], first["totalCount"], first["facets"]) == (
        {"text": "kettle"},
        2,
        {"inStock": 2},
    )
    after = first["pageInfo"]["endCursor"]
    second = client.ask(SEARCH, filter={"text": "ketle"}, sortBy=sort, after=after)["products"]
    assert second["correction"] == {"text": "kettle"}
    titles = [page["edges"][0]["node"]["title"] for page in (first, second)]
    assert titles == ["Blue kettle", "Red kettle"]
    assert second["pageInfo"]["hasNextPage"] is False
    assert client.ask(COUNT, filter={"text": "ketle"})["products"] == {
        "totalCount": 2,
        "correction": {"text": "kettle"},
    }
    wrong = client.codes(SEARCH, filter={"text": "kettle"}, sortBy="PRICE_ASC", after=after)
    assert wrong == ["BAD_CURSOR"]


def test_nothing_is_mended_where_something_is_found_or_quoted_or_only_narrowed_away() -> None:
    client = GraphQL()
    for wanted in ({"text": "kettle"}, {"text": '"ketle"'}, {"text": "kettle", "vendors": ["none"]}, {}):
        assert client.ask(SEARCH, filter=wanted)["products"]["correction"] is None


def test_suggestions_are_given_in_two_statements_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    client = GraphQL()
    with CaptureQueriesContext(connection) as asked:
        answer = client.ask(SUGGEST, text="blu")
    assert answer == {"searchSuggestions": [{"kind": "PRODUCT", "text": "Blue kettle", "slug": "blue"}]}
    assert len(asked) == 3  # the limit, which commits by itself, is the third
    assert client.codes(SUGGEST, text="x" * 201) == ["INVALID_INPUT"]
    monkeypatch.setattr(rates, "SUGGESTIONS_A_MINUTE", 1)
    monkeypatch.setattr(rates, "BUYERS_AT_AN_ADDRESS", 2)
    assert client.codes(SUGGEST, text="blu") == ["RATE_LIMITED"]


def test_staff_see_what_was_looked_for_with_words_alone_on_a_first_page() -> None:
    buyer = GraphQL()
    page = buyer.ask(SEARCH, filter={"text": "Kettle"})["products"]
    buyer.ask(SEARCH, filter={"text": "kettle"}, after=page["pageInfo"]["endCursor"])
    for wanted in ({"text": "kettle", "inStock": True}, {"text": "ketle"}, {"text": "Teapots"}, {}):
        buyer.ask(SEARCH, filter=wanted)
    tallies.write()
    client = GraphQL(with_role(MODERATOR))

    def seen(*, vain: bool) -> list[Any]:
        return [
            (each["text"], each["times"], each["found"], each["lastOn"])
            for each in client.ask(SEARCHES, vain=vain)["platform"]["searches"]
        ]

    today = str(clock.now().date())
    assert seen(vain=False) == [("kettle", 2, 1, today), ("teapots", 1, 0, today)]
    assert seen(vain=True) == [("teapots", 1, 0, today)]
    assert SearchTally.objects.count() == 2
    assert GraphQL(UserFactory.create(is_staff=True)).codes(SEARCHES, vain=True) == ["NOT_PERMITTED"]
    assert GraphQL(UserFactory.create()).ask(SEARCHES, vain=True) == {"platform": None}
