"""Pages: every row once, in both directions, in every order; cursors that cannot be misused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from strawberry_django.relay.cursor_connection import annotate_ordering_fields

from marketplace.accounts.models import User
from marketplace.api.connections import order_name, seal
from tests.factories.accounts import UserFactory
from tests.support.floor import ORDERS, ordered_people
from tests.support.graphql import GraphQL

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.floor")]

PEOPLE = """query($by: String! = "email", $first: Int, $after: String, $last: Int, $before: String) {
  people(by: $by, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { email } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
TEAMS = """{ teams { edges { node { name userSet(first: 2) { totalCount pageInfo { hasNextPage endCursor }
  edges { node { email groups { edges { node { name } } } } } } } } } }"""


def insert_people(count: int) -> None:
    """Rows with ties and nulls in every column that orders them."""
    chance, start = Random(7), datetime(2026, 1, 1, tzinfo=UTC)  # noqa: S311  # a fixed seed, no secret
    rows = [
        User(
            email=f"{number:05}@example.com",
            name=" ".join(["ada"] * chance.randrange(4) + ["bob"] * chance.randrange(4)),
            last_login=start + timedelta(hours=chance.randrange(50)) if chance.random() < 0.6 else None,
        )
        for number in chance.sample(range(count), count)
    ]
    User.objects.bulk_create(rows)


def forwards(client: GraphQL, size: int, **variables: object) -> Iterator[dict[str, Any]]:
    after = None
    for _ in range(2_000):
        page = client.ask(PEOPLE, first=size, after=after, **variables)["people"]
        yield page
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return


def backwards(client: GraphQL, size: int, **variables: object) -> Iterator[dict[str, Any]]:
    before = None
    for _ in range(2_000):
        page = client.ask(PEOPLE, last=size, before=before, **variables)["people"]
        yield page
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            return


def emails(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["email"] for edge in page["edges"]]


@pytest.mark.parametrize("by", ORDERS)
def test_a_thousand_rows_come_once_each_in_both_directions(by: str) -> None:
    insert_people(1_000)
    expected = list(ordered_people(by).order_by(*ORDERS[by], "pk").values_list("email", flat=True))
    there = list(forwards(GraphQL(), 97, by=by))
    back = list(backwards(GraphQL(), 97, by=by))
    assert [email for page in there for email in emails(page)] == expected
    assert [email for page in reversed(back) for email in emails(page)] == expected


@pytest.mark.parametrize(("rows", "size"), [(0, 3), (1, 3), (3, 3), (6, 3), (7, 3), (5, 1)])
def test_flags_are_right_on_every_page(rows: int, size: int) -> None:
    insert_people(rows)
    pages = max(1, -(-rows // size))
    flags = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in forwards(GraphQL(), size)
    ]
    assert flags == [(number > 0, number < pages - 1) for number in range(pages)]
    flags = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in backwards(GraphQL(), size)
    ]
    assert flags == [(number < pages - 1, number > 0) for number in range(pages)]


def test_twenty_rows_come_unasked() -> None:
    insert_people(21)
    page = GraphQL().ask(PEOPLE)["people"]
    assert len(page["edges"]) == 20
    assert page["pageInfo"]["hasNextPage"] is True


def test_a_page_of_none_says_whether_there_are_any() -> None:
    insert_people(1)
    assert GraphQL().ask(PEOPLE, first=0)["people"] == {
        "edges": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


def test_between_two_cursors() -> None:
    insert_people(5)
    edges = GraphQL().ask(PEOPLE)["people"]["edges"]
    page = GraphQL().ask(PEOPLE, after=edges[0]["cursor"], before=edges[4]["cursor"])["people"]
    assert emails(page) == [edge["node"]["email"] for edge in edges[1:4]]


def test_rows_inserted_meanwhile_are_neither_repeated_nor_do_they_shift_others() -> None:
    for number in range(4):
        UserFactory.create(email=f"{number}0@example.com")
    first = GraphQL().ask(PEOPLE, first=2)["people"]
    UserFactory.create(email="05@example.com")
    UserFactory.create(email="25@example.com")
    second = GraphQL().ask(PEOPLE, first=9, after=first["pageInfo"]["endCursor"])["people"]
    assert emails(first) == ["00@example.com", "10@example.com"]
    assert emails(second) == ["20@example.com", "25@example.com", "30@example.com"]


def test_the_page_goes_on_where_its_last_row_was_deleted() -> None:
    insert_people(4)
    cursor = GraphQL().ask(PEOPLE, first=2)["people"]["pageInfo"]["endCursor"]
    User.objects.get(email="00001@example.com").delete()
    assert emails(GraphQL().ask(PEOPLE, after=cursor)["people"]) == ["00002@example.com", "00003@example.com"]


@pytest.mark.parametrize("kind", ["tampered", "foreign", "empty", "huge", "invented", "unicode", "cut"])
def test_a_cursor_we_did_not_give_for_this_order_is_refused(kind: str) -> None:
    insert_people(2)
    ours = GraphQL().ask(PEOPLE, by="newest")["people"]["edges"][0]["cursor"]
    cursor = {
        "tampered": ("B" if ours[0] == "A" else "A") + ours[1:],
        "foreign": ours,
        "empty": "",
        "huge": ours * 1_000,
        "invented": "YXJyYXljb25uZWN0aW9uOjA=",
        "unicode": "é" * 20,
        "cut": ours[:-1],
    }[kind]
    assert GraphQL().codes(PEOPLE, by="email", after=cursor) == ["BAD_CURSOR"]
    assert GraphQL().codes(PEOPLE, by="email", before=cursor) == ["BAD_CURSOR"]


def test_a_cursor_sealed_with_words_that_are_no_values_is_refused(settings: Any) -> None:
    rows, descriptors, _ = annotate_ordering_fields(ordered_people("email"))
    order = order_name(rows, descriptors)
    good, bad = (seal(["a@example.com", key], order) for key in ("1", "many"))
    assert GraphQL().codes(PEOPLE, after=good) == []
    assert GraphQL().codes(PEOPLE, after=bad) == ["BAD_CURSOR"]
    settings.SECRET_KEY = "another"
    assert GraphQL().codes(PEOPLE, after=good) == ["BAD_CURSOR"]


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        ({"first": -1}, "BAD_PAGE"),
        ({"last": -1}, "BAD_PAGE"),
        ({"first": 1, "last": 1}, "BAD_PAGE"),
        ({"first": 101}, "PAGE_TOO_LARGE"),
        ({"last": 2_147_483_647}, "PAGE_TOO_LARGE"),
        ({"first": 101.0}, "PAGE_TOO_LARGE"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes: dict[str, object], code: str) -> None:
    assert GraphQL().codes(PEOPLE, **sizes) == [code]


@pytest.mark.parametrize(
    ("rows", "answer"), [(0, (0, False)), (2, (2, False)), (3, (3, False)), (4, (3, True))]
)
def test_the_total_is_counted_up_to_a_cap(rows: int, answer: tuple[int, bool]) -> None:
    insert_people(rows)
    found = GraphQL().ask("{ few(first: 1) { totalCount isCapped } }")["few"]
    assert (found["totalCount"], found["isCapped"]) == answer


def test_only_what_is_asked_costs_a_query() -> None:
    insert_people(3)
    for document, statements in (
        ("{ people { edges { node { email } } } }", 1),
        ("{ people { totalCount isCapped } }", 1),
        ("{ people { totalCount pageInfo { hasNextPage } } }", 2),
    ):
        with CaptureQueriesContext(connection) as queries:
            GraphQL().ask(document)
        assert len(queries) == statements, document


@pytest.fixture
def no_roles() -> None:
    """Let the tests' own groups be all there are."""
    Group.objects.all().delete()


@pytest.mark.usefixtures("no_roles")
@pytest.mark.parametrize("teams", [1, 3, 24])
def test_pages_below_a_list_come_from_memory_in_constant_statements(teams: int) -> None:
    for number in range(teams):
        group = Group.objects.create(name=f"team {number:02}")
        group.user_set.set(UserFactory.create_batch(3))
    with CaptureQueriesContext(connection) as queries:
        edges = GraphQL().ask(TEAMS)["teams"]["edges"]
    pages = [edge["node"]["userSet"] for edge in edges]
    assert len(queries) == 3
    assert len(pages) == min(teams, 20)
    assert {(page["totalCount"], page["pageInfo"]["hasNextPage"], len(page["edges"])) for page in pages} == {
        (3, True, 2)
    }


@pytest.mark.usefixtures("no_roles")
def test_a_page_in_memory_goes_on_behind_its_cursor_and_notices_rows_that_went() -> None:
    group = Group.objects.create(name="team")
    group.user_set.set(UserFactory.create_batch(3))
    document = (
        "query($after: String) { teams { edges { node { userSet(after: $after) { edges { cursor } } } } } }"
    )

    def cursors(after: str | None) -> list[str]:
        (team,) = GraphQL().ask(document, after=after)["teams"]["edges"]
        return [edge["cursor"] for edge in team["node"]["userSet"]["edges"]]

    first, second, third = cursors(None)
    assert cursors(first) == [second, third]
    group.user_set.clear()
    assert GraphQL().codes(document, after=first) == ["BAD_CURSOR"]
