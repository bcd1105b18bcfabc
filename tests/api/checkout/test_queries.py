"""The cart of whoever asks, and nobody else's."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout.models import Cart, CartStatus
from marketplace.api.scalars import encode_id
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VariantFactory, illustrated
from tests.factories.checkout import CartLineFactory, ShippingMethodFactory, buyable, filled_cart
from tests.factories.vendors import VendorFactory
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

MONEY = "{ amount currency }"
CART = f"""{{ cart {{
  id itemCount email
  subtotal {MONEY} discount {MONEY} shipping {MONEY} tax {MONEY} total {MONEY}
  warnings {{ code message line {{ id product {{ title }} }} }}
  shippingAddress {{ country }} billingAddress {{ country }}
  groups {{
    vendor {{ slug name }}
    lines {{ edges {{ node {{
      id quantity asked characteristics {{ name value }} unitPrice {MONEY} subtotal {MONEY}
      variant {{ id sku price {MONEY} stockLevel options {{ name value }} }}
      product {{
        slug title vendor {{ name }} category {{ name }}
        images(first: 1) {{ edges {{ node {{ alt url renditions {{ url }} }} }} }}
      }}
    }} }} }}
    subtotal {MONEY} discount {MONEY} shipping {MONEY} tax {MONEY} total {MONEY}
    shippingOptions {{ id name price {MONEY} }} selectedShipping {{ id name }}
  }}
}} }}"""
OPTIONS = "{ cart { groups { vendor { name } shippingOptions { id name price { amount } } } } }"
NODE = "query($id: ID!) { node(id: $id) { id ... on Cart { itemCount } ... on CartLine { quantity } } }"


def _with_cart(cart: Cart) -> GraphQL:
    """The browser of the guest whose cart it is."""
    client = GraphQL()
    session = client.http.session
    session["cart_id"] = str(cart.token)
    session.save()
    return client


def test_before_the_first_add_there_is_none() -> None:
    client = GraphQL()
    assert client.ask("{ cart { itemCount } }") == {"cart": None}
    assert "sessionid" not in client.http.cookies
    assert GraphQL(UserFactory.create()).ask("{ cart { itemCount } }") == {"cart": None}
    assert not Cart.objects.exists()


def test_a_cart_is_shown_by_vendor() -> None:
    tea = buyable(price_minor=1250, on_hand=1)
    parcel = ShippingMethodFactory.create(vendor=tea.vendor, name="Parcel", price_minor=490)
    cart = filled_cart(tea, buyable(price_minor=800), quantity=2)
    shown = _with_cart(cart).ask(CART)["cart"]
    line = cart.lines.get(variant=tea)
    assert (shown["id"], shown["itemCount"], shown["total"]) == (
        encode_id("Cart", cart.pk),
        4,
        {"amount": "45.90", "currency": "EUR"},
    )
    first, second = shown["groups"]
    assert first["vendor"] == {"slug": tea.vendor.slug, "name": tea.vendor.name}
    assert first["selectedShipping"] == {"id": encode_id("ShippingOption", parcel.pk), "name": "Parcel"}
    assert first["shippingOptions"][0]["price"]["amount"] == first["shipping"]["amount"] == "4.90"
    assert (first["total"]["amount"], second["total"]["amount"]) == ("29.90", "16.00")
    assert (second["shippingOptions"], second["selectedShipping"]) == ([], None)
    (edge,) = first["lines"]["edges"]
    assert edge["node"]["id"] == encode_id("CartLine", line.pk)
    assert edge["node"]["product"]["title"] == tea.product.title
    assert shown["warnings"] == [
        {
            "code": "OUT_OF_STOCK",
            "message": f"Only 1 of {tea.product.title} are left.",
            "line": {"id": encode_id("CartLine", line.pk), "product": {"title": tea.product.title}},
        }
    ]


def test_a_member_has_the_cart_in_every_browser() -> None:
    user = UserFactory.create()
    filled_cart(buyable(), user=user, quantity=3)
    assert GraphQL(user).ask("{ cart { itemCount } }") == {"cart": {"itemCount": 3}}


def test_a_cart_that_was_paid_is_gone() -> None:
    cart = filled_cart(buyable())
    client = _with_cart(cart)
    Cart.objects.update(status=CartStatus.PAID)
    assert client.ask("{ cart { itemCount } }") == {"cart": None}


def test_ids_open_ones_own_cart_only() -> None:
    mine, theirs = filled_cart(buyable()), filled_cart(buyable(), user=UserFactory.create())
    client, stranger = _with_cart(mine), _with_cart(theirs)
    for kind, key, value in (
        ("Cart", mine.pk, {"itemCount": 1}),
        ("CartLine", mine.lines.get().pk, {"quantity": 1}),
    ):
        id_ = encode_id(kind, key)
        assert client.ask(NODE, id=id_) == {"node": {"id": id_, **value}}
        for other in (GraphQL(), stranger, GraphQL(UserFactory.create(is_staff=True, is_superuser=True))):
            assert other.ask(NODE, id=id_) == {"node": None}
    assert client.ask(NODE, id=encode_id("Cart", theirs.pk)) == {"node": None}
    assert client.ask(NODE, id=encode_id("CartLine", theirs.lines.get().pk)) == {"node": None}


def _filled(vendors: int, lines: int) -> Cart:
    """A cart with so many lines of each vendor, each with pictures."""
    variants: list[Variant] = []
    for vendor in VendorFactory.create_batch(vendors):
        ShippingMethodFactory.create_batch(2, vendor=vendor)
        variants += [buyable(vendor=vendor) for _ in range(lines)]
    for variant in variants:
        illustrated(variant.product, 2)
    return filled_cart(*variants, quantity=6)


@pytest.mark.parametrize(("vendors", "lines"), [(1, 1), (5, 10)])
def test_a_cart_costs_the_same_whatever_it_holds(
    vendors: int, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = _with_cart(_filled(vendors, lines))
    # The session, the cart, its lines, the ways to ship; then what is asked of the lines and their pictures,
    # and of the lines with a warning.
    with django_assert_num_queries(5):
        cart = client.ask(CART)["cart"]
    assert (len(cart["groups"]), len(cart["warnings"])) == (vendors, vendors * lines)


@pytest.mark.parametrize("vendors", [1, 5])
def test_shipping_options_cost_the_same_for_any_number_of_vendors(
    vendors: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = _with_cart(_filled(vendors, 1))
    with django_assert_num_queries(3):
        groups: list[Any] = client.ask(OPTIONS)["cart"]["groups"]
    assert [len(group["shippingOptions"]) for group in groups] == [2] * vendors


def test_an_emptied_cart_costs_nothing() -> None:
    cart = filled_cart(buyable())
    cart.lines.all().delete()
    shown = _with_cart(cart).ask(CART)["cart"]
    assert (shown["groups"], shown["itemCount"]) == ([], 0)
    assert shown["total"] == {"amount": "0.00", "currency": "EUR"}


def test_what_is_asked_of_a_unit_is_shown() -> None:
    cart = filled_cart(buyable())
    CartLineFactory.create(cart=cart, variant=VariantFactory.create(), characteristics={"Note": "Hi"})
    (_, group) = _with_cart(cart).ask(CART)["cart"]["groups"]
    (edge,) = group["lines"]["edges"]
    assert edge["node"]["characteristics"] == [{"name": "Note", "value": "Hi"}]
