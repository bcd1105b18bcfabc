"""How often buyers may do what costs most: each by themselves, and all of an address together."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import Cart, Order
from marketplace.accounts.models import User
from marketplace.api import rates
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support.checkout import confirm, fill, mutate, pay_with, place
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

PASSED = {"cart": {"itemCount": 1}}


@pytest.fixture
def tea() -> Variant:
    variant = buyable(on_hand=1000)
    ShippingMethodFactory.create(vendor=variant.vendor)
    return variant


def _buyer(address: str, user: User | None = None) -> GraphQL:
    client = GraphQL(user)
    client.http.defaults["REMOTE_ADDR"] = address
    return client


def _add(client: GraphQL, tea: Variant) -> Any:
    selection = "... on CartSuccess { cart { itemCount } } ... on RateLimitedError { retryAfter }"
    return mutate(client, "addToCart", selection, variant=encode_id("Variant", tea.pk))


def _codes(*answers: Any) -> list[str | None]:
    return [answer.get("code") for answer in answers]


def test_a_buyer_is_refused_for_the_rest_of_the_minute(settings: Settings, tea: Variant) -> None:
    settings.CART_CHANGES_A_MINUTE = 2
    client = _buyer("192.0.2.1")
    # The first one makes the session, and is counted by address.
    assert _codes(*(_add(client, tea) for _ in range(3))) == [None] * 3
    refusal = _add(client, tea)
    assert (refusal["code"], 0 < refusal["retryAfter"] <= 60) == ("RATE_LIMITED", True)
    assert Cart.objects.get().lines.get().quantity == 3
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert _add(client, tea) == {"cart": {"itemCount": 4}}


def test_two_sessions_of_an_address_do_not_share(settings: Settings, tea: Variant) -> None:
    settings.CART_CHANGES_A_MINUTE = 1
    ada, bob = _buyer("192.0.2.1"), _buyer("192.0.2.1")
    for client in (ada, bob):
        assert _codes(_add(client, tea), _add(client, tea), _add(client, tea)) == [None, None, "RATE_LIMITED"]


def test_whoever_has_no_session_shares_with_the_address(settings: Settings, tea: Variant) -> None:
    settings.CART_CHANGES_A_MINUTE = 1
    assert [_add(_buyer("192.0.2.1"), tea) for _ in range(rates.BUYERS_AT_AN_ADDRESS)] == [PASSED] * 10
    forged = _buyer("192.0.2.1")
    forged.http.cookies["sessionid"] = "x" * 32
    assert _codes(_add(_buyer("192.0.2.1"), tea), _add(forged, tea)) == ["RATE_LIMITED"] * 2
    assert _add(_buyer("192.0.2.2"), tea) == PASSED
    assert Cart.objects.count() == 11


def test_a_user_is_one_buyer_in_all_sessions(settings: Settings, tea: Variant) -> None:
    settings.CART_CHANGES_A_MINUTE = 1
    user = UserFactory.create()
    here, there = _buyer("192.0.2.1", user), _buyer("192.0.2.2", user)
    assert _codes(_add(here, tea), _add(there, tea)) == [None, "RATE_LIMITED"]


def test_every_change_of_a_cart_counts(settings: Settings, tea: Variant) -> None:
    client = _buyer("192.0.2.1")
    settings.CART_CHANGES_A_MINUTE = 1
    assert _codes(_add(client, tea), _add(client, tea)) == [None, None]
    line = encode_id("CartLine", Cart.objects.get().lines.get().pk)
    anything = encode_id("Vendor", 1)
    assert (
        _codes(
            mutate(client, "updateCartLine", "", line=line, quantity=5),
            mutate(client, "removeCartLine", "", line=line),
            mutate(client, "setCheckoutContact", "", email="ada@example.com"),
            mutate(client, "setCheckoutAddresses", "", shippingAddress={"address": anything}),
            mutate(client, "selectShipping", "", vendor=anything, option=anything),
        )
        == ["RATE_LIMITED"] * 5
    )
    assert Cart.objects.get().lines.get().quantity == 2


def test_orders_are_counted_by_buyer_and_address(settings: Settings, tea: Variant) -> None:
    settings.ORDERS_A_MINUTE = 1
    clients = [_buyer("192.0.2.1") for _ in range(rates.BUYERS_AT_AN_ADDRESS + 1)]
    for client in clients:
        fill(client, tea)
    assert _codes(place(clients[0]), place(clients[0])) == [None, "RATE_LIMITED"]
    # Nine tries are left to the address; what a buyer was refused has counted too.
    assert _codes(*map(place, clients[1:])) == [None] * 8 + ["RATE_LIMITED"] * 2
    tea.refresh_from_db()
    assert (Order.objects.count(), tea.reserved) == (9, 9)


def test_asking_for_a_payment_is_counted(settings: Settings, tea: Variant) -> None:
    client = _buyer("192.0.2.1")
    fill(client, tea)
    placed = place(client)
    settings.PAYMENTS_A_MINUTE = 1
    assert _codes(confirm(client, placed), confirm(client, placed)) == [None, "RATE_LIMITED"]
    assert pay_with(client, placed) == 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert confirm(client, placed)["order"]["status"] == "PAID"


@pytest.mark.parametrize("limit", [0, 1000])
def test_counting_costs_one_statement_and_no_limit_none(settings: Settings, tea: Variant, limit: int) -> None:
    client = _buyer("192.0.2.1")
    _add(client, tea)
    settings.CART_CHANGES_A_MINUTE = limit
    with CaptureQueriesContext(connection) as captured:
        _add(client, tea)
    counting = [query["sql"] for query in captured.captured_queries if "kernel_ratewindow" in query["sql"]]
    assert len(counting) == (1 if limit else 0)
