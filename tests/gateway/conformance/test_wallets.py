"""Customers and their cards: what the port promises, whoever keeps it."""

import pytest

from marketplace.gateway.provider import (
    Customer,
    Intent,
    IntentStatus,
    PaymentProvider,
    ProviderRefused,
    SavedCard,
    SetupStatus,
)
from marketplace.kernel.money import Money
from tests.support import payments


def customer(provider: PaymentProvider, name: str = "Ada") -> Customer:
    email = f"{name.lower()}@example.com"
    return provider.create_customer(
        email=email, name=name, metadata={"billing_profile": name}, key=f"cus:{name}:v1"
    )


def saved(provider: PaymentProvider, owner: Customer, number: str = payments.OK) -> SavedCard:
    """A card that the browser has saved for this customer."""
    key = f"seti:{owner.ref}:{number}:v1"
    setup = provider.start_setup(owner.ref, metadata={}, key=key)
    assert provider.start_setup(owner.ref, metadata={}, key=key).ref == setup.ref
    payments.pay(setup.ref, setup.client_secret, number)
    told = provider.get_setup(setup.ref)
    if told.status == SetupStatus.REQUIRES_ACTION:
        assert told.action_url
        payments.answer_bank_of(setup.ref, setup.client_secret)
        told = provider.get_setup(setup.ref)
    assert (told.status, told.customer_ref) == (SetupStatus.SUCCEEDED, owner.ref)
    return provider.get_card(told.card_ref or "")


def charged(provider: PaymentProvider, owner: Customer, card: SavedCard, key: str) -> Intent:
    return provider.charge_card(
        amount=Money(1000, "EUR"),
        customer_ref=owner.ref,
        card_ref=card.ref,
        metadata={"payment": key},
        email=owner.email,
        key=key,
    )


def test_cards_are_kept_for_their_customer_alone(provider: PaymentProvider) -> None:
    ada, bob = customer(provider), customer(provider, "Bob")
    assert customer(provider).ref == ada.ref
    assert (ada.email, ada.default_card_ref, ada.metadata["billing_profile"]) == (
        "ada@example.com",
        None,
        "Ada",
    )
    first, second = saved(provider, ada), saved(provider, ada, payments.ASKS_BUYER)
    his = saved(provider, bob)
    assert (first.customer_ref, first.brand, first.last4) == (ada.ref, "visa", "4242")
    assert (first.exp_month, first.exp_year) == (12, 2099)
    assert [card.ref for card in provider.list_cards(ada.ref)] == [second.ref, first.ref]
    assert provider.set_default_card(ada.ref, second.ref, key="def:1:v1").default_card_ref == second.ref
    with pytest.raises(ProviderRefused):
        provider.set_default_card(ada.ref, his.ref, key="def:2:v1")
    with pytest.raises(ProviderRefused):
        charged(provider, ada, his, "pi:his:v1")
    assert provider.detach_card(second.ref, key="det:1:v1").customer_ref is None
    assert provider.detach_card(second.ref, key="det:2:v1").customer_ref is None
    assert provider.get_customer(ada.ref).default_card_ref is None
    assert provider.list_cards(ada.ref) == [first]
    with pytest.raises(ProviderRefused):
        charged(provider, ada, second, "pi:gone:v1")
    with pytest.raises(ProviderRefused, match="resource_missing"):
        provider.get_customer("cus_unknown")


def test_a_customer_is_forgotten_with_their_cards(provider: PaymentProvider) -> None:
    ada = customer(provider)
    card, waiting = saved(provider, ada), provider.start_setup(ada.ref, metadata={}, key="seti:open:v1")
    for number in range(2):
        provider.delete_customer(ada.ref, key=f"cusd:{number}:v1")
    assert payments.pay(waiting.ref, waiting.client_secret).status_code == 409
    assert provider.get_card(card.ref).customer_ref is None
    for forbidden in (
        lambda: provider.get_customer(ada.ref),
        lambda: provider.list_cards(ada.ref),
        lambda: provider.start_setup(ada.ref, metadata={}, key="seti:late:v1"),
        lambda: charged(provider, ada, card, "pi:late:v1"),
    ):
        with pytest.raises(ProviderRefused, match="resource_missing"):
            forbidden()


def test_a_kept_card_pays_without_the_buyer_unless_the_bank_asks(provider: PaymentProvider) -> None:
    ada = customer(provider)
    good, asking, bad = (
        saved(provider, ada, number)
        for number in (payments.OK, payments.ASKS_BUYER, payments.ATTACHES_THEN_DECLINES)
    )
    paid = charged(provider, ada, good, "pi:good:v1")
    assert (paid.status, paid.card_ref, paid.customer_ref) == (IntentStatus.SUCCEEDED, good.ref, ada.ref)
    assert charged(provider, ada, good, "pi:good:v1").ref == paid.ref
    declined = charged(provider, ada, bad, "pi:bad:v1")
    assert (declined.status, declined.decline_code) == (IntentStatus.REQUIRES_METHOD, "card_declined")
    asked = charged(provider, ada, asking, "pi:asks:v1")
    assert (asked.status, asked.decline_code) == (IntentStatus.REQUIRES_METHOD, "authentication_required")
    assert charged(provider, ada, asking, "pi:asks:v1").ref == asked.ref
    payments.confirm(asked, payments.ASKS_BUYER)
    payments.answer_bank(asked)
    assert provider.get_payment(asked.ref).status == IntentStatus.SUCCEEDED


def test_the_card_that_pays_is_kept_on_request(provider: PaymentProvider) -> None:
    ada = customer(provider)
    intent = provider.start_payment(
        amount=Money(1000, "EUR"),
        metadata={},
        email=ada.email,
        key="pi:keep:v1",
        customer_ref=ada.ref,
        saves_card=True,
    )
    payments.confirm(intent)
    paid = provider.get_payment(intent.ref)
    assert [card.ref for card in provider.list_cards(ada.ref)] == [paid.card_ref]
