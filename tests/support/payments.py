"""Pay with the sandbox as a buyer's browser does, and let its events come in without a network."""

import itertools
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from marketplace.accounts.models import PaymentMethod, User
from marketplace.accounts.operations import cards
from marketplace.gateway import inbox, registry
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.models.sandbox import EventShape
from marketplace.gateway.provider import Intent
from marketplace.gateway.sandbox import refunds, webhooks
from marketplace.gateway.sandbox.cards import ReadCard
from marketplace.gateway.sandbox.endpoints import Endpoint
from marketplace.kernel import clock
from marketplace.kernel.money import Money

OK = "4242424242424242"
DECLINED = "4000000000000002"
NO_FUNDS = "4000000000009995"
EXPIRED = "4000000000000069"
WRONG_CVC = "4000000000000127"
ASKS_BUYER = "4000002500003155"
ALWAYS_ASKS_BUYER = "4000002760003184"
ATTACHES_THEN_DECLINES = "4000000000000341"
DISPUTED = "4000000000000259"
WARNED_OF = "4000000000005423"
REFUND_FAILS = "4000000000005126"

_numbers = itertools.count(1)


def opened(minor: int = 1000, currency: str = "EUR", **metadata: str) -> Intent:
    """A new payment at the sandbox, as placing an order makes one."""
    return registry.default().start_payment(
        amount=Money(minor, currency),
        metadata=metadata,
        email="ada@example.com",
        key=f"pi:test-{next(_numbers)}:v1",
    )


def read(number: str = OK) -> ReadCard:
    """What the sandbox keeps of a test card."""
    return ReadCard(last4=number[-4:], exp_month=12, exp_year=2099)


def body(secret: str, number: str = OK, **more: object) -> dict[str, Any]:
    """What the browser sends to confirm."""
    card = {"number": number, "exp_month": 12, "exp_year": 2099, "cvc": "123"}
    return {"client_secret": secret, "card": card, **more}


def confirm(intent: Intent, number: str = OK, **more: object) -> Any:
    """The buyer pays by card."""
    return pay(intent.ref, intent.client_secret, number, **more)


def pay(ref: str, secret: str, number: str = OK, **more: object) -> Any:
    """The same, of a payment of which no more is known."""
    return Client().post(
        f"/sandbox/v1/intents/{ref}/confirm",
        json.dumps(body(secret, number, **more)),
        content_type="application/json",
    )


def tell_card(ref: str, secret: str, number: str = OK) -> Any:
    """The buyer's browser tells the sandbox a card to keep."""
    return Client().post(
        f"/sandbox/v1/setups/{ref}/confirm", json.dumps(body(secret, number)), content_type="application/json"
    )


def kept_card(user: User, number: str = OK) -> PaymentMethod:
    """A card that the user keeps."""
    setup = cards.start_card(user=user)
    told = tell_card(setup.ref, setup.client_secret, number)
    assert told.status_code == 200
    if told.json()["status"] == "requires_action":
        answer_bank_of(setup.ref, setup.client_secret)
    return cards.save_card(user=user, setup_id=setup.pk)


def answer_bank(intent: Intent, answer: str = "approve") -> Any:
    """The buyer approves or fails on the page of the bank."""
    return answer_bank_of(intent.ref, intent.client_secret, answer)


def answer_bank_of(ref: str, secret: str, answer: str = "approve") -> Any:
    """The same, of a payment or the saving of a card of which no more is known."""
    return Client().post(f"/sandbox/3ds/{ref}", {"client_secret": secret, "answer": answer})


def paid(minor: int = 1000, currency: str = "EUR", number: str = OK) -> Intent:
    """A payment that has succeeded."""
    intent = opened(minor, currency)
    assert confirm(intent, number).status_code == 200
    return registry.default().get_payment(intent.ref)


def refund_there(charge_ref: str, amount: Money) -> str:
    """People give money back on the provider's own pages; the reference of that."""
    with transaction.atomic(durable=True):
        return refunds.refund(charge_ref, amount=amount, metadata={}).ref


def webhook(event: SandboxEvent) -> tuple[str, bytes, dict[str, str]]:
    """An event as the provider of new payments tells it: where, the bytes, and what goes with them."""
    provider = settings.PAYMENT_PROVIDER
    if provider == "sandbox":
        return f"/webhooks/{provider}", webhooks.body(event), webhooks.headers(event)
    is_connect = bool(event.account_ref)
    hears = Endpoint(
        url=f"/webhooks/{provider}{'/connect' * is_connect}",
        secrets=settings.STRIPE_CONNECT_WEBHOOK_SECRETS if is_connect else settings.STRIPE_WEBHOOK_SECRETS,
        shape=EventShape.STRIPE,
    )
    body = hears.body(event)
    return hears.url, body, hears.headers(body)


def tell(event: SandboxEvent) -> Receipt:
    """Let an event come in, signed, by the way webhooks come."""
    address, raw, headers = webhook(event)
    return inbox.receive(
        provider=settings.PAYMENT_PROVIDER,
        raw=raw,
        headers=headers,
        is_connect=address.endswith("/connect"),
    )


def receive_all() -> list[Receipt]:
    """Let every event come in that has not, in order."""
    waiting = list(SandboxEvent.objects.filter(delivered_at__isnull=True).order_by("pk"))
    receipts = [tell(event) for event in waiting]
    SandboxEvent.objects.filter(pk__in=[event.pk for event in waiting]).update(delivered_at=clock.now())
    return receipts
