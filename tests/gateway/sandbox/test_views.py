"""The browser's way into the sandbox, over real HTTP."""

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.gateway import registry
from marketplace.gateway.models import SandboxCharge, SandboxIntent
from marketplace.gateway.provider import Intent
from marketplace.kernel import clock
from tests.support import payments

UNLISTED = "4111111111111111"


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of a server on the test database."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


def post(site: str, ref: str, content: object) -> httpx.Response:
    return httpx.post(f"{site}/sandbox/v1/intents/{ref}/confirm", json=content)


@pytest.mark.django_db(transaction=True)
def test_a_browser_pays_without_cookie_or_token(site: str) -> None:
    intent = payments.opened()
    answer = post(site, intent.ref, payments.body(intent.client_secret))
    assert (answer.status_code, answer.json()) == (
        200,
        {"ref": intent.ref, "status": "succeeded", "action_url": None},
    )
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("number", "decline_code"),
    [
        (payments.DECLINED, "generic_decline"),
        (payments.NO_FUNDS, "insufficient_funds"),
        (payments.EXPIRED, "expired_card"),
        (payments.WRONG_CVC, "incorrect_cvc"),
        (payments.ATTACHES_THEN_DECLINES, "card_declined"),
    ],
)
def test_a_declined_browser_learns_why_and_may_try_again(site: str, number: str, decline_code: str) -> None:
    intent = payments.opened()
    answer = post(site, intent.ref, payments.body(intent.client_secret, number))
    assert (answer.status_code, answer.json()) == (
        402,
        {
            "ref": intent.ref,
            "status": "requires_method",
            "error": {
                "code": "card_declined",
                "message": "The bank declined.",
                "decline_code": decline_code,
            },
        },
    )
    assert post(site, intent.ref, payments.body(intent.client_secret)).json()["status"] == "succeeded"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "status", "charges"), [("approve", "succeeded", 1), ("fail", "requires_method", 0)]
)
def test_a_buyer_answers_the_bank_and_comes_back(site: str, answer: str, status: str, charges: int) -> None:
    intent = payments.opened()
    sent = payments.body(intent.client_secret, payments.ASKS_BUYER, return_url="/checkout/return?order=7")
    waiting = post(site, intent.ref, sent).json()
    assert waiting["status"] == "requires_action"
    page = httpx.get(waiting["action_url"])
    assert page.status_code == 200
    assert (page.text.count("3155"), page.text.count('name="answer"')) == (1, 2)
    back = httpx.post(
        waiting["action_url"].partition("?")[0],
        data={"client_secret": intent.client_secret, "answer": answer},
    )
    assert (back.status_code, back.headers["Location"]) == (
        303,
        f"/checkout/return?order=7&payment={intent.ref}",
    )
    assert registry.default().get_payment(intent.ref).status == status
    assert SandboxCharge.objects.count() == charges


@pytest.mark.django_db
def test_another_secret_looks_like_no_payment_at_all() -> None:
    intent, other = payments.opened(), payments.opened()
    client = Client()

    def ask(ref: str, secret: str) -> tuple[int, str]:
        answer = client.post(
            f"/sandbox/v1/intents/{ref}/confirm",
            json.dumps(payments.body(secret, UNLISTED)),
            content_type="application/json",
        )
        return answer.status_code, answer.json()["error"]["code"]

    missing = (404, "resource_missing")
    assert ask(intent.ref, other.client_secret) == missing
    assert ask(intent.ref, "") == missing
    assert ask("pi_sandbox_unknown", intent.client_secret) == missing
    assert ask(intent.ref, intent.client_secret) == (402, "test_cards_only")
    assert set(SandboxIntent.objects.values_list("status", flat=True)) == {"requires_method"}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_banks_page_is_for_who_knows_the_secret(method: str) -> None:
    intent, other = payments.opened(), payments.opened()
    payments.confirm(intent, payments.ASKS_BUYER)
    for secret in ("", "wrong", other.client_secret):
        sent = {"client_secret": secret, "answer": "approve"}
        assert getattr(Client(), method)(f"/sandbox/3ds/{intent.ref}", sent).status_code == 404
    assert not SandboxCharge.objects.exists()


@pytest.mark.django_db
def test_a_secret_in_the_address_approves_nothing() -> None:
    intent = payments.opened()
    payments.confirm(intent, payments.ASKS_BUYER)
    client = Client()
    address = f"/sandbox/3ds/{intent.ref}?client_secret={intent.client_secret}&answer=approve"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 404
    assert payments.answer_bank(intent, "perhaps").status_code == 400
    assert not SandboxCharge.objects.exists()


