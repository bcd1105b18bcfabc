"""Idempotency keys of Stripe's API at the sandbox."""

from functools import partial

import pytest
from django.test import Client

from marketplace.gateway.models import SandboxEvent, SandboxIntent
from tests.support import wire
from tests.support.races import at_once


def opened(key: str) -> str:
    """What a request for a payment is answered with: whether it is a replay, and the payment."""
    answer = Client().post(
        "/sandbox/stripe/v1/payment_intents",
        "amount=1000&currency=eur",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {wire.SECRET_KEY}", "Idempotency-Key": key},
    )
    return f"{answer.status_code} {answer.headers.get('Idempotent-Replayed')} {answer.json()['id']}"


@pytest.mark.django_db(transaction=True)
def test_five_requests_at_once_under_one_key_are_one() -> None:
    with wire.stripe_at("http://localhost"):
        told = sorted(map(str, at_once(*[partial(opened, "pi:1:v1")] * 5)))
        ref = SandboxIntent.objects.get().ref
        assert told == [f"200 None {ref}", *[f"200 true {ref}"] * 4]
        assert SandboxEvent.objects.count() == 1
        at_once(*[partial(opened, f"pi:{number}:v2") for number in range(3)])
    assert SandboxIntent.objects.count() == 4
