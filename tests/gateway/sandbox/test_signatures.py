"""Signed bodies: these bytes, one of these secrets, now. Stripe's own library judges along."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from marketplace.gateway.sandbox.signatures import is_genuine, sign

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = b'{"id":"evt_1","amount":1000}'
SECRETS = ["whsec_new", "whsec_old"]


def genuine(body: bytes, header: str, *, secrets: list[str] = SECRETS, now: datetime = NOW) -> bool:
    return is_genuine(body, header, secrets=secrets, now=now)


def test_what_was_signed_is_genuine() -> None:
    assert genuine(BODY, sign(BODY, secrets=SECRETS, at=NOW))


def test_the_scheme_is_stripes() -> None:
    header = sign(BODY, secrets=["whsec_new"], at=datetime.now(UTC))
    assert stripe.WebhookSignature.verify_header(BODY.decode(), header, "whsec_new", 300)


@pytest.mark.parametrize("secret", SECRETS)
def test_either_secret_will_do_while_one_takes_the_others_place(secret: str) -> None:
    assert genuine(BODY, sign(BODY, secrets=[secret], at=NOW))
    assert genuine(BODY, sign(BODY, secrets=SECRETS, at=NOW), secrets=[secret])


def test_another_secret_is_not_ours() -> None:
    assert not genuine(BODY, sign(BODY, secrets=["whsec_else"], at=NOW))
    assert not genuine(BODY, sign(BODY, secrets=SECRETS, at=NOW), secrets=[])


def test_a_body_that_was_written_anew_is_another_body() -> None:
    header = sign(BODY, secrets=SECRETS, at=NOW)
    assert not genuine(json.dumps(json.loads(BODY)).encode(), header)
    assert not genuine(BODY + b"\n", header)
    assert not genuine(b"", header)


@pytest.mark.parametrize(
    ("seconds", "is_good"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_signature_holds_for_five_minutes(seconds: int, is_good: bool) -> None:
    header = sign(BODY, secrets=SECRETS, at=NOW)
    assert genuine(BODY, header, now=NOW + timedelta(seconds=seconds)) is is_good


@pytest.mark.parametrize(
    "garbled",
    [
        "",
        "garbled",
        "t=,v1=",
        "t={t}",
        "v1={v1}",
        "t={t},v0={v1}",
        "t={t};v1={v1}",
        "t=+{t},v1={v1}",
        "t=\N{FULLWIDTH DIGIT ONE},v1={v1}",
        "t=99999999999999{t},v1={v1}",
        "t={t},v1={v1},t={t}",
        "t={t},v1={v1}0",
        "t={t},v1=\N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_a_garbled_header_is_no_signature(garbled: str) -> None:
    moment, _, signature = sign(BODY, secrets=["whsec_new"], at=NOW).partition(",")
    parts = {"t": moment.removeprefix("t="), "v1": signature.removeprefix("v1=")}
    assert genuine(BODY, "t={t},v1={v1}".format(**parts))
    assert not genuine(BODY, garbled.format(**parts))
