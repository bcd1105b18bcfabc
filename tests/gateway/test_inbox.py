"""The inbox: what is genuine is acted on once, and what is early comes again."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from pytest_django import Settings
from typing_extensions import override

from marketplace.gateway import inbox, registry
from marketplace.gateway.errors import UnknownObject, UnknownPayment
from marketplace.gateway.inbox import Receipt
from marketplace.gateway.models import SandboxEvent, WebhookEvent
from marketplace.gateway.provider import GatewayEvent, Intent, ProviderUnavailable
from marketplace.gateway.sandbox import control, webhooks
from marketplace.gateway.sandbox.provider import SandboxProvider
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from tests.support import payments
from tests.support.races import at_once

# What the operations above the gateway would do: they know some payments, and note what the provider says.
known: set[str] = set()
noted: list[tuple[str, str]] = []
unavailable: list[str] = []


def note(event: GatewayEvent) -> None:
    if event.object_ref in unavailable:
        raise ProviderUnavailable("no answer")
    if event.object_ref not in known:
        raise UnknownPayment(provider=event.provider, ref=event.object_ref)
    noted.append((event.object_ref, registry.provider(event.provider).get_payment(event.object_ref).status))


REACTIONS = {"payment_intent.payment_failed": note, "payment_intent.succeeded": note}


def nobodys(event: GatewayEvent) -> None:
    raise UnknownObject(provider=event.provider, ref=event.object_ref)


class Strangers(dict[str, object]):
    """A table with a line for every type, in which nobody knows the object."""

    @override
    def get(self, key: str, default: object = None) -> object:
        return nobodys


STRANGERS = Strangers()
STAMPED = [
    "payment_intent",
    "refund",
    "customer",
    "setup_intent",
    "payment_method",
    "account",
    "transfer",
    "dispute",
    "radar.early_fraud_warning",
]


def everything() -> None:
    """Let there be one object of each kind, all of them ours."""
    sandbox = registry.default()
    paid = payments.paid()
    sandbox.refund(paid.charge_ref or "", amount=Money(100, "EUR"), metadata={}, key="re:1:v1")
    owner = sandbox.create_customer(email="", name="", metadata={}, key="cus:1:v1")
    setup = sandbox.start_setup(owner.ref, metadata={}, key="seti:1:v1")
    payments.pay(setup.ref, setup.client_secret)
    account = sandbox.create_account(email="", country="DE", metadata={}, key="acct:1:v1").ref
    control.onboard(account)
    sandbox.transfer(
        account, amount=Money(100, "EUR"), charge_ref=paid.charge_ref, group="", metadata={}, key="tr:1:v1"
    )
    control.dispute(paid.charge_ref or "")
    control.warn(paid.charge_ref or "")


class Silent(SandboxProvider):
    """A provider that takes payments and answers no question."""

    @override
    def get_payment(self, ref: str) -> Intent:
        raise ProviderUnavailable("no answer")


@pytest.fixture(autouse=True)
def _our_reactions(settings: Settings) -> Iterator[None]:
    settings.WEBHOOK_REACTIONS = f"{__name__}.REACTIONS"
    yield
    for each in (known, noted, unavailable):
        each.clear()


def event_of(intent: Intent, type_: str = "payment_intent.succeeded") -> SandboxEvent:
    return SandboxEvent.objects.get(object_ref=intent.ref, type=type_)


def send(event: SandboxEvent) -> Receipt:
    return inbox.receive(provider="sandbox", raw=webhooks.body(event), headers=webhooks.headers(event))


def kept() -> list[tuple[str, str]]:
    return list(WebhookEvent.objects.values_list("event_id", "outcome"))


@pytest.mark.django_db
def test_an_event_is_acted_on_once_however_often_it_comes() -> None:
    intent = payments.paid()
    known.add(intent.ref)
    event = event_of(intent)
    assert [send(event) for _ in range(3)] == [Receipt.APPLIED, Receipt.REPLAYED, Receipt.REPLAYED]
    assert noted == [(intent.ref, "succeeded")]
    assert kept() == [(event.ref, "applied")]


@pytest.mark.django_db(transaction=True)
def test_five_copies_at_once_are_kept_as_one() -> None:
    intent = payments.paid()
    known.add(intent.ref)
    event = event_of(intent)
    receipts = at_once(*[partial(send, event)] * 5)
    assert set(receipts) <= {Receipt.APPLIED, Receipt.REPLAYED}
    # Whoever acted looked the payment up; the operation keeps what it does to once.
    assert set(noted) == {(intent.ref, "succeeded")}
    assert kept() == [(event.ref, "applied")]
    assert send(event) == Receipt.REPLAYED


@pytest.mark.django_db
def test_events_in_the_wrong_order_tell_the_same_in_the_end() -> None:
    intent = payments.opened()
    known.add(intent.ref)
    payments.confirm(intent, payments.DECLINED)
    payments.confirm(intent)
    assert send(event_of(intent)) == Receipt.APPLIED
    assert send(event_of(intent, "payment_intent.payment_failed")) == Receipt.APPLIED
    assert noted == [(intent.ref, "succeeded")] * 2


@pytest.mark.django_db
def test_what_is_not_genuine_touches_no_row() -> None:
    known.add(payments.paid().ref)
    event = SandboxEvent.objects.latest("pk")
    raw, headers = webhooks.body(event), webhooks.headers(event)
    assert inbox.receive(provider="sandbox", raw=raw + b" ", headers=headers) == Receipt.UNTRUSTED
    assert inbox.receive(provider="sandbox", raw=raw, headers={}) == Receipt.UNTRUSTED
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert inbox.receive(provider="sandbox", raw=raw, headers=headers) == Receipt.UNTRUSTED
    assert (kept(), noted) == ([], [])


@pytest.mark.django_db
def test_an_event_for_a_provider_we_have_not_is_not_found() -> None:
    with pytest.raises(NotFound):
        inbox.receive(provider="paypal", raw=b"{}", headers={})


@pytest.mark.django_db
def test_a_payment_of_ours_that_is_not_stored_yet_is_early() -> None:
    intent = payments.paid()
    event = event_of(intent)
    assert [send(event), send(event)] == [Receipt.EARLY, Receipt.EARLY]
    assert kept() == [(event.ref, "received")]
    known.add(intent.ref)
    assert [send(event), send(event)] == [Receipt.APPLIED, Receipt.REPLAYED]
    assert noted == [(intent.ref, "succeeded")]


@pytest.mark.django_db
def test_a_payment_of_another_installation_is_ignored(settings: Settings) -> None:
    event = event_of(payments.paid())
    settings.SITE_URL = "https://rehearsal.example"
    assert [send(event), send(event)] == [Receipt.IGNORED, Receipt.REPLAYED]
    assert (kept(), noted) == ([(event.ref, "ignored")], [])


@pytest.mark.django_db
def test_whatever_bears_our_stamp_is_early_until_it_is_stored(settings: Settings) -> None:
    """Disputes, warnings and cards bear none: that of their payment and their customer counts."""
    settings.WEBHOOK_REACTIONS = f"{__name__}.STRANGERS"
    everything()
    told = registry.default().list_events(clock.now() - timedelta(hours=1))
    firsts = {event.object_type: event for event in reversed(told)}
    assert {kind: inbox.take(event) for kind, event in firsts.items()} == {
        "charge": Receipt.IGNORED,
        **dict.fromkeys(STAMPED, Receipt.EARLY),
    }
    settings.SITE_URL = "https://rehearsal.example"
    assert {inbox.take(event) for event in firsts.values()} == {Receipt.IGNORED, Receipt.REPLAYED}


@pytest.mark.django_db
def test_an_object_the_provider_does_not_know_is_ignored() -> None:
    event = event_of(payments.paid())
    event.content["id"] = "pi_sandbox_unknown"
    assert send(event) == Receipt.IGNORED


@pytest.mark.django_db
def test_a_type_without_a_reaction_is_ignored() -> None:
    intent = payments.opened()
    known.add(intent.ref)
    assert send(event_of(intent, "payment_intent.created")) == Receipt.IGNORED
    assert noted == []


@pytest.mark.django_db
def test_while_the_provider_is_silent_an_event_is_not_taken(settings: Settings) -> None:
    intent = payments.paid()
    unavailable.append(intent.ref)
    assert send(event_of(intent)) == Receipt.UNAVAILABLE
    unavailable.clear()
    settings.PAYMENT_PROVIDERS = {"sandbox": f"{__name__}.Silent"}
    assert send(event_of(intent)) == Receipt.UNAVAILABLE
    assert kept() == [(event_of(intent).ref, "received")]


@pytest.mark.django_db
def test_after_a_failed_reaction_the_event_is_still_to_be_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    intent = payments.paid()
    monkeypatch.setitem(REACTIONS, "payment_intent.succeeded", partial(fail, "our disk is full"))
    with pytest.raises(OSError, match="our disk"):
        send(event_of(intent))
    assert kept() == [(event_of(intent).ref, "received")]
    monkeypatch.undo()
    known.add(intent.ref)
    assert send(event_of(intent)) == Receipt.APPLIED
    assert noted == [(intent.ref, "succeeded")]


def fail(reason: str, event: GatewayEvent) -> None:
    raise OSError(reason)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_taken_within_a_transaction() -> None:
    intent = payments.paid()
    known.add(intent.ref)
    with pytest.raises(RuntimeError), transaction.atomic():
        send(event_of(intent))
    assert (kept(), noted) == ([], [])


@pytest.mark.django_db
def test_events_that_no_webhook_brought_are_looked_for() -> None:
    now = clock.now()
    with clock.at(now - timedelta(minutes=59)):
        missed = payments.paid()
    with clock.at(now - timedelta(minutes=61)):
        too_old = payments.paid()
    fresh, heard = payments.paid(), payments.paid()
    known.update(each.ref for each in (missed, too_old, fresh, heard))
    assert send(event_of(heard)) == Receipt.APPLIED
    noted.clear()
    # Its opening, its charge, and that it succeeded.
    assert inbox.catch_up() == 3
    assert noted == [(missed.ref, "succeeded")]
    assert inbox.catch_up() == 0
    assert send(event_of(missed)) == Receipt.REPLAYED
