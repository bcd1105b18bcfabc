"""How a vendor takes things back, told to its buyers before they ask."""

from typing import Final

import pytest

from checkout.operations.fulfil import fulfill_vendor_order, mark_delivered
from checkout.selectors.orders import token_of
from checkout.selectors.returns import closes_at
from marketplace.api.scalars import encode_id
from tests.factories.checkout import buyable
from tests.factories.sold import part_of, sold
from tests.factories.vendors import member_of
from tests.support.checkout import mutate
from tests.support.graphql import GraphQL
from vendors.permissions import VendorRole

pytestmark = pytest.mark.django_db

TERMS: Final = "returnTerms { days restockingRate }"
SAVED: Final = f"... on VendorSuccess {{ vendor {{ {TERMS} }} }}"
ORDER: Final = f"""query($number: String!, $token: String) {{ order(number: $number, token: $token) {{
  vendorOrders {{ edges {{ node {{ returnClosesAt {TERMS} vendor {{ {TERMS} }} }} }} }} }} }}"""


def test_what_was_agreed_is_told_beside_what_is_offered_now() -> None:
    tea = buyable()
    client, account = GraphQL(member_of(tea.vendor)), encode_id("VendorAccount", tea.vendor_id)
    first = {"days": 20, "restockingRate": "12.50"}
    assert mutate(client, "saveReturnPolicy", SAVED, vendor=account, **first) == {
        "vendor": {"returnTerms": first}
    }
    part = part_of(sold(tea))
    mutate(client, "saveReturnPolicy", SAVED, vendor=account, days=30)
    asked = {"number": part.order.number, "token": token_of(part.order)}
    ((edge,),) = (GraphQL().ask(ORDER, **asked)["order"]["vendorOrders"]["edges"],)
    now = {"days": 30, "restockingRate": "0.00"}
    assert edge["node"] == {"returnClosesAt": None, "returnTerms": first, "vendor": {"returnTerms": now}}
    mark_delivered(fulfillment=fulfill_vendor_order(part=part, actor=None), actor=None)
    (edge,) = GraphQL().ask(ORDER, **asked)["order"]["vendorOrders"]["edges"]
    ends = closes_at(part)
    assert ends is not None
    assert edge["node"]["returnClosesAt"] == ends.isoformat()


def test_out_of_bounds_or_of_ones_role_is_refused() -> None:
    tea = buyable()
    client, account = GraphQL(member_of(tea.vendor)), encode_id("VendorAccount", tea.vendor_id)
    for wrong, field in (
        ({"days": 13}, "days"),
        ({"days": 30, "restockingRate": "50.01"}, "restockingRate"),
        ({"days": 30, "restockingRate": "1.001"}, "restockingRate"),
        ({"days": 30, "restockingRate": "1e400"}, "restockingRate"),
        ({"days": 30, "restockingRate": "-1"}, "restockingRate"),
    ):
        refused = mutate(client, "saveReturnPolicy", SAVED, vendor=account, **wrong)
        assert (refused["code"], refused["field"]) == ("INVALID_INPUT", field)
    support = GraphQL(member_of(tea.vendor, VendorRole.SUPPORT))
    assert mutate(support, "saveReturnPolicy", SAVED, vendor=account, days=30)["code"] == "NOT_PERMITTED"
