"""What the address book and past orders have to do with each other: nothing."""

import pytest

from checkout.selectors.orders import token_of
from marketplace.accounts.models import Address
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.orders import placed
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

SAVE = "mutation($input: SaveAddressInput!) { saveAddress(input: $input) { __typename } }"
DELETE = "mutation($input: DeleteAddressInput!) { deleteAddress(input: $input) { __typename } }"
ORDER = """query($number: String!, $token: String) { order(number: $number, token: $token) {
  shippingAddress { name line1 city country } billingAddress { line1 } } }"""


def test_changing_and_deleting_an_address_leaves_the_orders_that_used_it_as_they_were() -> None:
    user = UserFactory.create()
    order = placed(user=user)
    client = GraphQL(user)
    before = client.ask(ORDER, number=order.number, token=token_of(order))
    assert before["order"]["shippingAddress"]["line1"] == "Unter den Linden 1"
    for address in Address.objects.all():
        identifier = encode_id("Address", address.pk)
        moved = {"name": "Eve", "line1": "Am Ufer 9", "city": "Wien", "country": "AT"}
        saved = client.ask(SAVE, input={"address": identifier, "addressType": "SHIPPING", **moved})
        assert saved == {"saveAddress": {"__typename": "SaveAddressSuccess"}}
        assert client.ask(ORDER, number=order.number, token=token_of(order)) == before
        client.ask(DELETE, input={"address": identifier})
    assert not Address.objects.exists()
    assert client.ask(ORDER, number=order.number, token=token_of(order)) == before
