"""Buying through the pages, as a browser without script does: forms, redirects, cookies."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Variant
from checkout.models import Cart, Order, Payment, PaymentState
from marketplace.accounts.models import User
from marketplace.api.scalars import encode_id
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support import payments

CHECKOUT_QUERIES = 3
HOME = {
    "name": "Ada",
    "line1": "Via 1",
    "line2": "",
    "city": "Rome",
    "state": "",
    "postalCode": "",
    "country": "IT",
}
SHIPPING = {f"shippingAddress.{name}": value for name, value in HOME.items()}
BILLING = {f"billingAddress.{name}": value for name, value in (HOME | {"name": "Bill"}).items()}


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    """The address the test client calls us by."""
    settings.SITE_URL = "http://testserver"


def _fill(client: Client, *variants: Variant) -> None:
    for variant in variants:
        sent = {"variant": encode_id("Variant", variant.pk), "quantity": "1"}
        assert client.post(f"/products/{variant.product.slug}/add", sent).status_code == 303


def _post(client: Client, address: str, **typed: object) -> Any:
    return client.post(address, typed, follow=True)


def _step(page: str) -> str:
    """The step of the checkout whose form is shown."""
    (action,) = re.findall(r'<form method="post" action="/checkout/(\w+)"', page)
    return str(action)


def _ordered(client: Client, *variants: Variant) -> str:
    """The payment page of what a guest has ordered."""
    _fill(client, *variants)
    _post(client, "/checkout/contact", email="guest@example.com")
    _post(client, "/checkout/addresses", same="1", **SHIPPING)
    total = _hidden(client.get("/checkout").text)["expectedTotal"]
    response = _post(client, "/checkout/order", expectedTotal=total)
    assert response.status_code == 200
    return str(response.text)


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def _pay(
    client: Client, page: str, number: str = payments.OK, *, expiry: str = "12/99", cvc: str = "123"
) -> Any:
    """Send the card form of the payment page, and go where it leads."""
    (address,) = re.findall(r'class="panel" method="post" action="(/sandbox/[^"]+)"', page)
    return _post(client, address, **_hidden(page), number=number, expiry=expiry, cvc=cvc)


def _problem(page: str) -> str:
    (message,) = re.findall(r'role="alert">([^<]+)<', page)
    return unescape(message)


@pytest.mark.django_db(transaction=True)
def test_a_guest_buys_of_three_vendors_by_forms_alone() -> None:
    client = Client()
    variants = [buyable(price_minor=price) for price in (1001, 2002, 500)]
    dear = ShippingMethodFactory.create(vendor=variants[0].vendor, price_minor=900)
    ShippingMethodFactory.create(vendor=variants[0].vendor, price_minor=490)
    _fill(client, *variants)
    assert _step(client.get("/checkout").text) == "contact"
    page = _post(client, "/checkout/contact", email="guest@example.com").text
    assert _step(page) == "addresses"
    page = _post(client, "/checkout/addresses", **SHIPPING, **BILLING).text
    assert _step(page) == "shipping"
    choice = {encode_id("Vendor", dear.vendor_id): encode_id("ShippingOption", dear.pk)}
    page = _post(client, "/checkout/shipping", **choice).text
    assert (_step(page), _hidden(page)["expectedTotal"]) == ("order", "44.03")
    page = _post(client, "/checkout/order", expectedTotal="44.03").text
    page = _pay(client, page).text
    order = Order.objects.get()
    assert "Thank you: it is paid" in page
    assert re.findall(rf"{order.number}-(\d)", page) == ["1", "2", "3"]
    assert (order.payment_state, order.total_minor, order.email) == ("paid", 4403, "guest@example.com")
    assert (order.shipping_address["name"], order.billing_address["name"]) == ("Ada", "Bill")
    assert [each.on_hand for each in Variant.objects.order_by("pk")] == [4, 4, 4]
    assert "There is nothing in it yet" in client.get("/cart").text
    assert 'class="count"' not in page


@pytest.mark.django_db(transaction=True)
def test_a_declined_card_is_told_and_another_one_pays() -> None:
    client = Client()
    page = _pay(client, _ordered(client, buyable()), payments.NO_FUNDS).text
    assert _problem(page) == "There is not enough money on this card. Try another one."
    assert Order.objects.get().payment_state == PaymentState.PENDING
    assert "Thank you: it is paid" in _pay(client, page).text
    assert (Payment.objects.count(), Variant.objects.get().on_hand) == (1, 4)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("card", "field"),
    [
        ({"number": "4111111111111111"}, "number"),
        ({"expiry": "1/20"}, "expiry"),
        ({"expiry": "soon"}, "expiry"),
        ({"expiry": "13/99"}, "expiry"),
        ({"cvc": "12"}, "cvc"),
    ],
)
def test_a_card_that_cannot_be_tried_is_told_at_its_field(card: dict[str, str], field: str) -> None:
    client = Client()
    page = _pay(client, _ordered(client, buyable()), **card).text
    assert re.findall(r'id="(\w+)-problem"', page) == [field]
    assert "4111111" not in page
    assert Order.objects.get().payment_state == PaymentState.PENDING


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "shown", "state"),
    [("approve", "Thank you: it is paid", "paid"), ("fail", "make sure that it is you", "pending")],
)
def test_the_bank_asks_the_buyer_and_sends_them_back(answer: str, shown: str, state: str) -> None:
    client = Client()
    bank = _pay(client, _ordered(client, buyable()), payments.ASKS_BUYER)
    assert "Is it you who pays?" in bank.text
    (address, _) = bank.redirect_chain[-1]
    page = _post(client, address.partition("?")[0], **_hidden(bank.text), answer=answer).text
    assert shown in page
    assert Order.objects.get().payment_state == state


@pytest.mark.django_db(transaction=True)
def test_coming_back_without_having_paid_pays_nothing() -> None:
    client = Client()
    _ordered(client, buyable())
    order = Order.objects.get()
    forged = {"token": "forged", "payment": "pi_1", "card_error": "<script>"}
    assert client.get(f"/orders/{order.number}/return", forged).status_code == 404
    token = _hidden_token(client)
    page = client.get(f"/orders/{order.number}/return", {"token": token}, follow=True).text
    assert "Pay €10.00" in page
    assert Order.objects.get().payment_state == PaymentState.PENDING


def _hidden_token(client: Client) -> str:
    """The token of the open order, which is answered again."""
    response = client.post("/checkout/order", {})
    return unescape(response["Location"].partition("token=")[2]).replace("%3A", ":")


@pytest.mark.django_db(transaction=True)
def test_an_order_shows_itself_to_its_bearer_only() -> None:
    client = Client()
    _ordered(client, buyable())
    number = Order.objects.get().number
    for page in ("", "/payment"):
        assert Client().get(f"/orders/{number}{page}").status_code == 404
        assert Client().get(f"/orders/{number}{page}?token=x").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_total_that_rose_is_told_before_anything_is_ordered() -> None:
    client = Client()
    variant = buyable(price_minor=1000)
    _fill(client, variant)
    _post(client, "/checkout/contact", email="guest@example.com")
    _post(client, "/checkout/addresses", same="1", **SHIPPING)
    Variant.objects.update(price_minor=1500)
    response = _post(client, "/checkout/order", expectedTotal="10.00")
    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert "15.00" in _problem(response.text)
    assert _hidden(response.text)["expectedTotal"] == "15.00"


@pytest.mark.django_db
def test_errors_stand_at_their_fields_with_what_was_typed() -> None:
    client = Client()
    _fill(client, buyable())
    page = _post(client, "/checkout/contact", email="nobody").text
    assert re.findall(r'id="([\w.]+)-problem"', page) == ["email"]
    assert 'value="nobody"' in page
    _post(client, "/checkout/contact", email="guest@example.com")
    wrong = SHIPPING | {"shippingAddress.city": ""}
    response = _post(client, "/checkout/addresses", same="1", **wrong)
    assert response.status_code == 422
    assert re.findall(r'id="([\w.]+)-problem"', response.text) == ["shippingAddress.city"]
    assert 'value="Via 1"' in response.text
    assert '<option value="IT" selected>' in response.text
    assert Cart.objects.get().shipping_address is None


@pytest.mark.django_db
def test_no_step_is_skipped_by_its_address() -> None:
    client = Client()
    _fill(client, buyable())
    assert [
        _step(client.get(f"/checkout?step={step}").text) for step in ("review", "shipping", "nonsense")
    ] == ["contact"] * 3
    _post(client, "/checkout/contact", email="guest@example.com")
    assert _step(client.get("/checkout?step=contact").text) == "contact"


@pytest.mark.django_db
def test_there_is_no_checkout_without_a_cart(client: Client) -> None:
    assert client.get("/checkout")["Location"] == "/cart"
    assert client.post("/checkout/contact", {"email": "guest@example.com"})["Location"] == "/cart"


@pytest.mark.django_db
def test_a_member_chooses_of_the_book_and_never_of_another(client: Client) -> None:
    ada: User = UserFactory.create(email="ada@example.com")
    mine = AddressFactory.create(billing_profile=ada.billing_profile, line1="Mine 1")
    other = AddressFactory.create(line1="Other 2")
    client.force_login(ada)
    _fill(client, buyable())
    page = client.get("/checkout").text
    assert _step(page) == "addresses"  # who buys is known
    assert ("Mine 1" in page, "Other 2" in page) == (True, False)
    chosen = {"same": "1", "shippingAddress.address": encode_id("Address", other.pk)}
    assert _post(client, "/checkout/addresses", **chosen).status_code == 422
    chosen["shippingAddress.address"] = encode_id("Address", mine.pk)
    assert _step(_post(client, "/checkout/addresses", **chosen).text) == "order"
    assert Cart.objects.get().shipping_address == mine


@pytest.mark.django_db
@pytest.mark.parametrize("products", [1, 3])
def test_a_checkout_costs_the_same_for_one_vendor_and_for_three(
    client: Client, products: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(products):
        ShippingMethodFactory.create(vendor=(variant := buyable()).vendor)
        _fill(client, variant)
    with django_assert_num_queries(CHECKOUT_QUERIES):
        client.get("/checkout")
