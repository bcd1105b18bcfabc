"""A buyer, signed in or with the token of the order, sends back, complains, and finds the order again."""

from typing import Any, Final

import pytest

from checkout.events import OrderLinkRequested
from checkout.models import CaseTopic, Order, OrderCase, Return, VendorOrder
from checkout.operations.cases import open_case
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.selectors.orders import token_of
from marketplace.api import rates
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.orders import placed
from tests.factories.sold import line_of, part_of, sold
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from tests.support.published import published

pytestmark = pytest.mark.django_db

BACK: Final = "... on ReturnSuccess { return { id number status } }"
CASE: Final = """... on OrderCaseSuccess { case { id number status
  messages { edges { node { text isFromVendor } } } } }"""
LINK: Final = "... on RequestOrderLinkSuccess { email }"


def _sent(quantity: int = 2) -> VendorOrder:
    part = part_of(sold(quantity=quantity))
    fulfill_vendor_order(part=part, actor=None)
    return part


def _ask_back(client: GraphQL, part: VendorOrder, **input: object) -> Any:
    line = {"line": encode_id("OrderLine", line_of(part).pk), "quantity": 1, "reason": "DAMAGED"}
    asked = {"vendorOrder": encode_id("VendorOrder", part.pk), "lines": [line]} | input
    return mutate(client, "requestReturn", BACK, **asked)


def test_a_guest_sends_back_by_the_token_and_keeps_it_after_all() -> None:
    part, client = _sent(), GraphQL()
    token = token_of(part.order)
    for _ in range(2):
        asked = _ask_back(client, part, token=token, idempotencyKey="one")
        assert (asked["return"]["number"], asked["return"]["status"]) == (f"{part.number}-R1", "REQUESTED")
    assert Return.objects.count() == 1
    named = {"return": asked["return"]["id"]}
    assert mutate(client, "withdrawReturn", BACK, **named)["code"] == "NOT_FOUND"
    kept = mutate(client, "withdrawReturn", BACK, token=token, **named)
    assert kept["return"]["status"] == "WITHDRAWN"
    assert _ask_back(client, part, token=token, lines=[])["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("token", [None, "x", "of another order"])
def test_h24_who_did_not_order_it_finds_nothing(token: str | None) -> None:
    part = _sent()
    case = open_case(part=part, actor=None, topic=CaseTopic.OTHER, text="Hm.")
    given = token_of(placed()) if token == "of another order" else token  # no password
    for client in (GraphQL(), GraphQL(UserFactory.create())):
        refused = [
            _ask_back(client, part, token=given),
            mutate(
                client,
                "openOrderCase",
                CASE,
                vendorOrder=encode_id("VendorOrder", part.pk),
                topic="OTHER",
                message="Hm.",
                token=given,
            ),
            mutate(
                client,
                "replyToCase",
                CASE,
                case=encode_id("OrderCase", case.pk),
                message="Hm.",
                token=given,
            ),
            mutate(client, "closeOrderCase", CASE, case=encode_id("OrderCase", case.pk), token=given),
        ]
        assert [each["code"] for each in refused] == ["NOT_FOUND"] * 4
    assert (Return.objects.count(), OrderCase.objects.get().messages.count()) == (0, 1)


def test_r28_a_buyer_complains_replies_and_closes() -> None:
    ada = UserFactory.create()
    order = sold(user=ada)
    client, part = GraphQL(ada), part_of(order)
    asked = {"vendorOrder": encode_id("VendorOrder", part.pk), "topic": "NOT_ARRIVED"}
    for _ in range(2):
        opened = mutate(client, "openOrderCase", CASE, message="Where is it?", idempotencyKey="one", **asked)
        assert (opened["case"]["number"], opened["case"]["status"]) == (f"{part.number}-C1", "OPEN")
    case = opened["case"]["id"]
    assert mutate(client, "closeOrderCase", CASE, case=case)["case"]["status"] == "CLOSED"
    again = mutate(client, "replyToCase", CASE, case=case, message="Still not.")["case"]
    assert again["status"] == "OPEN"
    assert [edge["node"] for edge in again["messages"]["edges"]] == [
        {"text": "Where is it?", "isFromVendor": False},
        {"text": "Still not.", "isFromVendor": False},
    ]


def test_words_to_a_vendor_are_counted() -> None:
    ada = UserFactory.create()
    sold(user=ada)
    client = GraphQL(ada)
    said = {"case": encode_id("OrderCase", 1), "message": "Hm."}
    codes = [mutate(client, "replyToCase", CASE, **said)["code"] for _ in range(rates.MESSAGES_A_MINUTE + 1)]
    assert codes == ["NOT_FOUND"] * rates.MESSAGES_A_MINUTE + ["RATE_LIMITED"]


def test_the_link_is_mailed_and_nobody_learns_whether_there_is_an_order() -> None:
    order, client = placed(), GraphQL()
    asked = {"number": order.number, "email": order.email}
    with published(OrderLinkRequested) as said:
        answers = [
            mutate(client, "requestOrderLink", LINK, **given)
            for given in (asked, asked | {"number": "ZZZZZZZZ"})
        ]
    assert answers == [{"email": order.email}] * 2
    assert said == [OrderLinkRequested(order_id=order.pk)]
    # Three times an hour to one mailbox.
    mutate(client, "requestOrderLink", LINK, **asked)
    assert mutate(client, "requestOrderLink", LINK, **asked)["code"] == "RATE_LIMITED"


def test_what_was_paid_is_cancelled_once_and_paid_back() -> None:
    order = sold(quantity=2)
    asked = {"number": order.number, "token": token_of(order)}
    selection = "... on CancelOrderSuccess { order { status } }"
    client = GraphQL()
    for _ in range(2):
        done = mutate(client, "cancelOrder", selection, idempotencyKey="one", **asked)
        assert done == {"order": {"status": "CANCELLED"}}
    refunded = Order.objects.get().payments.get().refunded_minor
    assert refunded == order.total_minor
    assert mutate(client, "cancelOrder", selection, **asked)["code"] == "TRANSITION_NOT_ALLOWED"
