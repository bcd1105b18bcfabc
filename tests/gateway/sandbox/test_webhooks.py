"""The sandbox's events as bytes: written, signed, read again, and nothing read that is not signed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pytest_django import Settings

from marketplace.gateway.models import SandboxEvent
from marketplace.gateway.provider import UntrustedEvent
from marketplace.gateway.sandbox import signatures, webhooks
from marketplace.kernel import clock
from tests.support import payments


def event() -> SandboxEvent:
    payments.opened(1999, payment="7")
    return SandboxEvent.objects.get()


def signed(raw: bytes) -> Mapping[str, str]:
    return {signatures.HEADER: signatures.sign(raw, secrets=webhooks.secrets(), at=clock.now())}


@pytest.mark.django_db
def test_an_event_is_read_as_it_was_written() -> None:
    row = event()
    read = webhooks.opened(webhooks.body(row), webhooks.headers(row))
    assert (read.provider, read.id, read.type, read.account) == (
        "sandbox",
        row.ref,
        "payment_intent.created",
        "",
    )
    assert (read.object_type, read.object_ref, read.is_live) == ("payment_intent", row.object_ref, False)
    assert read.created_at == row.created_at.replace(microsecond=0)


@pytest.mark.django_db
def test_the_body_is_the_same_each_time_and_holds_no_secret_of_the_buyer() -> None:
    row = event()
    raw = webhooks.body(row)
    assert raw == webhooks.body(SandboxEvent.objects.get())
    told = json.loads(raw)["data"]["object"]
    assert (told["id"], told["object"], told["amount"]) == (row.object_ref, "payment_intent", 1999)
    assert told["metadata"] == {"payment": "7", "installation": "http://localhost:8000"}
    assert (told["client_secret"], told["receipt_email"]) == (None, None)


@pytest.mark.django_db
def test_the_name_of_a_header_may_be_written_in_any_case() -> None:
    raw = webhooks.body(event())
    assert webhooks.opened(raw, {"SANDBOX-signature": signed(raw)[signatures.HEADER]}).type


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"Sandbox-Signature": ""}, {"Sandbox-Signature": "t=1,v1=00"}])
def test_what_is_not_signed_is_not_read(headers: dict[str, str]) -> None:
    with pytest.raises(UntrustedEvent, match="signature"):
        webhooks.opened(webhooks.body(event()), headers)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"{}", b'{"data": {"object": 1}}', b"[" * 100_000]
)
def test_signed_garbage_is_no_event(raw: bytes) -> None:
    with pytest.raises(UntrustedEvent, match="no event"):
        webhooks.opened(raw, signed(raw))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_version", "2010-01-01"),
        ("livemode", "yes"),
        ("id", None),
        ("id", 7),
        ("type", ["payment_intent.succeeded"]),
        ("account", None),
        ("created", "yesterday"),
        ("created", 10**20),
        ("data", {"object": {"object": "planet", "id": "x"}}),
    ],
)
def test_an_event_of_another_shape_is_refused(name: str, value: object) -> None:
    raw = changed(event(), **{name: value})
    with pytest.raises(UntrustedEvent, match="no event"):
        webhooks.opened(raw, signed(raw))


def changed(row: SandboxEvent, **changes: Any) -> bytes:
    return json.dumps(json.loads(webhooks.body(row)) | changes).encode()


@pytest.mark.django_db
def test_a_new_secret_key_leaves_the_events_of_the_old_one_genuine(settings: Settings) -> None:
    row = event()
    of_the_old = webhooks.headers(row)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert len(webhooks.secrets()) == 2
    assert webhooks.opened(webhooks.body(row), of_the_old).id == row.ref
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(UntrustedEvent):
        webhooks.opened(webhooks.body(row), of_the_old)
