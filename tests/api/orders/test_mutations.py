"""Placing, paying and giving up over HTTP, as a guest and as a member."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.client_sites import mark_of
from checkout.models import Cart, Order, Payment, Refund, VendorOrder
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support.checkout import ORDER, confirm, fill, mutate, pay_with, place
from tests.support.graphql import GraphQL
from tests.support.payments import ASKS_BUYER, DECLINED

pytestmark = pytest.mark.django_db


def _shelf(count: int = 2) -> list[Variant]:
    variants = [buyable(price_minor=1000 * number) for number in range(1, count + 1)]
    for variant in variants:
        ShippingMethodFactory.create(vendor=variant.vendor, price_minor=500)
    return variants


def test_a_guest_buys_of_two_vendors_with_one_payment() -> None:
    client = GraphQL()
    fill(client, *_shelf())
    placed = place(client, expectedTotal="40.00", idempotencyKey="one")
    order = placed["order"]
    assert Order.objects.get().client_site == mark_of("127.0.0.1") != ""
    assert (order["status"], order["total"], order["email"]) == (
        "PENDING",
        {"amount": "40.00", "currency": "EUR"},
        "ada@example.com",
    )
    parts = [edge["node"] for edge in order["vendorOrders"]["edges"]]
    assert [(part["number"], part["total"]["amount"]) for part in parts] == [
        (f"{order['number']}-1", "15.00"),
        (f"{order['number']}-2", "25.00"),
    ]
    assert pay_with(client, placed) == 200
    paid = confirm(client, placed)["order"]
    assert (paid["status"], paid["payment"]["status"]) == ("PAID", "SUCCEEDED")
    assert {edge["node"]["status"] for edge in paid["vendorOrders"]["edges"]} == {"OPEN"}


def test_r19_success_clears_the_cart_and_keeps_the_number() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    assert "cart_id" in client.http.session
    pay_with(client, placed)
    confirm(client, placed)
    session = client.http.session
    assert ("cart_id" in session, "cart_items" in session, session["order_id"]) == (
        False,
        False,
        placed["order"]["number"],
    )
    assert client.ask("{ cart { itemCount } }") == {"cart": None}
    fill(client, *_shelf(1))
    place(client)
    assert "order_id" not in client.http.session


def test_what_went_into_the_cart_while_it_was_paid_is_still_there() -> None:
    client, (tea, mug) = GraphQL(), _shelf()
    fill(client, tea)
    placed = place(client)
    fill(client, mug, quantity=2)
    pay_with(client, placed)
    assert confirm(client, placed)["order"]["status"] == "PAID"
    assert client.ask("{ cart { itemCount } }") == {"cart": {"itemCount": 2}}
    session = client.http.session
    assert (session["cart_items"], session["order_id"]) == (2, placed["order"]["number"])


def test_a_declined_card_is_said_and_another_one_pays() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    pay_with(client, placed, DECLINED)
    refusal = confirm(client, placed)
    assert (refusal["code"], Order.objects.get().payment_state) == ("PAYMENT_DECLINED", "pending")
    pay_with(client, placed)
    assert confirm(client, placed)["order"]["status"] == "PAID"


def test_the_bank_asks_the_buyer() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    pay_with(client, placed, ASKS_BUYER)
    order = confirm(client, placed)["order"]
    assert order["status"] == "PENDING"
    assert order["payment"]["actionUrl"].startswith("http")


def test_without_a_change_the_open_order_is_answered() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    assert place(client)["order"] == place(client)["order"]
    assert Order.objects.count() == 1


@pytest.mark.parametrize("client", ["guest", "stranger"])
def test_nobody_orders_without_a_cart(client: str) -> None:
    refusal = place(GraphQL(UserFactory.create() if client == "stranger" else None))
    assert (refusal["code"], refusal["message"]) == (
        "CHECKOUT_INCOMPLETE",
        "The checkout still needs something in the cart.",
    )


def test_what_is_short_is_named() -> None:
    (tea,) = _shelf(1)
    client = GraphQL()
    fill(client, tea, quantity=3)
    Variant.objects.update(on_hand=2)
    selection = "... on OutOfStockError { shortages { title sku asked left id } }"
    assert mutate(client, "placeOrder", selection)["shortages"] == [
        {
            "title": tea.product.title,
            "sku": tea.sku,
            "asked": 3,
            "left": 2,
            "id": client.ask("{ products { edges { node { defaultVariant { id } } } } }")["products"][
                "edges"
            ][0]["node"]["defaultVariant"]["id"],
        }
    ]


def test_a_rise_is_refused_with_the_new_total() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    Variant.objects.update(price_minor=1500)
    selection = "... on PriceChangedError { total { amount } }"
    answer = mutate(client, "placeOrder", selection, expectedTotal="15.00")
    assert (answer["total"], answer["field"]) == ({"amount": "20.00"}, "expectedTotal")
    assert place(client, expectedTotal="20.00")["order"]["total"]["amount"] == "20.00"


def test_an_amount_of_another_shape_is_refused() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    assert place(client, expectedTotal="15.001")["code"] == "INVALID_INPUT"
    assert Order.objects.count() == 0


def test_an_order_is_given_up_and_its_cart_goes_on() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    asked = {"number": placed["order"]["number"], "token": placed["token"]}
    selection = f"... on CancelOrderSuccess {{ {ORDER} }}"
    assert mutate(client, "cancelOrder", selection, **asked)["order"]["status"] == "CANCELLED"
    assert Cart.objects.get().status == "active"
    assert mutate(client, "cancelOrder", selection, **asked)["order"]["status"] == "CANCELLED"
    assert client.ask("{ cart { itemCount } }") == {"cart": {"itemCount": 1}}


def test_an_order_that_was_paid_meanwhile_is_paid_back() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    pay_with(client, placed)
    asked = {"number": placed["order"]["number"], "token": placed["token"]}
    selection = f"... on CancelOrderSuccess {{ {ORDER} }}"
    assert mutate(client, "cancelOrder", selection, **asked)["order"]["status"] == "CANCELLED"
    order = Order.objects.get()
    assert (order.payment_state, order.payments.get().refunded_minor) == ("paid", order.total_minor)


def test_an_order_of_which_nothing_is_left_is_not_cancelled() -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    placed = place(client)
    pay_with(client, placed)
    confirm(client, placed)
    Payment.objects.update(refunded_minor=F("amount_minor"))
    asked = {"number": placed["order"]["number"], "token": placed["token"]}
    left = "... on RefundExceedsPaidError { left { amount } }"
    refused = mutate(client, "cancelOrder", left, **asked)
    assert (refused["code"], refused["left"]) == ("REFUND_EXCEEDS_PAID", {"amount": "0.00"})
    assert (VendorOrder.objects.get().status, Refund.objects.count()) == ("open", 0)


@pytest.mark.parametrize("field", ["confirmPayment", "cancelOrder"])
def test_h24_a_strangers_order_is_like_none(field: str) -> None:
    client = GraphQL()
    fill(client, *_shelf(1))
    number, token = place(client)["order"]["number"], place(client)["token"]
    tries = [
        mutate(GraphQL(), field, "", number=number),
        mutate(GraphQL(), field, "", number=number, token="x"),
        mutate(GraphQL(UserFactory.create()), field, "", number=number),
        mutate(GraphQL(), field, "", number="AAAA-AAAA-AA", token=token),
        mutate(GraphQL(), field, "", number="AAAA-AAAA-AA"),
    ]
    assert all(each == tries[0] for each in tries)
    assert (tries[0]["code"], Order.objects.get().payment_state) == ("NOT_FOUND", "pending")


@contextmanager
def _sent() -> Iterator[list[str]]:
    """The statements sent inside, but for BEGIN and COMMIT, rate limits and the provider's own tables."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    sent = [query["sql"] for query in captured.captured_queries]
    ours = [sql for sql in sent if "gateway" not in sql and "kernel_ratewindow" not in sql]
    statements += [sql for sql in ours if sql not in {"BEGIN", "COMMIT"}]


@pytest.mark.parametrize("others", [0, 150])
@pytest.mark.django_db(transaction=True)
def test_placing_and_paying_costs_the_same_beside_150_vendors(others: int) -> None:
    for _ in range(others):
        ShippingMethodFactory.create(vendor=buyable().vendor)
    client, shelf = GraphQL(), _shelf()
    fill(client, *shelf)
    with _sent() as placing:
        placed = place(client, idempotencyKey="one")
    pay_with(client, placed)
    with _sent() as settling:
        assert confirm(client, placed)["order"]["status"] == "PAID"
    # Of little stock, whose product is locked too, and of a first sale, for which the ledger makes accounts.
    assert (len(placing), len(settling)) == (9, 20), "\n".join([*placing, "", *settling])
