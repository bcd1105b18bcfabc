"""Wishlists over the API: with an account and without, shared by a link that can be taken back."""

from typing import Any, Final

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.operations.products import archive_product
from checkout.models import CartLine
from marketplace.api.scalars import encode_id
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.catalog import listed
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

LIST: Final = """id name isDefault isWatched shareToken itemCount items { edges { node {
  id title availability product { slug rating { average } } variant { sku } knownPrice { amount } } } }"""
DONE: Final = f"... on WishlistSuccess {{ wishlist {{ {LIST} }} }}"
MINE: Final = f"{{ wishlists {{ edges {{ node {{ {LIST} }} }} }} }}"
SHARED: Final = """query($token: String!) { wishlist(token: $token) { name itemCount
  items { title availability product { title } } } }"""


def _nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


def _add(client: GraphQL, title: str) -> Any:
    product = listed(title=title)
    return mutate(client, "addToWishlist", DONE, product=encode_id("Product", product.pk))["wishlist"]


def test_f91_a_guests_list_is_the_users_after_sign_in() -> None:
    user = UserFactory.create()
    client = GraphQL()
    assert _nodes(client.ask(MINE)["wishlists"]) == []
    guests = _add(client, "Mug")
    assert (guests["isDefault"], guests["itemCount"], guests["shareToken"]) == (True, 1, None)
    assert _nodes(GraphQL().ask(MINE)["wishlists"]) == []
    refused = mutate(client, "setWishlistAlerts", DONE, wishlist=guests["id"], isWatched=True)
    assert refused["code"] == "SIGN_IN_REQUIRED"
    for _ in range(2):
        mutate(client, "logIn", "__typename", email=user.email, password=PASSWORD)
        (own,) = _nodes(client.ask(MINE)["wishlists"])
        assert [each["title"] for each in _nodes(own["items"])] == ["Mug"]
    default = client.ask(f"{{ viewer {{ wishlist {{ {LIST} }} }} }}")["viewer"]["wishlist"]
    assert default == own
    watched = mutate(client, "setWishlistAlerts", DONE, wishlist=own["id"], isWatched=True)
    assert watched["wishlist"]["isWatched"] is True


def test_f91_whoever_has_the_link_reads_until_it_is_taken_back() -> None:
    client = GraphQL(UserFactory.create())
    wishlist = _add(client, "Mug")
    token = mutate(client, "shareWishlist", DONE, wishlist=wishlist["id"])["wishlist"]["shareToken"]
    assert mutate(client, "shareWishlist", DONE, wishlist=wishlist["id"])["wishlist"]["shareToken"] == token
    assert len(token) == 43
    shared = GraphQL().ask(SHARED, token=token)["wishlist"]
    assert (shared["name"], [each["title"] for each in shared["items"]]) == ("Wishlist", ["Mug"])
    assert GraphQL().ask("query($id: ID!) { node(id: $id) { id } }", id=wishlist["id"]) == {"node": None}
    mutate(client, "revokeWishlistLink", DONE, wishlist=wishlist["id"])
    for gone in (token, "", "x" * 43):
        assert GraphQL().ask(SHARED, token=gone) == {"wishlist": None}
    anew = mutate(client, "shareWishlist", DONE, wishlist=wishlist["id"])["wishlist"]["shareToken"]
    assert anew != token


@pytest.mark.parametrize("count", [1, 3])
def test_h31_a_list_costs_the_same_and_what_is_gone_stays_and_says_so(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = GraphQL(UserFactory.create())
    for number in range(count):
        wishlist = _add(client, f"Mug {number}")
    gone, sold_out = listed(title="Gone"), listed(title="None left", on_hand=0)
    for product in (gone, sold_out):
        mutate(client, "addToWishlist", DONE, product=encode_id("Product", product.pk))
    archive_product(product=gone, actor=UserFactory.create())
    with django_assert_num_queries(5):
        (wishlist,) = _nodes(client.ask(MINE)["wishlists"])
    last, before, *others = _nodes(wishlist["items"])
    assert (last["title"], last["availability"]) == ("None left", "OUT_OF_STOCK")
    assert (before["title"], before["availability"], before["product"]) == ("Gone", "NOT_SOLD", None)
    assert [each["availability"] for each in others] == ["AVAILABLE"] * count


def test_f91_what_is_wished_for_goes_to_the_cart_once() -> None:
    client = GraphQL()
    wishlist = _add(client, "Mug")
    (item,) = _nodes(wishlist["items"])
    moved = "... on MoveToCartSuccess { cart { itemCount } }"
    assert mutate(client, "moveToCart", moved, item=item["id"], quantity=2)["cart"] == {"itemCount": 2}
    assert mutate(client, "moveToCart", moved, item=item["id"])["code"] == "NOT_FOUND"
    assert CartLine.objects.get().quantity == 2
    (left,) = _nodes(client.ask(MINE)["wishlists"])
    assert left["itemCount"] == 0
    refused = listed(title="None left", on_hand=0)
    added = mutate(client, "addToWishlist", DONE, product=encode_id("Product", refused.pk))["wishlist"]
    (item,) = _nodes(added["items"])
    assert mutate(client, "moveToCart", moved, item=item["id"])["code"] == "OUT_OF_STOCK"
    assert _nodes(client.ask(MINE)["wishlists"])[0]["itemCount"] == 1


def test_f91_lists_are_named_emptied_and_deleted_by_their_owner() -> None:
    client, other = (GraphQL(UserFactory.create()) for _ in range(2))
    gifts = mutate(client, "saveWishlist", DONE, name="Gifts")["wishlist"]
    assert mutate(other, "deleteWishlist", "__typename", wishlist=gifts["id"])["code"] == "NOT_FOUND"
    named = mutate(client, "saveWishlist", DONE, name="For Ada", wishlist=gifts["id"])["wishlist"]
    assert (named["id"], named["name"]) == (gifts["id"], "For Ada")
    product = encode_id("Product", listed().pk)
    held = mutate(client, "addToWishlist", DONE, product=product, wishlist=gifts["id"])["wishlist"]
    (item,) = _nodes(held["items"])
    assert mutate(other, "removeFromWishlist", DONE, item=item["id"])["code"] == "NOT_FOUND"
    assert mutate(client, "removeFromWishlist", DONE, item=item["id"])["wishlist"]["itemCount"] == 0
    gone = mutate(client, "deleteWishlist", "... on DeleteWishlistSuccess { name }", wishlist=gifts["id"])
    assert gone == {"name": "For Ada"}
    assert [each["name"] for each in _nodes(client.ask(MINE)["wishlists"])] == ["Wishlist"]
