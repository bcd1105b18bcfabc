import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries

from marketplace import logs
from tests.factories.accounts import UserFactory
from tests.support.viewing import looking

Lines = io.StringIO


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the root logger writes, as the JSON lines of production."""
    written = Lines()
    settings = dict(logs.configure(log_format="json", level="INFO")["formatters"]["line"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(settings.pop("()")(**settings))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


def _events(lines: Lines) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_facts(lines: Lines) -> None:
    structlog.get_logger("shop").info("order_placed", order=7)
    (event,) = _events(lines)
    assert event.pop("at").endswith("Z")
    assert event == {"event": "order_placed", "order": 7, "level": "info", "logger": "shop"}


def test_a_line_of_the_standard_library_looks_the_same(lines: Lines) -> None:
    logging.getLogger("library").warning("%s of %s", 1, 2)
    (event,) = _events(lines)
    assert {name: event[name] for name in ("event", "level", "logger")} == {
        "event": "1 of 2",
        "level": "warning",
        "logger": "library",
    }


def test_values_under_secret_names_are_redacted_at_any_depth(lines: Lines) -> None:
    structlog.get_logger().info(
        "signed_in", password="pw", headers={"Authorization": "Bearer x", "Accept": "*/*"}, rows=[{"cvc": 1}]
    )
    (event,) = _events(lines)
    assert event["password"] == "[redacted]"
    assert event["headers"] == {"Authorization": "[redacted]", "Accept": "*/*"}
    assert event["rows"] == [{"cvc": "[redacted]"}]


def test_a_password_within_an_address_is_redacted(lines: Lines) -> None:
    structlog.get_logger().info("connecting", to="postgresql://shop:pw@db:5432/shop")
    assert _events(lines)[0]["to"] == "postgresql://shop:[redacted]@db:5432/shop"


def test_a_traceback_shows_no_local_variables(lines: Lines) -> None:
    card_number = "4242" * 4
    try:
        int(card_number[:0])
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError: invalid literal" in _events(lines)[0]["exception"]
    assert card_number not in lines.getvalue()


def test_the_console_shows_no_secret_either() -> None:
    settings = dict(logs.configure(log_format="console", level="INFO")["formatters"]["line"])
    record = logging.LogRecord("shop", logging.INFO, "", 1, "to redis://:pw@cache", (), None)
    line = settings.pop("()")(**settings).format(record)
    logs.configure(log_format="json", level="INFO")
    assert "to redis://:[redacted]@cache" in line
    assert "pw" not in line


def test_a_request_is_one_line_without_its_query(client: Client, lines: Lines) -> None:
    client.get("/nowhere?token=abc")
    (event,) = _events(lines)
    assert event["request"] == "GET /nowhere"
    assert event["code"] == 404
    assert event["ms"] >= 0
    assert "abc" not in lines.getvalue()


def test_a_request_id_of_the_proxy_is_kept_and_handed_back(client: Client, lines: Lines) -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": "proxy-0123456789"})
    assert response["X-Request-ID"] == "proxy-0123456789"
    assert _events(lines)[0]["request_id"] == "proxy-0123456789"


@pytest.mark.parametrize("foreign", ["", "short", "x" * 65, 'a"b: forged'])
def test_an_unusable_request_id_is_replaced(client: Client, lines: Lines, foreign: str) -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": foreign})
    assert response["X-Request-ID"] != foreign
    assert _events(lines)[0]["request_id"] == response["X-Request-ID"]


def boom(_request: HttpRequest) -> HttpResponse:
    raise ValueError("as a bug would")


urlpatterns = [path("boom", boom)]


@pytest.mark.urls(__name__)
def test_an_error_is_logged_once_with_its_traceback(lines: Lines) -> None:
    response = Client(raise_request_exception=False).get("/boom")
    (event,) = _events(lines)
    assert (event["event"], event["level"], event["request"]) == ("request_failed", "error", "GET /boom")
    assert event["exception"].endswith("ValueError: as a bug would")
    assert event["request_id"] == response["X-Request-ID"]


@pytest.mark.django_db
def test_logging_a_request_asks_nothing_of_the_database(
    django_assert_num_queries: DjangoAssertNumQueries, lines: Lines
) -> None:
    request = RequestFactory().get("/")
    session = SessionStore()
    session["cart"] = 1
    session.save()
    request.session = session
    request.user = UserFactory.create()

    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    with django_assert_num_queries(0):
        logs.RequestMiddleware(answer)(request)
    assert "user_id" not in _events(lines)[0]


@pytest.mark.django_db
def test_who_looks_as_a_user_is_named_beside_them(lines: Lines) -> None:
    ada = UserFactory.create()
    client = looking(ada)
    lines.seek(0)
    lines.truncate()
    staff = client.get("/account").wsgi_request.user
    client.post("/account/email", {"email": "new@example.com"})
    assert [(event["user"], event["viewed_by"], event["code"]) for event in _events(lines)] == [
        (ada.pk, staff.pk, 200),
        (ada.pk, staff.pk, 403),
    ]
