"""Both sides of a complaint."""

from typing import Final

import pytest

from checkout.models import CaseTopic
from checkout.operations.cases import open_case
from marketplace.api.scalars import encode_id
from tests.factories.sold import part_of, sold
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

CASE: Final = """... on OrderCaseSuccess { case { status
  messages { edges { node { text isFromVendor } } } } vendorOrder { number } }"""


def test_the_vendor_answers_and_closes() -> None:
    part = part_of(sold())
    row = open_case(part=part, actor=None, topic=CaseTopic.OTHER, text="Hm.")
    case, client = encode_id("OrderCase", row.pk), GraphQL(member_of(part.vendor, VendorRole.SUPPORT))
    for _ in range(2):
        answered = mutate(client, "answerOrderCase", CASE, case=case, message="Yes?", idempotencyKey="one")
    other = mutate(client, "answerOrderCase", CASE, case=case, message="No?", idempotencyKey="one")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert answered == {
        "case": {
            "status": "ANSWERED",
            "messages": {
                "edges": [
                    {"node": {"text": "Hm.", "isFromVendor": False}},
                    {"node": {"text": "Yes?", "isFromVendor": True}},
                ]
            },
        },
        "vendorOrder": {"number": part.number},
    }
    assert mutate(client, "closeOrderCase", CASE, case=case)["case"]["status"] == "CLOSED"
    assert mutate(client, "closeOrderCase", CASE, case=case)["code"] == "TRANSITION_NOT_ALLOWED"
    shipper = GraphQL(member_of(part.vendor, VendorRole.FULFILMENT))
    assert mutate(shipper, "answerOrderCase", CASE, case=case, message="Me?")["code"] == "NOT_PERMITTED"
