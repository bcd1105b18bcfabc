"""How Stripe is called, and what its errors mean."""

from typing import Any

import pytest
import stripe
from django.db import transaction

from marketplace.gateway.models import SandboxIntent
from marketplace.gateway.provider import Misconfigured, ProviderRefused, ProviderUnavailable
from marketplace.gateway.sandbox import shapes
from marketplace.gateway.stripe import client
from marketplace.gateway.stripe.provider import StripeProvider
from marketplace.kernel.money import Money
from tests.support import wire

ERRORS: Any = stripe  # whose errors are not annotated


def body(**told: str) -> dict[str, Any]:
    return {"error": told}


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (
            ERRORS.CardError(
                "no", None, "card_declined", json_body=body(code="card_declined", decline_code="lost_card")
            ),
            ProviderRefused,
            "lost_card",
        ),
        (
            ERRORS.InvalidRequestError("no", "amount", json_body=body(code="amount_too_small")),
            ProviderRefused,
            "amount_too_small",
        ),
        (
            ERRORS.InvalidRequestError("no", None, json_body=body(code="payment_intent_unexpected_state")),
            ProviderRefused,
            "unexpected_state",
        ),
        (ERRORS.InvalidRequestError("no", None), ProviderRefused, "invalid_request"),
        (ERRORS.IdempotencyError("no"), ProviderRefused, "idempotency_key_reused"),
        (
            ERRORS.PermissionError("no", json_body=body(code="account_invalid")),
            ProviderRefused,
            "account_invalid",
        ),
        (ERRORS.PermissionError("no"), Misconfigured, None),
        (ERRORS.AuthenticationError("no"), Misconfigured, None),
        (ERRORS.RateLimitError("slowly"), ProviderUnavailable, None),
        (ERRORS.APIConnectionError("lost"), ProviderUnavailable, None),
        (ERRORS.APIError("ours"), ProviderUnavailable, None),
    ],
)
def test_what_an_error_of_stripe_is_to_us(error: stripe.StripeError, kind: type, code: str | None) -> None:
    ours = client.translated(error)
    assert type(ours) is kind
    assert getattr(ours, "code", None) == code


def test_the_version_is_the_librarys_and_the_sandboxs() -> None:
    assert client.API_VERSION == stripe.api_version == shapes.API_VERSION
    with wire.stripe_at("http://localhost"):
        assert (StripeProvider().name, StripeProvider().is_live) == ("stripe", False)


@pytest.mark.django_db
def test_who_cannot_be_reached_is_unavailable_and_a_wrong_key_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.0)
    with wire.stripe_at("http://127.0.0.1:9"), pytest.raises(ProviderUnavailable):
        StripeProvider().get_payment("pi_1")
    with wire.site() as address, wire.stripe_at(address):
        speaker = client._client("sk_test_other", f"{address}/sandbox/stripe")
        with pytest.raises(stripe.AuthenticationError):
            speaker.v1.balance.retrieve()


@pytest.mark.django_db
def test_an_answer_that_is_lost_is_asked_for_again_to_one_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = iter([True, True, False, True, True, True, False, False])
    send = stripe.RequestsClient.request

    def lossy(*asked: Any) -> Any:
        answer = send(*asked)
        if next(lost):
            raise ERRORS.APIConnectionError("lost", should_retry=True)
        return answer

    def start(key: str) -> str:
        amount = Money(1000, "EUR")
        return StripeProvider().start_payment(amount=amount, metadata={}, email="", key=key).ref

    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.0)
    monkeypatch.setattr(stripe.RequestsClient, "request", lossy)
    with wire.site() as address, wire.stripe_at(address):
        first = start("pi:1:v1")
        with pytest.raises(ProviderUnavailable):
            start("pi:2:v1")
        second = start("pi:2:v1")
    refs = SandboxIntent.objects.order_by("pk").values_list("ref", flat=True)
    assert list(refs) == [first, second]


@pytest.mark.django_db(transaction=True)
def test_stripe_is_never_called_in_a_transaction() -> None:
    with wire.stripe_at("http://127.0.0.1:9"), transaction.atomic(), pytest.raises(RuntimeError):
        StripeProvider().get_payment("pi_1")
