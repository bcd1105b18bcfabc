"""The way of events to our webhook, over real HTTP: copies, losses, delays, and trying again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.gateway.models import SandboxEvent, SandboxNetwork, WebhookEvent
from marketplace.gateway.provider import GatewayEvent
from marketplace.gateway.sandbox import delivery
from marketplace.gateway.sandbox.endpoints import Endpoint
from marketplace.kernel import clock
from tests.support import payments

heard: list[str] = []


def hear(event: GatewayEvent) -> None:
    heard.append(event.object_ref)


REACTIONS = {"payment_intent.created": hear}


@pytest.fixture(autouse=True)
def _our_reactions(settings: Settings) -> Iterator[None]:
    settings.WEBHOOK_REACTIONS = f"{__name__}.REACTIONS"
    yield
    heard.clear()


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> None:
    """A server on the test database that hears the webhooks."""
    settings.SITE_URL = live_server.url


def network(**conduct: int) -> None:
    SandboxNetwork.objects.create(pk=1, **conduct)


def event() -> SandboxEvent:
    """A new event."""
    payments.opened()
    return SandboxEvent.objects.latest("pk")


def state(made: SandboxEvent) -> tuple[bool, int, str]:
    made.refresh_from_db()
    return made.delivered_at is not None, made.attempts, made.last_answer


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_taken_is_delivered(site: None) -> None:
    made = event()
    assert delivery.deliver(made)
    assert state(made) == (True, 1, "200")
    assert heard == [made.object_ref]
    assert delivery.undelivered() == []


@pytest.mark.django_db(transaction=True)
def test_copies_have_no_effect_of_their_own(site: None) -> None:
    network(duplicates=4)
    made = event()
    assert delivery.deliver(made)
    assert heard == [made.object_ref]
    assert WebhookEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_event_is_sent_again_when_its_time_has_come(site: None) -> None:
    network(drops=2)
    made = event()
    assert not delivery.deliver(made)
    assert not delivery.deliver(made)
    assert state(made) == (False, 2, "lost on the way")
    assert (heard, delivery.undelivered()) == ([], [])
    with clock.at(made.due_at):
        assert delivery.undelivered() == [made.pk]
    assert delivery.deliver(made)
    assert state(made) == (True, 3, "200")
    assert heard == [made.object_ref]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_refused_is_sent_again(
    site: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = event()
    monkeypatch.setattr(Endpoint, "headers", unsigned)
    assert not delivery.deliver(made)
    assert state(made) == (False, 1, "400")
    monkeypatch.undo()
    assert delivery.deliver(made)


def unsigned(endpoint: Endpoint, body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json"}


@pytest.mark.django_db
def test_where_nobody_listens_the_wait_grows(settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"
    made, now, waits = event(), clock.now(), []
    with clock.at(now):
        for _ in range(3):
            assert not delivery.deliver(made)
            made.refresh_from_db()
            waits.append((made.due_at - now) / timedelta(seconds=1))
    assert state(made) == (False, 3, "ConnectError")
    assert waits == [5, 10, 20]


@pytest.mark.django_db
def test_a_new_event_waits_for_a_worker_before_the_clock_takes_it_up() -> None:
    made = event()
    assert delivery.undelivered() == []
    with clock.at(made.created_at + timedelta(seconds=31)):
        assert delivery.undelivered() == [made.pk]


@pytest.mark.django_db
def test_a_slow_network_keeps_new_events_back() -> None:
    made = event()
    assert delivery.not_before(made) is None
    network(delay_seconds=60)
    assert delivery.not_before(made) == made.created_at + timedelta(seconds=60)
    made.attempts = 1
    assert delivery.not_before(made) is None


@pytest.mark.django_db
def test_a_shuffling_network_lets_events_overtake_each_other() -> None:
    network(shuffle_seconds=600)
    made = [event() for _ in range(10)]
    moments: list[Any] = [delivery.not_before(each) or each.created_at for each in made]
    assert moments != sorted(moments)
    assert all(
        timedelta(0) <= moment - each.created_at <= timedelta(seconds=600)
        for moment, each in zip(moments, made, strict=True)
    )