@pytest.mark.django_db
def test_the_bank_is_answered_once() -> None:
    intent = payments.opened()
    payments.confirm(intent, payments.ASKS_BUYER, return_url="/checkout/return")
    assert payments.answer_bank(intent, "approve").status_code == 303
    late = payments.answer_bank(intent, "fail")
    assert late.status_code == 409
    assert f'href="/checkout/return?payment={intent.ref}"' in late.text
    assert registry.default().get_payment(intent.ref).status == "succeeded"


@pytest.mark.django_db
def test_without_an_address_to_go_back_to_the_page_says_how_it_ended() -> None:
    intent = payments.opened()
    payments.confirm(intent, payments.ASKS_BUYER)
    page = payments.answer_bank(intent)
    assert page.status_code == 200
    assert ("waits for no answer: succeeded" in page.text, "<form" in page.text) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost:8000@evil.example/",
        "http://localhost:8001/",
        "/" + "x" * 500,
    ],
)
def test_the_bank_sends_nobody_to_another_site(address: str) -> None:
    intent = payments.opened()
    answer = payments.confirm(intent, payments.ASKS_BUYER, return_url=address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert registry.default().get_payment(intent.ref).status == "requires_method"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/done", "http://localhost:8000/done"])
def test_the_bank_sends_people_back_to_us(address: str) -> None:
    intent = payments.opened()
    payments.confirm(intent, payments.ASKS_BUYER, return_url=address)
    assert payments.answer_bank(intent)["Location"] == f"{address}?payment={intent.ref}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"client_secret": 1}',
        b'{"client_secret": "SECRET"}',
        b'{"client_secret": "SECRET", "card": []}',
        b'{"client_secret": "SECRET", "card": {"number": "4242424242424242"}}',
        b'{"client_secret": "SECRET", "card": {"number": 4242424242424242, "exp_month": 1, "exp_year": 99}}',
        b'{"client_secret": "SECRET", "card": {"number": "4242424242424242", "exp_month": true}}',
        b"[" * 50_000,
    ],
)
def test_what_is_no_card_is_refused(content: bytes) -> None:
    intent = payments.opened()
    answer = Client().post(
        f"/sandbox/v1/intents/{intent.ref}/confirm",
        content.replace(b"SECRET", intent.client_secret.encode()),
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.django_db
def test_a_payment_that_has_ended_takes_no_card() -> None:
    intent = payments.opened()
    answers = [payments.confirm(intent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["error"]["code"] == "unexpected_state"


@pytest.mark.django_db
def test_only_posts_pay_and_a_reference_is_a_plain_word() -> None:
    assert Client().get("/sandbox/3ds/%00?client_secret=x").status_code == 404
    assert Client().get("/sandbox/v1/intents/x/confirm").status_code == 405
    assert Client().put("/sandbox/3ds/x").status_code == 405


@pytest.mark.django_db
def test_where_the_sandbox_may_not_run_it_has_no_pages(settings: Settings) -> None:
    intent = payments.opened()
    settings.IS_SANDBOX_ALLOWED = False
    assert payments.confirm(intent).status_code == 404
    assert payments.answer_bank(intent).status_code == 404
    assert not SandboxCharge.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [payments.OK, payments.DECLINED, payments.ASKS_BUYER, UNLISTED])
def test_no_card_number_is_in_any_table_or_log(
    site: str, number: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    intent = payments.opened()
    post(site, intent.ref, payments.body(intent.client_secret, number))
    post(site, intent.ref, payments.body("wrong", number))
    _send_form(site, payments.opened(), number)
    written = "".join((caplog.text, *capfd.readouterr()))
    kept = everything()
    assert (number in written, intent.client_secret in written) == (False, False)
    assert (number in kept, intent.client_secret in kept) == (False, True)
    assert f"/sandbox/v1/intents/{intent.ref}/confirm" in written


def everything() -> str:
    """Every value of every table."""
    tables: list[Any] = list(apps.get_models())
    return repr([list(model._base_manager.values_list()) for model in tables])


def _send_form(site: str, intent: Intent, number: str = payments.OK, **typed: str) -> httpx.Response:
    """A page without script: a form, answered by a redirect."""
    form = {
        "client_secret": intent.client_secret,
        "number": number,
        "expiry": "12/99",
        "cvc": "123",
        "return_url": "/orders/7?token=x",
    }
    return httpx.post(f"{site}/sandbox/v1/intents/{intent.ref}/confirm", data=form | typed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("typed", "query", "status"),
    [
        ({}, "", "succeeded"),
        ({"expiry": " 1 / 2099 "}, "", "succeeded"),
        ({"number": payments.DECLINED}, "", "requires_method"),
        ({"number": UNLISTED}, "&card_error=test_cards_only", "requires_method"),
        ({"expiry": "soon"}, "&card_error=invalid_expiry_month", "requires_method"),
        ({"expiry": "1/20"}, "&card_error=invalid_expiry_year", "requires_method"),
        ({"cvc": "1"}, "&card_error=invalid_cvc", "requires_method"),
    ],
)
def test_a_form_leads_back_to_the_shop(site: str, typed: dict[str, str], query: str, status: str) -> None:
    intent = payments.opened()
    answer = _send_form(site, intent, **typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/orders/7?token=x&payment={intent.ref}{query}"
    assert registry.default().get_payment(intent.ref).status == status


@pytest.mark.django_db(transaction=True)
def test_a_form_leads_to_the_bank_where_it_asks(site: str) -> None:
    intent = payments.opened()
    answer = _send_form(site, intent, payments.ASKS_BUYER)
    assert answer.headers["Location"] == registry.default().get_payment(intent.ref).action_url
    assert httpx.get(answer.headers["Location"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"return_url": ""}, 400),
        ({"return_url": "https://evil.example/"}, 400),
        ({"client_secret": "guessed"}, 404),
        ({"client_secret": "guessed", "number": UNLISTED}, 404),
    ],
)
def test_a_form_that_is_not_ours_leads_nowhere_and_pays_nothing(
    site: str, typed: dict[str, str], status: int
) -> None:
    intent = payments.opened()
    answer = _send_form(site, intent, **typed)
    assert (answer.status_code, "Location" in answer.headers) == (status, False)
    assert registry.default().get_payment(intent.ref).status == "requires_method"


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_pays_once(site: str) -> None:
    intent = payments.opened()
    answers = [_send_form(site, intent) for _ in range(2)]
    assert [each.headers["Location"] for each in answers] == [f"/orders/7?token=x&payment={intent.ref}"] * 2
    assert SandboxCharge.objects.count() == 1


@pytest.mark.django_db
def test_cards_are_tried_so_often_for_a_payment(settings: Settings) -> None:
    settings.PAYMENTS_A_MINUTE = 2
    intent, other = payments.opened(), payments.opened()
    assert [payments.confirm(intent, payments.DECLINED).status_code for _ in range(3)] == [402, 402, 429]
    refused = payments.confirm(intent)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (429, "rate_limited")
    assert (0 < error["retry_after"] <= 60, refused.headers["Retry-After"]) == (
        True,
        str(error["retry_after"]),
    )
    assert (
        payments.confirm(other).status_code,
        SandboxCharge.objects.filter(status="succeeded").count(),
    ) == (
        200,
        1,
    )
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert payments.confirm(intent).status_code == 200


@pytest.mark.django_db
def test_an_address_is_told_so_often_that_there_is_no_such_payment(settings: Settings) -> None:
    settings.PAYMENTS_A_MINUTE = 1
    url, sent = "/sandbox/v1/intents/pi_guess/confirm", json.dumps(payments.body("guess"))

    def guess(address: str) -> int:
        client = Client(REMOTE_ADDR=address)
        return int(client.post(url, sent, content_type="application/json").status_code)

    assert [guess("192.0.2.1") for _ in range(11)] == [404] * 10 + [429]
    assert guess("192.0.2.2") == 404


@pytest.mark.django_db
def test_a_form_comes_back_with_what_was_too_much(settings: Settings) -> None:
    settings.PAYMENTS_A_MINUTE = 1
    intent = payments.opened()
    payments.confirm(intent, payments.DECLINED)
    sent = {
        "client_secret": intent.client_secret,
        "number": payments.OK,
        "expiry": "12/99",
        "cvc": "123",
        "return_url": f"{settings.SITE_URL}/back",
    }
    answer = Client().post(f"/sandbox/v1/intents/{intent.ref}/confirm", sent)
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{settings.SITE_URL}/back?payment={intent.ref}&card_error=rate_limited",
    )
