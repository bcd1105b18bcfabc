"""Who sees which orders are looked at, and how much of it."""

from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.models import Order, OrderReview, OrderReviewCause
from checkout.operations import reviews
from checkout.risk import Found
from marketplace.staff import FINANCE, MODERATOR, SUPPORT
from tests.factories.accounts import UserFactory
from tests.factories.checkout import buyable
from tests.factories.sold import sold
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

LIST: Final = """query($open: Boolean) { platform { orderReviews(isOpen: $open) { totalCount edges { node {
  id status orderNumber orderTotal { amount currency } openedAt decidedAt note
  findings { cause foundAt facts { name value } } } } } } }"""
SOLD: Final = """query($slug: String!) { viewer { vendor(slug: $slug) { orders { edges { node {
  isHeld holdReason } } } } } }"""
BOUGHT: Final = """{ viewer { orders { edges { node { status vendorOrders { edges { node {
  isHeld holdReason } } } } } } } }"""
HELD: Final = "The platform looks at this order before it is sent. Please keep it back until then."


def looked_at(*variants: Variant, **sold_as: Any) -> tuple[Order, OrderReview]:
    order = sold(*variants, **sold_as)
    cause = OrderReviewCause.FIRST_ORDER_CAP
    found = Found(
        cause=cause, reference=f"cap:{order.number}", facts={"total": "10.00 EUR", "cap": "9.00 EUR"}
    )
    review = reviews.hold(order.pk, [found])
    assert review is not None
    return order, review


def numbers(client: GraphQL, is_open: bool | None = None) -> list[str]:
    listed = client.ask(LIST, open=is_open)["platform"]["orderReviews"]["edges"]
    return [edge["node"]["orderNumber"] for edge in listed]


def test_f126_staff_see_what_waits_the_longest_waiting_first() -> None:
    (first, _), (second, decided), (third, _) = (looked_at() for _ in range(3))
    client = GraphQL(with_role(FINANCE))
    reviews.release_order(review=decided, actor=None, note="A regular.")
    assert numbers(client) == [third.number, second.number, first.number]
    assert (numbers(client, True), numbers(client, False)) == ([first.number, third.number], [second.number])
    listed = client.ask(LIST, open=False)["platform"]["orderReviews"]
    (edge,) = listed["edges"]
    (finding,) = edge["node"]["findings"]
    assert (edge["node"]["status"], edge["node"]["note"], listed["totalCount"]) == (
        "RELEASED",
        "A regular.",
        1,
    )
    assert edge["node"]["orderTotal"] == {"amount": "10.00", "currency": "EUR"}
    assert (finding["cause"], finding["facts"]) == (
        "FIRST_ORDER_CAP",
        [{"name": "cap", "value": "9.00 EUR"}, {"name": "total", "value": "10.00 EUR"}],
    )
    moderator = GraphQL(with_role(MODERATOR)).send(LIST).json()
    assert moderator["data"]["platform"]["orderReviews"] is None
    assert moderator["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


def test_f126_a_list_of_reviews_costs_the_same_for_one_and_for_three() -> None:
    client = GraphQL(with_role(SUPPORT))
    costs = []
    for more in (1, 2):
        for _ in range(more):
            looked_at()
        with CaptureQueriesContext(connection) as captured:
            assert len(numbers(client)) == OrderReview.objects.count()
        costs.append(len(captured))
    assert costs == [8, 8]


def test_f126_its_vendor_sees_the_hold_and_not_the_rule_and_its_buyer_a_paid_order() -> None:
    buyer, variant = UserFactory.create(), buyable(on_hand=9)
    seller = GraphQL(member_of(variant.vendor, VendorRole.FULFILMENT))
    _, review = looked_at(variant, user=buyer)
    free = {"isHeld": False, "holdReason": None}
    costs = []
    for parts in (1, 3):
        with CaptureQueriesContext(connection) as captured:
            mine = seller.ask(SOLD, slug=variant.vendor.slug)["viewer"]["vendor"]["orders"]["edges"]
        costs.append(len(captured))
        assert [edge["node"] for edge in mine] == [free] * (parts - 1) + [
            {"isHeld": True, "holdReason": HELD}
        ]
        for _ in range(2):
            sold(variant)
    assert costs[0] == costs[1]
    (bought,) = GraphQL(buyer).ask(BOUGHT)["viewer"]["orders"]["edges"]
    (part,) = bought["node"]["vendorOrders"]["edges"]
    assert (bought["node"]["status"], part["node"]) == ("PAID", free)
    reviews.release_order(review=review, actor=None)
    mine = seller.ask(SOLD, slug=variant.vendor.slug)["viewer"]["vendor"]["orders"]["edges"]
    assert [edge["node"] for edge in mine] == [free] * 5
