"""Staff decide about orders under review; a vendor cannot send one meanwhile."""

from typing import Any, Final

import pytest

from checkout.models import OrderReview, Payment
from marketplace.api.scalars import encode_id
from marketplace.staff import FINANCE, SUPPORT
from tests.api.risk.test_queries import looked_at
from tests.factories.sold import part_of
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.disputed import disputed
from tests.support.graphql import GraphQL
from tests.support.staff import with_role
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

DECIDED: Final = "... on OrderReviewSuccess { review { status note decidedAt findings { cause } } }"


def decide(role: str, name: str, review: OrderReview, **input: object) -> Any:
    return mutate(
        GraphQL(with_role(role)), name, DECIDED, review=encode_id("OrderReview", review.pk), **input
    )


def test_f126_support_releases_an_order_and_its_vendor_sends_it() -> None:
    order, review = looked_at()
    part = part_of(order)
    seller = GraphQL(member_of(part.vendor, VendorRole.FULFILMENT))
    done = "... on FulfillmentSuccess { vendorOrder { status isHeld } }"

    def send() -> Any:
        return mutate(seller, "fulfillVendorOrder", done, vendorOrder=encode_id("VendorOrder", part.pk))

    assert send()["code"] == "ORDER_UNDER_REVIEW"
    for _ in range(2):
        released = decide(SUPPORT, "releaseOrder", review, note="Called.", idempotencyKey="a")["review"]
        assert (released["status"], released["note"]) == ("RELEASED", "Called.")
        assert released["findings"] == [{"cause": "FIRST_ORDER_CAP"}]
    assert send()["vendorOrder"] == {"status": "SHIPPED", "isHeld": False}
    assert decide(SUPPORT, "rejectOrder", review)["code"] == "TRANSITION_NOT_ALLOWED"
    assert decide(SUPPORT, "releaseOrder", review, note="x", idempotencyKey="a")["code"] == (
        "IDEMPOTENCY_KEY_REUSED"
    )
    assert decide(SUPPORT, "releaseOrder", review, note="x" * 4001)["field"] == "note"


def test_f126_support_rejects_an_order_and_all_goes_back() -> None:
    order, review = looked_at()
    assert decide(FINANCE, "rejectOrder", review)["code"] == "NOT_FOUND"
    assert decide(SUPPORT, "rejectOrder", review)["review"]["status"] == "REJECTED"
    assert (part_of(order).status, Payment.objects.get().refunded_minor) == ("cancelled", 1000)


def test_f126_what_the_bank_has_is_not_given_back_as_well() -> None:
    order, review = looked_at()
    disputed(order)
    assert decide(SUPPORT, "rejectOrder", review)["code"] == "PAYMENT_DISPUTED"
    review.refresh_from_db()
    assert (review.status, part_of(order).status) == ("open", "open")
