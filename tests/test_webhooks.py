"""The webhook's address: what each receipt is answered with, and which events lead to what."""

import json
import time
from functools import partial

import httpx
import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from stripe import WebhookSignature

from catalog.models import StockMovement
from marketplace import webhooks as root
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxEvent, SandboxIntent, WebhookEvent
from marketplace.gateway.provider import PaymentProvider
from marketplace.gateway.sandbox import webhooks
from tests.factories.checkout import buyable
from tests.factories.orders import intent_of, placed
from tests.support import payments, wire
from tests.support.races import at_once


def opening() -> SandboxEvent:
    """The event of a new payment, to which nothing is done."""
    payments.opened()
    return SandboxEvent.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_signed_event_is_taken_without_cookie_or_token(live_server: LiveServer) -> None:
    event = opening()
    answers = [
        httpx.post(
            f"{live_server.url}/webhooks/sandbox",
            content=webhooks.body(event),
            headers=webhooks.headers(event),
        )
        for _ in range(2)
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"event": "ignored"}),
        (200, {"event": "replayed"}),
    ]
    assert WebhookEvent.objects.get().event_id == event.ref


@pytest.mark.django_db(transaction=True)
def test_five_copies_at_once_are_one_event(live_server: LiveServer) -> None:
    event = opening()
    address, raw, headers = (
        f"{live_server.url}/webhooks/sandbox",
        webhooks.body(event),
        webhooks.headers(event),
    )
    answers = at_once(*[partial(httpx.post, address, content=raw, headers=headers)] * 5)
    assert [getattr(answer, "status_code", answer) for answer in answers] == [200] * 5
    assert WebhookEvent.objects.get().event_id == event.ref


@pytest.mark.django_db(transaction=True)
def test_h15_an_order_is_paid_once_by_five_copies_at_once(
    provider: PaymentProvider, live_server: LiveServer
) -> None:
    tea = buyable(on_hand=5)
    order = placed(tea, quantity=2)
    payments.confirm(intent_of(order))
    event = SandboxEvent.objects.get(type="payment_intent.succeeded")
    address, raw, headers = payments.webhook(event)
    answers = at_once(*[partial(httpx.post, live_server.url + address, content=raw, headers=headers)] * 5)
    assert [getattr(answer, "status_code", answer) for answer in answers] == [200] * 5
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.payment_state, tea.on_hand, tea.reserved) == ("paid", 3, 0)
    assert StockMovement.objects.filter(delta=-2).count() == 1


@pytest.mark.django_db
def test_a_payment_that_is_not_its_orders_is_taken_and_changes_nothing() -> None:
    order = placed(buyable())
    SandboxIntent.objects.update(amount_minor=1)
    payments.confirm(intent_of(order))
    assert payments.receive_all()[-1] == Receipt.APPLIED
    order.refresh_from_db()
    assert order.payment_state == "pending"


@pytest.mark.django_db
def test_an_unsigned_event_is_refused() -> None:
    answer = Client().post("/webhooks/sandbox", webhooks.body(opening()), content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"event": "untrusted"})
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db
def test_stripe_is_heard_of_accounts_at_an_address_of_their_own() -> None:
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "account": "acct_1",
            "created": int(time.time()),
            "data": {"object": {"object": "balance"}},
            "livemode": False,
            "type": "balance.available",
        }
    )
    with wire.stripe_at("http://localhost"):
        answers = [
            Client().post(
                f"/webhooks/{path}",
                body,
                content_type="application/json",
                headers={"Stripe-Signature": WebhookSignature.generate_signature_header(body, secret)},
            )
            for path, secret in (
                ("stripe", wire.WEBHOOK_SECRETS[0]),
                ("stripe/connect", wire.WEBHOOK_SECRETS[0]),
                ("stripe/connect", wire.CONNECT_SECRETS[0]),
            )
        ]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    kept = WebhookEvent.objects.get()
    assert (kept.provider, kept.account, kept.event_id, kept.outcome) == (
        "stripe",
        "acct_1",
        "evt_1",
        "ignored",
    )
    assert Client().post("/webhooks/stripe").status_code == 404


@pytest.mark.parametrize(("method", "path", "status"), [("get", "sandbox", 405), ("post", "paypal", 404)])
def test_other_addresses_and_methods_are_not_heard(method: str, path: str, status: int) -> None:
    assert getattr(Client(), method)(f"/webhooks/{path}").status_code == status


def test_only_what_was_taken_is_answered_with_success() -> None:
    taken = {receipt for receipt, status in root.STATUSES.items() if status == 200}
    assert taken == {Receipt.APPLIED, Receipt.IGNORED, Receipt.REPLAYED}
    assert set(root.STATUSES) == set(Receipt)


def test_every_move_of_a_payment_leads_to_its_settlement_and_its_opening_to_nothing() -> None:
    assert {name for name, react in root.REACTIONS.items() if react is root.settle} == {
        f"payment_intent.{move}"
        for move in ("requires_action", "processing", "payment_failed", "succeeded", "canceled")
    }


def test_every_move_of_a_refund_leads_to_its_settlement() -> None:
    assert {name for name, react in root.REACTIONS.items() if react is root.settle_money_back} == {
        f"refund.{move}" for move in ("created", "updated", "failed")
    }


def test_the_inbox_reads_this_table(settings: Settings) -> None:
    assert settings.WEBHOOK_REACTIONS == "marketplace.webhooks.REACTIONS"
