"""H33: what costs too little for the provider, or nothing at all, on its way through the checkout."""

import pytest

from catalog.models import Variant
from checkout.models import Cart, Order, Payment
from marketplace.gateway.models import SandboxIntent
from payouts.models import LedgerTransaction
from payouts.selectors import trial_balance
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.factories.vendors import VendorFactory
from tests.support.checkout import confirm, fill, mutate, pay_with, place
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

REFUSED = "... on PaymentRefusedError { codeOfProvider }"


def _shelved(minor: int, currency: str = "EUR") -> Variant:
    vendor = VendorFactory.create(currency=currency)
    ShippingMethodFactory.create(vendor=vendor, price_minor=0)
    return buyable(price_minor=minor, on_hand=5, vendor=vendor)


@pytest.mark.parametrize(("minor", "currency"), [(30, "EUR"), (30, "USD"), (49, "JPY"), (29, "GBP")])
def test_h33_too_little_is_refused_and_the_cart_goes_on(minor: int, currency: str) -> None:
    client, candle = GraphQL(), _shelved(minor, currency)
    fill(client, candle)
    refusal = mutate(client, "placeOrder", REFUSED)
    assert (refusal["code"], refusal["codeOfProvider"]) == ("PAYMENT_REFUSED", "amount_too_small")
    candle.refresh_from_db()
    assert (candle.on_hand, candle.reserved, SandboxIntent.objects.count()) == (5, 0, 0)
    assert (Cart.objects.get().status, Order.objects.get().payment_state) == ("active", "cancelled")
    assert client.ask("{ cart { itemCount } }") == {"cart": {"itemCount": 1}}
    fill(client, candle)
    placed = place(client)
    assert pay_with(client, placed) == 200
    assert confirm(client, placed)["order"]["status"] == "PAID"
    assert list(Order.objects.order_by("pk").values_list("payment_state", "total_minor")) == [
        ("cancelled", minor),
        ("paid", 2 * minor),
    ]


def test_h33_nothing_to_pay_is_paid_at_once() -> None:
    client, leaflet = GraphQL(), _shelved(0)
    fill(client, leaflet)
    placed = place(client, expectedTotal="0.00", idempotencyKey="one")
    order = placed["order"]
    assert (order["status"], order["payment"], order["total"]["amount"]) == ("PAID", None, "0.00")
    assert {edge["node"]["status"] for edge in order["vendorOrders"]["edges"]} == {"OPEN"}
    assert confirm(client, placed)["order"]["status"] == "PAID"
    leaflet.refresh_from_db()
    assert (leaflet.on_hand, leaflet.reserved, Cart.objects.get().status) == (4, 0, "paid")
    assert (Payment.objects.count(), SandboxIntent.objects.count()) == (0, 0)
    assert [money.minor for _, money in trial_balance() if money.minor] == []
    assert LedgerTransaction.objects.count() <= 1
    assert client.ask("{ cart { itemCount } }") == {"cart": None}
