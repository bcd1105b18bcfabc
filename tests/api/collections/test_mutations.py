"""Collections: put together by the staff, seen by buyers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Collection, ProductStatus
from marketplace.api.scalars import encode_id
from marketplace.staff import MODERATOR
from tests.factories.catalog import listed
from tests.support.graphql import GraphQL
from tests.support.staff import with_role

pytestmark = pytest.mark.django_db

SAVE = """mutation($input: SaveCollectionInput!) { saveCollection(input: $input) { __typename
  ... on CollectionSuccess { collection { id slug title isPublished seo { title description }
    products { edges { node { title } } } } } ... on Error { code field } } }"""
DELETE = """mutation($input: DeleteCollectionInput!) { deleteCollection(input: $input) { __typename
  ... on DeleteCollectionSuccess { collections { totalCount } } ... on Error { code } } }"""
LIST = """{ collections { edges { node { slug title
  products(first: 2) { edges { node { title vendor { name } } } } } } } }"""


def titles(collection: Any) -> list[str]:
    return [edge["node"]["title"] for edge in collection["products"]["edges"]]


def test_staff_put_products_together_in_their_order_and_buyers_see_it_once_published() -> None:
    tea, mug = listed(title="Tea"), listed(title="Mug")
    staff, buyer = GraphQL(with_role(MODERATOR)), GraphQL()
    keys = [encode_id("Product", each.pk) for each in (mug, tea, mug)]
    made = staff.ask(SAVE, input={"title": "For  tea", "description": "All of it.", "products": keys})
    collection = made["saveCollection"]["collection"]
    assert (collection["slug"], titles(collection)) == ("for-tea", ["Mug", "Tea"])
    assert collection["seo"] == {"title": "For tea", "description": "All of it."}
    asked = 'query { collection(slug: "for-tea") { title } collections { totalCount } }'
    assert buyer.ask(asked) == {"collection": None, "collections": {"totalCount": 0}}
    assert buyer.ask(SAVE, input={"title": "Mine"})["saveCollection"]["code"] == "NOT_PERMITTED"
    change = {"collection": collection["id"], "title": "Tea time", "isPublished": True, "seo": {"title": "T"}}
    changed = staff.ask(SAVE, input=change)["saveCollection"]["collection"]
    assert (changed["slug"], changed["seo"]["title"], titles(changed)) == ("for-tea", "T", ["Mug", "Tea"])
    assert buyer.ask(asked) == {"collection": {"title": "Tea time"}, "collections": {"totalCount": 1}}
    tea.status = ProductStatus.ARCHIVED
    tea.save()
    assert titles(buyer.ask(LIST)["collections"]["edges"][0]["node"]) == ["Mug"]
    gone = {"collection": collection["id"]}
    assert staff.ask(DELETE, input=gone)["deleteCollection"]["collections"] == {"totalCount": 0}
    assert staff.ask(DELETE, input=gone)["deleteCollection"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"position": -1}, {"products": ["draft"]}, {"seo": {"title": "x" * 71}}]
)
def test_what_cannot_be_is_refused_and_nothing_is_made(wrong: dict[str, Any]) -> None:
    draft = listed(status=ProductStatus.DRAFT)
    if "products" in wrong:
        wrong = {"products": [encode_id("Product", draft.pk)]}
    answer = GraphQL(with_role(MODERATOR)).ask(SAVE, input={"title": "Gifts", **wrong})
    assert answer["saveCollection"]["code"] == "INVALID_INPUT"
    assert not Collection.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_them_takes_the_same_statements_for_any_number(count: int) -> None:
    for number in range(count):
        made = Collection.objects.create(slug=f"c{number}", title=f"C{number}", is_published=True)
        for position in range(count):
            made.places.create(product=listed(), position=position)
    with CaptureQueriesContext(connection) as asked:
        GraphQL().ask(LIST)
    assert len(asked) == 3  # collections, their places, the products with their vendors
