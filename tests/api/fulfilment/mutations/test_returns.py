"""What comes back is answered, counted, and paid back or sent again."""

from typing import Any, Final

import pytest

from catalog.models import Variant
from checkout.models import Return, ReturnReason, ReturnWish, VendorOrder
from checkout.operations.fulfil import fulfill_vendor_order
from checkout.operations.return_policies import save_return_policy
from checkout.operations.returns import Wanted, request_return
from marketplace.api.scalars import encode_id
from tests.factories.checkout import buyable
from tests.factories.sold import line_of, part_of, sold
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

BACK: Final = "... on ReturnSuccess { return { status answer lines { received } } vendorOrder { status } }"
MONEY: Final = """... on RefundSuccess { refund { amount { amount } lines { quantity amount { amount }
  restockingFee { amount } } } vendorOrder { returns { edges { node { status } } } } }"""
PARCEL: Final = "... on FulfillmentSuccess { fulfillment { number lines { quantity } } }"


def _asked(quantity: int = 2) -> tuple[VendorOrder, Return, GraphQL]:
    tea = buyable()
    save_return_policy(vendor=tea.vendor, days=30, restocking_bps=2500, actor=None)
    part = part_of(sold(tea, quantity=quantity))
    fulfill_vendor_order(part=part, actor=None)
    wanted = {line_of(part).pk: Wanted(units=quantity, reason=ReturnReason.NO_LONGER_WANTED)}
    asked = request_return(part=part, wanted=wanted, wish=ReturnWish.REFUND, actor=None)
    return part, asked, GraphQL(member_of(part.vendor))


def _do(client: GraphQL, field: str, selection: str, asked: Return, **input: object) -> Any:
    return mutate(client, field, selection, **{"return": encode_id("Return", asked.pk)}, **input)


def test_it_is_approved_comes_in_two_parts_and_is_paid_back_less_a_fee() -> None:
    part, asked, client = _asked()
    for _ in range(2):
        said = {"answer": "By post, please.", "idempotencyKey": "yes"}
        done = _do(client, "answerReturn", BACK, asked, isApproved=True, **said)
    assert (done["return"]["status"], done["return"]["answer"]) == ("APPROVED", "By post, please.")
    one = [{"line": encode_id("OrderLine", line_of(part).pk), "quantity": 1}]
    for _ in range(2):
        done = _do(client, "receiveReturn", BACK, asked, lines=one, idempotencyKey="first")
        assert done["return"] == {
            "status": "PARTLY_RECEIVED",
            "answer": "By post, please.",
            "lines": [{"received": 1}],
        }
    done = _do(client, "receiveReturn", BACK, asked, restock=True)
    assert (done["return"]["status"], done["return"]["lines"]) == ("RECEIVED", [{"received": 2}])
    refused = _do(client, "refundReturn", MONEY, asked, restockingFee="5.01")
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "restockingFee")
    for _ in range(2):
        done = _do(client, "refundReturn", MONEY, asked, idempotencyKey="money")
        assert done["refund"]["amount"] == {"amount": "15.00"}
    (line,) = done["refund"]["lines"]
    assert line == {"quantity": 2, "amount": {"amount": "15.00"}, "restockingFee": {"amount": "5.00"}}
    assert done["vendorOrder"]["returns"]["edges"] == [{"node": {"status": "REFUNDED"}}]
    assert part.refunds.count() == 1


def test_a_refusal_needs_a_word() -> None:
    _, asked, client = _asked()
    refused = _do(client, "answerReturn", BACK, asked, isApproved=False)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "answer")
    assert _do(client, "answerReturn", BACK, asked, isApproved=False, answer="Too late.")["return"][
        "status"
    ] == ("DECLINED")
    assert _do(client, "receiveReturn", BACK, asked)["code"] == "TRANSITION_NOT_ALLOWED"


def test_the_same_again_and_nothing_of_another_vendor() -> None:
    part, asked, client = _asked(1)
    _do(client, "answerReturn", BACK, asked, isApproved=True)
    _do(client, "receiveReturn", BACK, asked, restock=True)
    for foreign, code in ((buyable(), "NOT_FOUND"), (buyable(vendor=part.vendor), "NOT_EXCHANGEABLE")):
        assert _exchange(client, asked, foreign)["code"] == code
    for _ in range(2):
        done = _exchange(client, asked, None)
        assert done["fulfillment"] == {"number": f"{part.number}-F2", "lines": [{"quantity": 1}]}
    assert (part.fulfillments.count(), Return.objects.get().status) == (2, "exchanged")


def _exchange(client: GraphQL, asked: Return, variant: Variant | None) -> Any:
    named = None if variant is None else encode_id("ListingVariant", variant.pk)
    key = "again" if variant is None else None
    return _do(client, "exchangeReturn", PARCEL, asked, variant=named, idempotencyKey=key)
