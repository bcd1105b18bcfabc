"""Buyer and vendor see one life of an order, the vendor no more than its own part of it."""

from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from checkout.models import CaseTopic, RefundReason, ReturnReason, ReturnWish, VendorOrder
from checkout.operations.cases import open_case, reply_to_case
from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.operations.refund import Asked, refund_vendor_order
from checkout.operations.returns import Wanted, request_return
from checkout.selectors.orders import token_of
from marketplace.kernel.money import Money
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.factories.vendors import member_of
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

LIFE: Final = """number lines { edges { node { quantity cancelled shipped returned } } }
  fulfillments { edges { node { number carrier trackingNumber trackingUrl
    lines { quantity orderLine { title } } } } }
  refunds { edges { node { reason amount { amount }
    lines { kind quantity amount { amount } orderLine { title } } } } }
  returns { edges { node { number status lines { quantity reason orderLine { title } } refund { id } } } }
  cases { edges { node { number status messages { edges { node { text isFromVendor } } } } } }
  timeline { what text }"""
BOUGHT: Final = f"""query($number: String!, $token: String) {{ order(number: $number, token: $token) {{
  vendorOrders {{ edges {{ node {{ {LIFE} }} }} }} }} }}"""
SOLD: Final = f"""query($slug: String!) {{ viewer {{ vendor(slug: $slug) {{
  orders {{ edges {{ node {{ {LIFE} }} }} }}
  returns {{ edges {{ node {{ number }} }} }} cases {{ edges {{ node {{ number }} }} }} }} }} }}"""
DHL: Final = "1234567890"


def _live(part: VendorOrder) -> None:
    """It is sent, something of it is to come back, some money goes back, and somebody complains."""
    parcel = fulfill_vendor_order(part=part, actor=None, carrier="dhl", tracking_number=DHL)
    mark_delivered(fulfillment=parcel)
    wanted = {line_of(part).pk: Wanted(units=1, reason=ReturnReason.DAMAGED)}
    request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=None)
    asked = Asked(amount=Money(150, part.currency))
    refund_vendor_order(part=part, asked=asked, reason=RefundReason.GOODWILL, actor=None)
    case = open_case(part=part, actor=None, topic=CaseTopic.DAMAGED, text="It leaks.")
    reply_to_case(case=case, actor=None, is_from_vendor=True, text="Sorry.")


def _nodes(connection: dict[str, list[dict[str, object]]]) -> list[object]:
    return [edge["node"] for edge in connection["edges"]]


def test_buyer_and_vendor_see_the_same_life() -> None:
    tea = buyable()
    order = sold(tea, quantity=2)
    part = part_of(order)
    _live(part)
    bought = GraphQL().ask(BOUGHT, number=order.number, token=token_of(order))["order"]["vendorOrders"]
    told = GraphQL(member_of(tea.vendor)).ask(SOLD, slug=tea.vendor.slug)["viewer"]["vendor"]
    assert bought["edges"] == told["orders"]["edges"]
    (seen,) = (edge["node"] for edge in bought["edges"])
    title, number = tea.product.title, part.number
    assert _nodes(seen["lines"]) == [{"quantity": 2, "cancelled": 0, "shipped": 2, "returned": 0}]
    (parcel,) = _nodes(seen["fulfillments"])
    assert parcel == {
        "number": f"{number}-F1",
        "carrier": "DHL",
        "trackingNumber": DHL,
        "trackingUrl": f"https://www.dhl.com/global-en/home/tracking.html?tracking-id={DHL}",
        "lines": [{"quantity": 2, "orderLine": {"title": title}}],
    }
    line = {"kind": "AMOUNT", "quantity": 0, "amount": {"amount": "1.50"}, "orderLine": {"title": title}}
    assert _nodes(seen["refunds"]) == [{"reason": "GOODWILL", "amount": {"amount": "1.50"}, "lines": [line]}]
    asked = {"quantity": 1, "reason": "DAMAGED", "orderLine": {"title": title}}
    back = {"number": f"{number}-R1", "status": "REQUESTED", "lines": [asked], "refund": None}
    assert _nodes(seen["returns"]) == [back]
    (case,) = seen["cases"]["edges"]
    assert (case["node"]["number"], case["node"]["status"]) == (f"{number}-C1", "ANSWERED")
    assert _nodes(case["node"]["messages"]) == [
        {"text": "It leaks.", "isFromVendor": False},
        {"text": "Sorry.", "isFromVendor": True},
    ]
    assert [each["what"] for each in seen["timeline"]] == [
        "PAID",
        "SHIPPED",
        "DELIVERED",
        "RETURN_REQUESTED",
        "REFUNDED",
        "CASE_OPENED",
    ]
    assert seen["timeline"][1]["text"] == f"The parcel {number}-F1 is on its way."
    assert (_nodes(told["returns"]), _nodes(told["cases"])) == (
        [{"number": f"{number}-R1"}],
        [{"number": f"{number}-C1"}],
    )


def test_h24_a_vendor_never_sees_the_total_nor_the_lines_of_others() -> None:
    tea, mug = buyable(price_minor=1000), buyable(price_minor=2345)
    order = sold(tea, mug)
    for variant in (tea, mug):
        _live(part_of(order, variant))
    client = GraphQL(member_of(tea.vendor))
    text = client.send(SOLD, slug=tea.vendor.slug).content.decode()
    theirs = part_of(order, mug)
    assert part_of(order, tea).number in text
    # The number of a part begins with that of its order, and tells no more than that there is one.
    for secret in (str(order.total.amount), str(theirs.total.amount), theirs.number, mug.product.title):
        assert secret not in text
    for way in ("order { total { amount } }", "payment { amount { amount } }"):
        document = SOLD.replace("timeline {", f"{way} timeline {{")
        assert client.codes(document, slug=tea.vendor.slug) == ["INVALID_DOCUMENT"]


@pytest.mark.parametrize("orders", [1, 3])
def test_a_vendors_orders_cost_the_same_for_one_and_three(
    orders: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tea = buyable(on_hand=9)
    for _ in range(orders):
        _live(part_of(sold(tea, quantity=2)))
    client = GraphQL(member_of(tea.vendor))
    with django_assert_num_queries(16):
        client.ask(SOLD, slug=tea.vendor.slug)
