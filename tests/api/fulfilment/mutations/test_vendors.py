"""A vendor's people, and its programs, send, cancel and give money back."""

from typing import Any, Final

import pytest

from checkout.models import Fulfillment, OrderLine, Refund, VendorOrder
from marketplace.api.scalars import encode_id
from tests.factories.checkout import Bought, buyable, paid_order
from tests.factories.sold import line_of, part_of, sold
from tests.factories.vendors import key_of, member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from vendors.permissions import VendorPermission, VendorRole

pytestmark = pytest.mark.django_db

PARCEL: Final = "... on FulfillmentSuccess { fulfillment { id number deliveredAt } vendorOrder { status } }"
PART: Final = "... on VendorOrderSuccess { vendorOrder { status } }"
REFUND: Final = "... on RefundSuccess { refund { status amount { amount } } vendorOrder { status } }"


def _named(part: VendorOrder) -> str:
    return encode_id("VendorOrder", part.pk)


def _units(part: VendorOrder, quantity: int, line: OrderLine | None = None) -> list[dict[str, object]]:
    return [{"line": encode_id("OrderLine", (line or line_of(part)).pk), "quantity": quantity}]


def _seller(part: VendorOrder, role: VendorRole = VendorRole.FULFILMENT) -> GraphQL:
    return GraphQL(member_of(part.vendor, role))


def _fulfill(client: GraphQL, part: VendorOrder, **input: object) -> Any:
    return mutate(client, "fulfillVendorOrder", PARCEL, vendorOrder=_named(part), **input)


def test_it_is_sent_in_two_parcels_and_arrives() -> None:
    part = part_of(sold(quantity=3))
    client = _seller(part)
    first = _fulfill(
        client, part, lines=_units(part, 2), carrier="DHL", trackingNumber="1234567890", idempotencyKey="a"
    )
    assert first["vendorOrder"] == {"status": "PARTIALLY_SHIPPED"}
    again = _fulfill(
        client, part, lines=_units(part, 2), carrier="DHL", trackingNumber="1234567890", idempotencyKey="a"
    )
    assert (again, Fulfillment.objects.count()) == (first, 1)
    other = _fulfill(client, part, lines=_units(part, 1), idempotencyKey="a")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    second = _fulfill(client, part)
    assert (second["fulfillment"]["number"], second["vendorOrder"]["status"]) == (
        f"{part.number}-F2",
        "SHIPPED",
    )
    for parcel, status in ((first, "SHIPPED"), (second, "DELIVERED")):
        arrived = mutate(client, "deliverFulfillment", PARCEL, fulfillment=parcel["fulfillment"]["id"])
        assert (arrived["vendorOrder"]["status"], arrived["fulfillment"]["deliveredAt"] is None) == (
            status,
            False,
        )


def test_what_cannot_be_sent_is_refused_by_name() -> None:
    part, other = part_of(sold()), part_of(sold())
    client = _seller(part)
    for given, code, field in (
        ({"lines": _units(part, 2)}, "TOO_MANY_UNITS", "lines"),
        ({"lines": _units(part, 0)}, "INVALID_INPUT", "lines"),
        ({"lines": _units(part, 1) * 2}, "INVALID_INPUT", "lines"),
        ({"lines": _units(other, 1)}, "NOT_FOUND", "lines"),
        ({"carrier": "DHL", "trackingNumber": "nonsense"}, "INVALID_INPUT", "trackingNumber"),
    ):
        refused = _fulfill(client, part, **given)
        assert (refused["code"], refused["field"]) == (code, field)
    assert Fulfillment.objects.count() == 0


def test_units_are_cancelled_and_then_the_rest() -> None:
    part = part_of(sold(quantity=2))
    client, asked = _seller(part), {"vendorOrder": _named(part), "reason": "OUT_OF_STOCK"}
    for _ in range(2):
        done = mutate(client, "cancelVendorOrder", PART, lines=_units(part, 1), idempotencyKey="one", **asked)
        assert (done, line_of(part).cancelled) == ({"vendorOrder": {"status": "OPEN"}}, 1)
    done = mutate(client, "cancelVendorOrder", PART, **asked)
    assert (done["vendorOrder"]["status"], line_of(part).cancelled) == ("CANCELLED", 2)
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == part.total_minor
    assert mutate(client, "cancelVendorOrder", PART, **asked)["code"] == "TRANSITION_NOT_ALLOWED"


def test_what_was_paid_elsewhere_is_not_cancelled_here() -> None:
    part = part_of(paid_order(Bought(variant=buyable())))
    left = "... on RefundExceedsPaidError { left { amount } }"
    asked = {"vendorOrder": _named(part), "reason": "OUT_OF_STOCK"}
    refused = mutate(_seller(part), "cancelVendorOrder", left, **asked)
    assert (refused["code"], refused["left"]) == ("REFUND_EXCEEDS_PAID", {"amount": "0.00"})
    assert (part_of(part.order).status, line_of(part).cancelled, Refund.objects.count()) == ("open", 0, 0)


def test_h19_no_more_goes_back_than_was_paid() -> None:
    part = part_of(sold(quantity=2))
    client, asked = _seller(part, VendorRole.SUPPORT), {"vendorOrder": _named(part), "reason": "GOODWILL"}
    for _ in range(2):
        done = mutate(client, "refundVendorOrder", REFUND, amount="3.00", idempotencyKey="one", **asked)
        assert (done["refund"]["amount"], done["vendorOrder"]["status"]) == ({"amount": "3.00"}, "OPEN")
    assert Refund.objects.count() == 1
    left = "... on RefundExceedsPaidError { left { amount } }"
    refused = mutate(client, "refundVendorOrder", left, amount="17.01", **asked)
    assert (refused["code"], refused["left"]) == ("REFUND_EXCEEDS_PAID", {"amount": "17.00"})
    rest = mutate(client, "refundVendorOrder", REFUND, lines=_units(part, 2), **asked)
    assert rest["refund"]["amount"] == {"amount": "17.00"}
    for given in ({}, {"amount": "0"}, {"amount": "1.001"}, {"amount": "1", "restock": True}):
        assert mutate(client, "refundVendorOrder", REFUND, **given, **asked)["code"] == "INVALID_INPUT"


def test_a_role_sends_or_gives_back_and_learns_where_it_may_not() -> None:
    part = part_of(sold())
    refund = {"vendorOrder": _named(part), "reason": "GOODWILL", "amount": "1.00"}
    assert _fulfill(_seller(part, VendorRole.SUPPORT), part)["code"] == "NOT_PERMITTED"
    assert mutate(_seller(part), "refundVendorOrder", REFUND, **refund)["code"] == "NOT_PERMITTED"
    # Who may not see orders does not learn of one.
    assert _fulfill(_seller(part, VendorRole.CATALOGUE), part)["code"] == "NOT_FOUND"
    assert _fulfill(_seller(part_of(sold())), part)["code"] == "NOT_FOUND"


def test_a_vendors_program_sends_what_was_paid() -> None:
    tea = buyable()
    part = part_of(sold(tea))
    permissions = (VendorPermission.VIEW_ORDERS, VendorPermission.FULFIL_ORDERS)
    _, secret = key_of(tea.vendor, *permissions)
    assert _fulfill(GraphQL(key=secret), part)["vendorOrder"] == {"status": "SHIPPED"}
