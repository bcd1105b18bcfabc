"""A buyer's way from an empty session to a cart that says everything an order needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from checkout.models import Cart, CartLine, CartStatus
from marketplace.accounts.models import Address, GuestEmail
from marketplace.api.scalars import encode_id
from tests.factories.accounts import PASSWORD, AddressFactory, UserFactory
from tests.factories.catalog import illustrated
from tests.factories.checkout import ShippingMethodFactory, buyable, filled_cart
from tests.factories.vendors import VendorFactory
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

CART = """cart { itemCount email total { amount } tax { amount }
  shippingAddress { city } billingAddress { city } warnings { code line { id } }
  groups { vendor { name slug } total { amount } shippingOptions { id name price { amount } }
    selectedShipping { name } lines { edges { node { id quantity unitPrice { amount }
      characteristics { name value }
      product { title slug images(first: 1) { edges { node { url } } } }
      variant { id sku options { name value } } } } } } }"""
ERROR = "... on Error { __typename code message field }"
LOG_IN = (
    """mutation($input: LogInInput!) { logIn(input: $input) { ... on LogInSuccess { user { email } } } }"""
)
LOG_OUT = "mutation { logOut(input: {}) { ... on LogOutSuccess { csrfToken } } }"

ADA = {"name": "Ada", "line1": "Main St 1", "city": "Berlin", "country": "DE"}


def call(client: GraphQL, field: str, **input: object) -> Any:
    name = field[0].upper() + field[1:]
    document = f"""mutation($input: {name}Input!) {{ {field}(input: $input) {{
      ... on CartSuccess {{ {CART} }} {ERROR} }} }}"""
    return client.ask(document, input=input)[field]


def variant_id(variant: Variant) -> str:
    return encode_id("Variant", variant.pk)


def refusal(answer: Any) -> tuple[str, str | None]:
    return answer["code"], answer["field"]


@contextmanager
def statements(count: int) -> Iterator[None]:
    """What is sent within, but for BEGIN and COMMIT and what counts for rate limits."""
    with CaptureQueriesContext(connection) as captured:
        yield
    every = [query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"}]
    sent = [sql for sql in every if "kernel_ratewindow" not in sql]
    assert len(sent) == count, "\n".join(sent)


def test_from_an_empty_session_to_a_complete_cart() -> None:
    with override_settings(TAX_RATES={"DE": 1900}):
        tea, mug = buyable(price_minor=1000), buyable(price_minor=500)
        _, express = (
            ShippingMethodFactory.create(vendor=tea.vendor, name=name, price_minor=price)
            for name, price in (("Parcel", 490), ("Express", 990))
        )
        client = GraphQL()
        call(client, "addToCart", variant=variant_id(tea), quantity=2)
        cart = call(client, "addToCart", variant=variant_id(mug))["cart"]
        assert (cart["itemCount"], cart["total"]["amount"], cart["email"]) == (3, "25.00", "")
        assert [group["selectedShipping"] for group in cart["groups"]] == [None, None]
        call(client, "setCheckoutContact", email="Ada@Example.com")
        cart = call(
            client,
            "setCheckoutAddresses",
            shippingAddress={"details": ADA},
            billingAddress={"details": ADA | {"city": "Bonn"}},
        )["cart"]
        assert (cart["shippingAddress"], cart["billingAddress"]) == ({"city": "Berlin"}, {"city": "Bonn"})
        cart = call(
            client,
            "selectShipping",
            vendor=encode_id("Vendor", tea.vendor_id),
            option=encode_id("ShippingOption", express.pk),
        )["cart"]
        assert cart["groups"][0]["selectedShipping"] == {"name": "Express"}
        # 19 % of 20.00, 9.90 and 5.00, each rounded by itself: 3.80, 1.88, 0.95.
        assert (cart["tax"]["amount"], cart["total"]["amount"]) == ("6.63", "41.53")
        assert (cart["email"], client.http.session["cart_items"]) == ("ada@example.com", 3)


class TestAddToCart:
    def test_needs_no_account_and_keeps_the_token_in_the_session(self) -> None:
        client = GraphQL()
        call(client, "addToCart", variant=variant_id(buyable()))
        cart = Cart.objects.get()
        assert client.http.session["cart_id"] == str(cart.token)
        assert client.http.session["cart_items"] == 1
        assert GraphQL().ask("{ cart { itemCount } }") == {"cart": None}

    def test_the_same_adds_up_and_another_colour_is_another_line(self) -> None:
        client, variant = GraphQL(), buyable()
        for colour in ("Blue", "Blue", "Red"):
            answer = call(
                client,
                "addToCart",
                variant=variant_id(variant),
                characteristics=[{"name": "Colour", "value": colour}],
            )
        (group,) = answer["cart"]["groups"]
        lines = [edge["node"] for edge in group["lines"]["edges"]]
        assert [(line["characteristics"][0]["value"], line["quantity"]) for line in lines] == [
            ("Blue", 2),
            ("Red", 1),
        ]

    def test_says_what_is_sold_out(self) -> None:
        client, variant = GraphQL(), buyable(on_hand=1)
        call(client, "addToCart", variant=variant_id(variant))
        document = f"""mutation($input: AddToCartInput!) {{ addToCart(input: $input) {{
          {ERROR} ... on OutOfStockError {{ shortages {{ id title asked left }} }} }} }}"""
        answer = client.ask(document, input={"variant": variant_id(variant)})["addToCart"]
        assert refusal(answer) == ("OUT_OF_STOCK", "quantity")
        assert answer["shortages"] == [
            {"id": variant_id(variant), "title": variant.product.title, "asked": 1, "left": 0}
        ]

    def test_warns_where_fewer_were_left(self) -> None:
        answer = call(GraphQL(), "addToCart", variant=variant_id(buyable(on_hand=2)), quantity=9)
        (warning,) = answer["cart"]["warnings"]
        line_id = encode_id("CartLine", CartLine.objects.get().pk)
        assert warning == {"code": "QUANTITY_CLAMPED", "line": {"id": line_id}}
        assert answer["cart"]["itemCount"] == 2

    def test_names_what_cannot_be_put_in(self) -> None:
        client = GraphQL()
        euros, dollars = buyable(), buyable(vendor=VendorFactory.create(currency="USD"))
        call(client, "addToCart", variant=variant_id(euros))
        for given, expected in (
            ({"variant": variant_id(dollars)}, ("CURRENCY_MISMATCH", "variant")),
            ({"variant": encode_id("Variant", 10**9)}, ("NOT_FOUND", "variant")),
            ({"variant": encode_id("Product", euros.product_id)}, ("INVALID_INPUT", "variant")),
            ({"variant": "garbage"}, ("INVALID_INPUT", "variant")),
            ({"variant": variant_id(euros), "quantity": 0}, ("INVALID_INPUT", "quantity")),
            ({"variant": variant_id(euros), "quantity": -(2**31)}, ("INVALID_INPUT", "quantity")),
            (
                {"variant": variant_id(euros), "characteristics": [{"name": "", "value": "x"}]},
                ("INVALID_INPUT", "characteristics"),
            ),
        ):
            assert refusal(call(client, "addToCart", **given)) == expected
        assert CartLine.objects.get().quantity == 1


class TestLines:
    def test_are_changed_and_removed(self) -> None:
        client = GraphQL()
        added = call(client, "addToCart", variant=variant_id(buyable()))["cart"]
        line = added["groups"][0]["lines"]["edges"][0]["node"]["id"]
        assert call(client, "updateCartLine", line=line, quantity=3)["cart"]["itemCount"] == 3
        assert call(client, "removeCartLine", line=line)["cart"]["groups"] == []
        assert client.http.session["cart_items"] == 0

    def test_of_somebody_elses_cart_answer_like_none(self) -> None:
        theirs = filled_cart(buyable(), user=UserFactory.create()).lines.get()
        client = GraphQL()
        call(client, "addToCart", variant=variant_id(buyable()))
        for field, more in (("updateCartLine", {"quantity": 2}), ("removeCartLine", {})):
            answers = [
                call(client, field, line=encode_id("CartLine", key), **more) for key in (theirs.pk, 10**9)
            ]
            assert answers[0] == answers[1]
            assert refusal(answers[0]) == ("NOT_FOUND", "line")
        theirs.refresh_from_db()
        assert theirs.quantity == 1

    def test_sold_out_or_withdrawn_are_refused(self) -> None:
        client, variant = GraphQL(), buyable()
        added = call(client, "addToCart", variant=variant_id(variant))["cart"]
        line = added["groups"][0]["lines"]["edges"][0]["node"]["id"]
        variant.on_hand = 0
        variant.save()
        assert refusal(call(client, "updateCartLine", line=line, quantity=2)) == ("OUT_OF_STOCK", "quantity")
        variant.is_active = False
        variant.save()
        assert refusal(call(client, "updateCartLine", line=line, quantity=2)) == ("NOT_FOR_SALE", "line")


class TestDetails:
    def test_come_in_their_order(self) -> None:
        client = GraphQL()
        address = {"shippingAddress": {"details": ADA}}
        assert refusal(call(client, "setCheckoutContact", email="a@example.com")) == ("NOT_FOUND", None)
        call(client, "addToCart", variant=variant_id(buyable()))
        assert refusal(call(client, "setCheckoutAddresses", **address)) == ("CHECKOUT_INCOMPLETE", "email")
        assert refusal(call(client, "setCheckoutContact")) == ("CHECKOUT_INCOMPLETE", "email")
        assert refusal(call(client, "setCheckoutContact", email="a")) == ("INVALID_INPUT", "email")
        assert not GuestEmail.objects.exists()
        assert not Address.objects.exists()

    def test_take_an_old_address_or_a_new_one(self) -> None:
        user = UserFactory.create()
        old = AddressFactory.create(billing_profile=user.billing_profile, city="Hamburg")
        client = GraphQL(user)
        call(client, "addToCart", variant=variant_id(buyable()))
        by_id = {"address": encode_id("Address", old.pk)}
        cart = call(client, "setCheckoutAddresses", shippingAddress=by_id)["cart"]
        assert cart["shippingAddress"] == cart["billingAddress"] == {"city": "Hamburg"}
        for given in ({}, by_id | {"details": ADA}):
            answer = call(client, "setCheckoutAddresses", shippingAddress=given)
            assert refusal(answer) == ("INVALID_INPUT", "shippingAddress")
        theirs = {"address": encode_id("Address", AddressFactory.create().pk)}
        answer = call(client, "setCheckoutAddresses", shippingAddress=by_id, billingAddress=theirs)
        assert refusal(answer) == ("NOT_FOUND", "billingAddress")
        answer = call(client, "setCheckoutAddresses", shippingAddress={"details": ADA | {"country": "XX"}})
        assert refusal(answer) == ("INVALID_INPUT", "shippingAddress.country")

    def test_take_the_ways_of_the_vendors_in_the_cart_only(self) -> None:
        client = GraphQL()
        call(client, "addToCart", variant=variant_id(buyable()))
        stranger = ShippingMethodFactory.create()
        answer = call(
            client,
            "selectShipping",
            vendor=encode_id("Vendor", stranger.vendor_id),
            option=encode_id("ShippingOption", stranger.pk),
        )
        assert refusal(answer) == ("NOT_FOUND", "vendor")


class TestSigningIn:
    def test_takes_the_guests_cart_along_once(self) -> None:
        user, variant, client = UserFactory.create(), buyable(), GraphQL()
        own = filled_cart(variant, user=user)
        call(client, "addToCart", variant=variant_id(variant), quantity=2)
        for _ in range(2):
            client.ask(LOG_IN, input={"email": user.email, "password": PASSWORD})
            token = client.ask("{ csrfToken }")["csrfToken"]
            client.http.cookies["csrftoken"].set("csrftoken", token, token)
            assert client.ask("{ cart { itemCount } }") == {"cart": {"itemCount": 3}}
        assert Cart.objects.filter(status=CartStatus.ACTIVE).get() == own
        assert client.http.session["cart_items"] == 3

    def test_leaves_the_cart_on_the_server_when_signing_out(self) -> None:
        user = UserFactory.create()
        filled_cart(buyable(), user=user)
        client = GraphQL(user)
        client.ask(LOG_OUT)
        assert client.ask("{ cart { itemCount } }") == {"cart": None}
        assert GraphQL(user).ask("{ cart { itemCount } }") == {"cart": {"itemCount": 1}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vendors", [1, 150])
@pytest.mark.parametrize(("is_member", "counts"), [(False, (5, 7, 7)), (True, (9, 8, 8))])
def test_adding_costs_the_same_on_a_large_platform(
    vendors: int, is_member: bool, counts: tuple[int, int, int]
) -> None:
    """The first unit makes session and cart, the second a line, the third adds to a line: 12 at most."""
    for vendor in VendorFactory.create_batch(vendors):
        ShippingMethodFactory.create(vendor=vendor)
    tea, mug = buyable(), buyable()
    illustrated(tea.product, 2)
    illustrated(mug.product, 2)
    client = GraphQL(UserFactory.create() if is_member else None)
    for variant, count in zip((tea, mug, mug), counts, strict=True):
        with statements(count):
            answer = call(client, "addToCart", variant=variant_id(variant))
    assert answer["cart"]["itemCount"] == 3
