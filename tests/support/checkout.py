"""A buyer's way through the checkout over HTTP, as a storefront goes it."""

import json
from typing import Any, Protocol

from catalog.models import Variant
from marketplace.api.scalars import encode_id
from tests.support.graphql import GraphQL
from tests.support.payments import OK, body

ERROR = "... on Error { __typename code message field }"
ORDER = """order { number status email total { amount currency } placedAt
  payment { status ref clientSecret browserKey declineCode actionUrl amount { amount } }
  shippingAddress { city } billingAddress { city }
  vendorOrders { edges { node { number status vendor { slug } total { amount } shipping { amount }
    shippingName lines { edges { node { title quantity unitPrice { amount } } } } } } } }"""
ADA = {"name": "Ada", "line1": "Main St 1", "city": "Berlin", "country": "DE"}


class Asks(Protocol):
    """Whoever sends documents and gets data: a client in this process, or one over a real connection."""

    def ask(self, document: str, **variables: object) -> Any: ...


def mutate(client: Asks, field: str, selection: str, **input: object) -> Any:
    """Send a mutation; what it answers, success or refusal."""
    name = field[0].upper() + field[1:]
    document = f"mutation($input: {name}Input!) {{ {field}(input: $input) {{ {selection} {ERROR} }} }}"
    return client.ask(document, input=input)[field]


def fill(client: Asks, *variants: Variant, quantity: int = 1) -> None:
    """Put variants in the cart and say what an order needs; each vendor ships in one way."""
    selection = "... on CartSuccess { cart { itemCount } }"
    for variant in variants:
        identifier = encode_id("Variant", variant.pk)
        answer = mutate(client, "addToCart", selection, variant=identifier, quantity=quantity)
        assert "cart" in answer, answer
    mutate(client, "setCheckoutContact", selection, email="ada@example.com")
    mutate(client, "setCheckoutAddresses", selection, shippingAddress={"details": ADA})


def place(client: Asks, **input: object) -> Any:
    """Place the order; `order` and `token`, or a refusal."""
    return mutate(client, "placeOrder", f"... on PlaceOrderSuccess {{ token {ORDER} }}", **input)


def confirm(client: Asks, placed: Any) -> Any:
    """Ask what the payment has come to; `order`, or a refusal."""
    number, token = placed["order"]["number"], placed["token"]
    selection = f"... on ConfirmPaymentSuccess {{ {ORDER} }}"
    return mutate(client, "confirmPayment", selection, number=number, token=token)


def pay_with(client: GraphQL, placed: Any, number: str = OK) -> int:
    """The browser confirms the payment with the provider, by card; the status of its answer."""
    payment = placed["order"]["payment"]
    response = client.http.post(
        f"/sandbox/v1/intents/{payment['ref']}/confirm",
        json.dumps(body(payment["clientSecret"], number)),
        content_type="application/json",
    )
    return response.status_code
