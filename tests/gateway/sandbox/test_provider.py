"""The sandbox through the port: what the port promises, it keeps."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import ProviderRefused, UntrustedEvent
from marketplace.gateway.sandbox import signatures, webhooks
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel import clock
from tests.support import payments


def test_the_sandbox_is_a_provider_of_play_money() -> None:
    adapter = SandboxProvider()
    assert (adapter.name, adapter.is_live) == ("sandbox", False)


@pytest.mark.django_db
def test_what_does_not_exist_is_refused() -> None:
    sandbox = registry.default()
    with pytest.raises(ProviderRefused, match="resource_missing"):
        sandbox.get_payment("pi_sandbox_unknown")
    with pytest.raises(ProviderRefused, match="resource_missing"):
        sandbox.cancel_payment("pi_sandbox_unknown", key="pi:c:v1")


@pytest.mark.django_db
def test_a_live_event_is_not_believed_even_when_signed() -> None:
    payments.opened()
    raw = json.dumps(json.loads(webhooks.body(SandboxEvent.objects.get())) | {"livemode": True}).encode()
    headers = {signatures.HEADER: signatures.sign(raw, secrets=webhooks.secrets(), at=clock.now())}
    with pytest.raises(UntrustedEvent, match="live"):
        registry.default().verify_webhook(raw, headers)


@pytest.mark.django_db
def test_events_are_listed_from_a_moment_on_the_oldest_first() -> None:
    noon = clock.now().replace(microsecond=0)
    with clock.at(noon - timedelta(hours=2)):
        payments.opened()
    with clock.at(noon - timedelta(hours=1)):
        second = payments.opened()
    third = payments.paid()
    told = registry.default().list_events(noon - timedelta(hours=1))
    assert [(event.type, event.object_ref) for event in told] == [
        ("payment_intent.created", second.ref),
        ("payment_intent.created", third.ref),
        ("charge.succeeded", third.charge_ref),
        ("payment_intent.succeeded", third.ref),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_the_sandbox_did_stands_whatever_becomes_of_us() -> None:
    intent = payments.opened()
    with pytest.raises(OSError, match="our disk"), transaction.atomic():
        raise OSError("our disk is full")
    assert registry.default().get_payment(intent.ref) == intent


@pytest.mark.django_db
def test_opening_a_payment_takes_five_statements_and_looking_at_it_one() -> None:
    with CaptureQueriesContext(connection) as opening:
        intent = payments.opened()
    with CaptureQueriesContext(connection) as looking:
        registry.default().get_payment(intent.ref)
    assert (len(opening), len(looking)) == (5, 1)
