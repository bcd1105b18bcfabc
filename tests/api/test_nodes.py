"""`node` and `nodes`: what has an id and may be seen, and nothing else."""

from typing import Any

import pytest

from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.support.graphql import GraphQL

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.floor")]

NODE = """query($id: ID!) { node(id: $id) { __typename id ... on Person { email groups { totalCount } }
  ... on Secret { password } } }"""
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Person { groups { totalCount } } } }"


def test_a_row_is_shown_as_the_type_its_id_names() -> None:
    user = UserFactory.create()
    person, secret = encode_id("Person", user.pk), encode_id("Secret", user.pk)
    asker = GraphQL(user)
    assert asker.ask(NODE, id=person)["node"] == {
        "__typename": "Person",
        "id": person,
        "email": user.email,
        "groups": {"totalCount": 0},
    }
    assert asker.ask(NODE, id=secret)["node"] == {
        "__typename": "Secret",
        "id": secret,
        "password": user.password,
    }


def test_what_you_may_not_see_answers_like_what_is_not_there() -> None:
    hidden, other = UserFactory.create(is_active=False), UserFactory.create()
    for identifier in (
        encode_id("Person", hidden.pk),
        encode_id("Secret", other.pk),
        encode_id("Person", 10**12),
        encode_id("Team", 1),
        encode_id("DoorSuccess", 1),
        encode_id("Nonsense", 1),
    ):
        assert GraphQL().ask(NODE, id=identifier) == {"node": None}


def test_nodes_come_in_the_order_of_their_ids_with_null_for_the_unknown() -> None:
    first, second = UserFactory.create_batch(2)
    ids = [encode_id("Person", key) for key in (second.pk, 10**12, first.pk, second.pk)]
    found = GraphQL().ask(NODES, ids=ids)["nodes"]
    assert [node and node["id"] for node in found] == [ids[0], None, ids[2], ids[0]]


@pytest.mark.parametrize("count", [1, 3, 24])
def test_nodes_cost_a_query_for_each_type_and_each_list_below(
    count: int, django_assert_num_queries: Any
) -> None:
    ids = [encode_id("Person", user.pk) for user in UserFactory.create_batch(count)]
    with django_assert_num_queries(2):
        assert len(GraphQL().ask(NODES, ids=ids)["nodes"]) == count


def test_one_bad_id_refuses_them_all() -> None:
    assert GraphQL().codes(NODES, ids=[encode_id("Person", 1), "nonsense"]) == ["INVALID_INPUT"]
