"""Stripe's API at the sandbox, asked by Stripe's library: who may, what is refused and how, keys, pages."""

from collections.abc import Iterator

import pytest
import stripe
from django.test import Client
from pytest_django import Settings
from stripe import StripeClient
from stripe import _error as errors

from marketplace.gateway.models import SandboxIntent, SandboxKey, SandboxRefund
from tests.support import payments, wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Iterator[StripeClient]:
    with wire.site() as address, wire.stripe_at(address):
        yield asking(address)


def asking(address: str, key: str = wire.SECRET_KEY, **more: str) -> StripeClient:
    return StripeClient(key, base_addresses={"api": f"{address}/sandbox/stripe"}, **more)  # type: ignore[arg-type]  # only texts here


def refusal(error: stripe.StripeError) -> tuple[object, ...]:
    body = error.json_body
    assert isinstance(body, dict)
    told = body["error"]
    return error.http_status, told["type"], told.get("code"), told.get("param")


def test_a_program_made_for_stripe_opens_pays_and_refunds(client: StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 1050,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"a": "b"},
        },
        {"idempotency_key": "pi:1:v1"},
    )
    again = client.v1.payment_intents.create(
        {
            "amount": 1050,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"a": "b"},
        },
        {"idempotency_key": "pi:1:v1"},
    )
    assert (intent.status, intent.metadata["a"]) == ("requires_payment_method", "b")
    assert again.id == intent.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    payments.pay(intent.id, str(intent.client_secret))
    paid = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert paid.status == "succeeded"
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.amount, charge.paid) == (1050, True)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 50})
    rest = client.v1.refunds.create({"charge": charge.id})
    assert [each.amount for each in client.v1.refunds.list({"charge": charge.id}).data] == [1000, 50]
    assert client.v1.refunds.retrieve(rest.id).amount == 1000
    assert client.v1.charges.retrieve(charge.id).refunded
    told = client.v1.events.list({"limit": 2})
    assert [event.type for event in told.auto_paging_iter()] == [
        "charge.refunded",
        "refund.created",
        "charge.refunded",
        "refund.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_what_stripe_refuses_is_refused_as_stripe_does(client: StripeClient) -> None:
    create, options = client.v1.payment_intents.create, {"idempotency_key": "pi:1:v1"}
    good = {"amount": 1000, "currency": "usd"}
    create(good, options)  # type: ignore[arg-type]  # typed as a TypedDict
    refused = {
        "unknown": ({**good, "payment_method_types": ["card"]}, {}),
        "nested": ({**good, "automatic_payment_methods": {"enabled": True, "on": True}}, {}),
        "missing": ({"amount": 1000}, {}),
        "malformed": ({**good, "amount": "ten"}, {}),
        "small": ({**good, "amount": 1}, {"idempotency_key": "pi:2:v1"}),
        "key": ({**good, "amount": 1001}, options),
    }
    told = {}
    for name, (parameters, with_options) in refused.items():
        with pytest.raises(stripe.StripeError) as caught:
            create(parameters, with_options)  # type: ignore[arg-type]  # wrong on purpose
        told[name] = refusal(caught.value)
    invalid = "invalid_request_error"
    assert told == {
        "unknown": (400, invalid, "parameter_unknown", "payment_method_types"),
        "nested": (400, invalid, "parameter_unknown", "automatic_payment_methods[on]"),
        "missing": (400, invalid, "parameter_missing", "currency"),
        "malformed": (400, invalid, "parameter_invalid_integer", "amount"),
        "small": (400, invalid, "amount_too_small", None),
        "key": (400, "idempotency_error", None, None),
    }
    assert SandboxIntent.objects.count() == 1
    # What was refused before it had begun is not remembered; what was refused then is.
    assert SandboxKey.objects.count() == 2


def test_only_who_holds_a_key_is_answered(client: StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    address = str(client._requestor._options.base_addresses["api"]).removesuffix("/sandbox/stripe")
    public = asking(address, wire.PUBLISHABLE_KEY)
    secret = str(intent.client_secret)
    assert public.v1.payment_intents.retrieve(intent.id, {"client_secret": secret}).id == intent.id
    told = []
    for asked, ref, parameters in (
        (asking(address, "sk_test_other"), intent.id, {}),
        (public, intent.id, {}),
        (public, intent.id, {"client_secret": f"{secret}x"}),
        (asking(address, stripe_version="2020-08-27"), intent.id, {}),
    ):
        with pytest.raises(stripe.StripeError) as caught:
            asked.v1.payment_intents.retrieve(ref, parameters)  # type: ignore[arg-type]  # a TypedDict
        told.append((type(caught.value), *refusal(caught.value)[::2]))
    assert told == [
        (errors.AuthenticationError, 401, "api_key_invalid"),
        (errors.InvalidRequestError, 404, "resource_missing"),
        (errors.InvalidRequestError, 404, "resource_missing"),
        (errors.InvalidRequestError, 400, "invalid_api_version"),
    ]
    assert not SandboxRefund.objects.exists()


def sent(method: str, path: str, body: str = "", key: str = wire.SECRET_KEY) -> tuple[int, str]:
    """How a request is answered that no library would make: the status, and the code or the type."""
    answer = Client().generic(
        method,
        f"/sandbox/stripe/v1/{path}",
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {key}"},
    )
    error = answer.json()["error"]
    return answer.status_code, error.get("code") or error["type"]


def test_what_no_library_sends_is_refused_too() -> None:
    intent = payments.opened()
    confirm, secret = f"payment_intents/{intent.ref}/confirm", f"client_secret={intent.client_secret}"
    card = {"number": payments.OK, "exp_month": "12", "exp_year": str(9**17), "cvc": "123"}
    numbers = "&".join(f"payment_method_data[card][{name}]={value}" for name, value in card.items())
    opening = "payment_intents", "amount=1000&currency=eur"
    with wire.stripe_at("http://localhost"):
        assert [
            sent("GET", "customers/%00"),
            sent("GET", "../v1/customers/%7F"),
            sent("POST", opening[0], f"{opening[1]}&confirm[x]=true"),
            sent("POST", opening[0], f"{opening[1]}&metadata[a%00b]=1"),
            sent("GET", f"payment_intents/{intent.ref}?expand[]=payment_method_types.card"),
            sent("GET", "payment_intents?expand[]=data"),
            sent("POST", confirm, f"{secret}&payment_method_data[type]=card&{numbers}", wire.PUBLISHABLE_KEY),
            sent("GET", f"payment_intents/{intent.ref}?{secret}&expand[]=customer", "", wire.PUBLISHABLE_KEY),
            sent("POST", f"payment_intents/{intent.ref}/cancel", "", wire.PUBLISHABLE_KEY),
        ] == [
            (404, "invalid_request_error"),
            (404, "invalid_request_error"),
            (400, "parameter_invalid"),
            (400, "parameter_invalid_string"),
            (400, "invalid_request_error"),
            (400, "invalid_request_error"),
            (402, "invalid_expiry_year"),
            (400, "invalid_request_error"),
            (403, "secret_key_required"),
        ]
    assert SandboxIntent.objects.count() == 1


def test_cards_are_tried_as_seldom_as_at_the_other_face(settings: Settings) -> None:
    settings.PAYMENTS_A_MINUTE = 2
    intent = payments.opened()
    path, body = f"payment_intents/{intent.ref}/confirm", f"client_secret={intent.client_secret}"
    with wire.stripe_at("http://localhost"):
        for _ in range(2):
            assert sent("POST", path, body, wire.PUBLISHABLE_KEY) == (400, "parameter_missing")
        assert sent("POST", path, body, wire.PUBLISHABLE_KEY) == (429, "rate_limit")
        # Whoever has the secret key tries no numbers.
        assert sent("POST", path, body) == (400, "invalid_request_error")
    assert payments.confirm(intent).status_code == 429
