"""Who sees which order, and how much of it."""

from typing import Any

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from checkout.models import Order
from checkout.selectors.orders import token_of
from marketplace.accounts.authentication import verification_key
from marketplace.accounts.operations import access
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from tests.support.payments import confirm, receive_all
from vendors.models import Vendor
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

BY_NUMBER = "query($number: String!, $token: String) { order(number: $number, token: $token) { number } }"
MINE = "{ viewer { orders { edges { node { number total { amount } } } } } }"
SOLD = """query($slug: String!) { viewer { vendor(slug: $slug) { orders { edges { node { number status
  total { amount } shippingAddress { city } lines { edges { node { title } } } } } } } } }"""


def _paid(order: Order) -> Order:
    confirm(intent_of(order))
    receive_all()
    order.refresh_from_db()
    return order


def _seen(client: GraphQL, number: str, token: str | None = None) -> Any:
    return client.ask(BY_NUMBER, number=number, token=token)["order"]


def _sold(vendor: Vendor, client: GraphQL) -> list[Any]:
    orders = client.ask(SOLD, slug=vendor.slug)["viewer"]["vendor"]["orders"]
    return [edge["node"] for edge in orders["edges"]]


def test_h24_the_bearer_of_the_token_sees_the_order() -> None:
    order, other = placed(), placed()
    client = GraphQL()
    assert _seen(client, order.number, token_of(order)) == {"number": order.number}
    for token in (None, "x", token_of(other), token_of(order)[:-1]):
        assert _seen(client, order.number, token) is None
    assert _seen(client, "AAAA-AAAA-AA", token_of(order)) is None


def test_a_token_ends() -> None:
    order = placed()
    token = token_of(order)
    with override_settings(ORDER_LINK_DAYS=-1):
        assert _seen(GraphQL(), order.number, token) is None


def test_a_member_sees_what_they_ordered_and_nobody_else() -> None:
    ada, eve = UserFactory.create(), UserFactory.create()
    order = placed(user=ada)
    assert _seen(GraphQL(ada), order.number) == {"number": order.number}
    assert _seen(GraphQL(eve), order.number) is None
    assert [edge["node"]["number"] for edge in GraphQL(ada).ask(MINE)["viewer"]["orders"]["edges"]] == [
        order.number
    ]
    assert GraphQL(eve).ask(MINE)["viewer"]["orders"]["edges"] == []
    identifier = encode_id("Order", order.pk)
    document = "query($id: ID!) { node(id: $id) { id } }"
    assert GraphQL(ada).ask(document, id=identifier)["node"] == {"id": identifier}
    assert GraphQL(eve).ask(document, id=identifier)["node"] is None


def test_h24_a_vendor_sees_its_own_part_and_not_the_rest() -> None:
    tea, mug = buyable(price_minor=1000), buyable(price_minor=2000)
    order = _paid(placed(tea, mug))
    part = order.vendor_orders.get(vendor=tea.vendor)
    client = GraphQL(member_of(tea.vendor))
    (seen,) = _sold(tea.vendor, client)
    assert (seen["number"], seen["total"], seen["status"]) == (part.number, {"amount": "14.90"}, "OPEN")
    assert [edge["node"]["title"] for edge in seen["lines"]["edges"]] == [tea.product.title]
    assert seen["shippingAddress"] == {"city": "Berlin"}
    assert _seen(client, order.number) is None
    for kind, key in (
        ("Order", order.pk),
        ("VendorOrder", order.vendor_orders.get(vendor=mug.vendor).pk),
        ("OrderLine", order.vendor_orders.get(vendor=mug.vendor).lines.get().pk),
        ("Payment", order.payments.get().pk),
    ):
        document = "query($id: ID!) { node(id: $id) { id } }"
        assert client.ask(document, id=encode_id(kind, key))["node"] is None


def test_what_is_not_paid_is_no_vendors_business() -> None:
    tea = buyable()
    placed(tea)
    assert _sold(tea.vendor, GraphQL(member_of(tea.vendor))) == []


def test_a_role_without_orders_sees_none() -> None:
    tea = buyable()
    _paid(placed(tea))
    client = GraphQL(member_of(tea.vendor, VendorRole.CATALOGUE))
    assert client.codes(SOLD, slug=tea.vendor.slug) == ["NOT_PERMITTED"]


@pytest.mark.parametrize("orders", [1, 3])
def test_orders_cost_the_same_for_one_and_three(
    orders: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ada = UserFactory.create()
    for _ in range(orders):
        _paid(placed(buyable(), buyable(), user=ada))
    client = GraphQL(ada)
    document = """{ viewer { orders { edges { node { number status total { amount } payment { status }
      vendorOrders { edges { node { number vendor { name } lines { edges { node { title product { slug }
      amount { amount } } } } } } } } } } } }"""
    with django_assert_num_queries(6):
        client.ask(document)


def test_reading_a_paid_order_clears_the_sessions_cart() -> None:
    order = _paid(placed())
    assert order.cart is not None
    client = GraphQL()
    client.http.get("/graphql/")
    session = client.http.session
    session["cart_id"] = str(order.cart.token)
    session.save()
    client.http.cookies["sessionid"] = session.session_key or ""
    _seen(client, order.number, token_of(order))
    assert ("cart_id" in client.http.session, client.http.session["order_id"]) == (False, order.number)


def test_h36_a_guest_who_becomes_a_user_sees_the_orders_once_the_address_is_verified() -> None:
    order, later = placed(), placed()
    user = UserFactory.create(email=order.email, is_verified=False)
    client = GraphQL(user)
    assert _numbers(client) == []
    assert _seen(client, order.number) is None
    access.verify_email(key=verification_key(user))
    assert _numbers(client) == [order.number]
    assert _seen(client, order.number) == {"number": order.number}
    assert _seen(client, later.number) is None
    assert _seen(GraphQL(), order.number, token_of(order)) == {"number": order.number}
    assert client.ask("{ viewer { addresses { totalCount } } }") == {
        "viewer": {"addresses": {"totalCount": 0}}
    }


def _numbers(client: GraphQL) -> list[str]:
    return [edge["node"]["number"] for edge in client.ask(MINE)["viewer"]["orders"]["edges"]]
