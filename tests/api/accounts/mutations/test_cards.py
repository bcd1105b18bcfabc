"""Keeping cards over the API, and paying with one of them the next time."""

import pytest

from checkout.models import Payment
from marketplace.accounts.models import CardSetup, PaymentMethod
from marketplace.gateway import registry
from marketplace.gateway.models import WebhookEvent
from tests.factories.accounts import UserFactory
from tests.factories.checkout import ShippingMethodFactory, buyable
from tests.support.checkout import confirm, fill, mutate, pay_with, place
from tests.support.graphql import GraphQL
from tests.support.payments import receive_all, tell_card

pytestmark = pytest.mark.django_db

CARD = "id brand last4 expMonth expYear isDefault hasExpired"
CARDS = f"{{ viewer {{ paymentMethods {{ edges {{ node {{ {CARD} }} }} }} }} }}"
SETUP = "... on StartCardSuccess { setup { id ref clientSecret provider } }"
SAVED = f"... on SaveCardSuccess {{ paymentMethod {{ {CARD} }} }}"


def _cards(client: GraphQL) -> list[dict[str, object]]:
    return [edge["node"] for edge in client.ask(CARDS)["viewer"]["paymentMethods"]["edges"]]


def test_a_card_is_kept_listed_and_taken_off() -> None:
    client = GraphQL(UserFactory.create())
    setup = mutate(client, "startCard", SETUP)["setup"]
    assert mutate(client, "saveCard", SAVED, setup=setup["id"])["code"] == "CARD_NOT_KEPT"
    assert tell_card(setup["ref"], setup["clientSecret"]).status_code == 200
    kept = mutate(client, "saveCard", SAVED, setup=setup["id"])["paymentMethod"]
    assert kept == {
        "id": kept["id"],
        "brand": "visa",
        "last4": "4242",
        "expMonth": 12,
        "expYear": 2099,
        "isDefault": True,
        "hasExpired": False,
    }
    assert _cards(client) == [kept]
    left = mutate(
        client,
        "deleteCard",
        "... on DeleteCardSuccess { paymentMethods { edges { node { id } } } }",
        paymentMethod=kept["id"],
    )
    assert left["paymentMethods"]["edges"] == _cards(client) == []


def test_a_webhook_keeps_the_card_where_the_browser_never_came_back() -> None:
    user = UserFactory.create()
    setup = mutate(GraphQL(user), "startCard", SETUP)["setup"]
    tell_card(setup["ref"], setup["clientSecret"])
    receive_all()
    assert PaymentMethod.objects.get().customer.billing_profile == user.billing_profile
    assert not WebhookEvent.objects.filter(settled_at=None).exists()


def test_who_is_not_signed_in_keeps_none() -> None:
    client = GraphQL()
    assert mutate(client, "startCard", SETUP)["code"] == "SIGN_IN_REQUIRED"
    assert not CardSetup.objects.exists()


def test_the_card_that_pays_is_kept_where_the_buyer_asks_for_it() -> None:
    user = UserFactory.create()
    client = GraphQL(user)
    variant = buyable()
    ShippingMethodFactory.create(vendor=variant.product.vendor)
    fill(client, variant)
    placed = place(client, saveCard=True)
    payment = Payment.objects.get()
    assert payment.is_card_kept
    assert registry.default().get_payment(payment.provider_ref).customer_ref == payment.customer_ref != ""
    assert pay_with(client, placed) == 200
    assert confirm(client, placed)["order"]["status"] == "PAID"
    receive_all()
    assert PaymentMethod.objects.get().last4 == "4242"
    assert _cards(client)[0]["isDefault"]


def test_who_thinks_again_of_keeping_the_card_pays_an_order_that_does_not() -> None:
    client = GraphQL(UserFactory.create())
    variant = buyable()
    ShippingMethodFactory.create(vendor=variant.product.vendor)
    fill(client, variant)
    kept, again, not_kept = (place(client, saveCard=saves) for saves in (True, True, False))
    numbers = [each["order"]["number"] for each in (kept, again, not_kept)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert [(each.is_card_kept, each.order.payment_state) for each in Payment.objects.order_by("pk")] == [
        (True, "superseded"),
        (False, "pending"),
    ]
    assert pay_with(client, not_kept) == 200
    receive_all()
    assert not PaymentMethod.objects.exists()
