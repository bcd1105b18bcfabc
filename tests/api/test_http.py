"""Which requests are heard, whose cookies count, and how long an answer may be kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from marketplace.api.http import GRAPHQL, JSON, endpoint
from marketplace.api.persisted import document_id
from tests.factories.accounts import UserFactory
from tests.support import floor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.floor")]

BODY = json.dumps({"query": "{ __typename }"})
REGISTERED = "query Kind { __typename }"
WITH_TOKEN = "{ csrfToken }"
FAILING = "{ refusal }"


@pytest.fixture
def registered(tmp_path: Path, settings: Any) -> None:
    for number, text in enumerate((REGISTERED, WITH_TOKEN, FAILING, "{ visits }", "{ cookie }")):
        (tmp_path / f"{number}.graphql").write_text(text)
    settings.PERSISTED_DOCUMENTS = [tmp_path]


def post(client: Client, body: str = BODY, content_type: str = JSON, **headers: str) -> Any:
    return client.post("/graphql/", body, content_type=content_type, headers=headers)


def get(text: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get("/graphql/", {"documentId": document_id(text)}, headers=headers)


def code(response: Any) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{GRAPHQL};q=0, */*;q=0.1", JSON),
        (f"text/html, {GRAPHQL.upper()}", GRAPHQL),
        ("application/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("", JSON),
    ],
)
def test_the_client_chooses_the_media_type(accept: str, media_type: str) -> None:
    response = post(Client(), Accept=accept)
    assert (response.status_code, response.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", f"{JSON};q=much"])
def test_who_accepts_neither_is_told(accept: str) -> None:
    response = post(Client(), Accept=accept)
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=x",
        "application/json; charset=utf-16",
        "nonsense",
    ],
)
def test_other_bodies_are_not_heard(content_type: str) -> None:
    response = post(Client(), content_type=content_type)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"CONTENT_LENGTH": "102401"}, 413, "BODY_TOO_LARGE"),
        ({"CONTENT_LENGTH": "9" * 5_000}, 413, "BODY_TOO_LARGE"),
        ({"CONTENT_LENGTH": "-1"}, 411, "LENGTH_REQUIRED"),
        ({"CONTENT_LENGTH": "many"}, 411, "LENGTH_REQUIRED"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411, "LENGTH_REQUIRED"),
        ({"CONTENT_LENGTH": ""}, 400, "BAD_JSON"),
        ({"CONTENT_LENGTH": "5"}, 400, "BAD_JSON"),
    ],
)
def test_a_body_has_a_small_and_true_length(changes: dict[str, str], status: int, said: str) -> None:
    # Past the middleware that counts bytes, which fails on a length that is no number, as web servers do.
    request = RequestFactory().post("/graphql/", BODY, content_type=JSON, **changes)  # type: ignore[arg-type]
    response = endpoint(floor.schema)(request)
    found = json.loads(response.content)["errors"][0]["extensions"]["code"]
    assert (response.status_code, found) == (status, said)


def test_other_methods_are_named_and_refused() -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        response = Client().generic(method, "/graphql/")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
        assert code(response) == "METHOD_NOT_ALLOWED"
        assert response.headers["Cache-Control"] == "no-store"


def test_options_says_what_there_is() -> None:
    response = Client().options("/graphql/")
    assert (response.status_code, response.headers["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert response.content == b""


# CSRF: a session cookie makes the token necessary.


def signed_in() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory.create())
    return client


def test_without_a_session_no_token_is_needed() -> None:
    assert post(Client(enforce_csrf_checks=True)).status_code == 200


def test_with_a_session_the_token_is_needed() -> None:
    response = post(signed_in())
    assert (response.status_code, code(response)) == (403, "CSRF_FAILED")


def test_the_token_that_was_handed_out_is_right_and_another_is_not() -> None:
    client = signed_in()
    anonymous = Client()
    token = post(anonymous, json.dumps({"query": WITH_TOKEN})).json()["data"]["csrfToken"]
    client.cookies["csrftoken"] = anonymous.cookies["csrftoken"].value
    assert post(client, **{"X-CSRFToken": token}).status_code == 200
    assert post(client, **{"X-CSRFToken": "x" * 64}).status_code == 403
    assert post(client, **{"X-CSRFToken": token, "Origin": "https://evil.example"}).status_code == 403


def test_no_other_header_stands_in_for_the_token() -> None:
    """What a bearer is, says test_bearer."""
    for value in ("Basic abc", "Bearerabc", "bear er", "Token Bearer abc"):
        assert (post(signed_in(), Authorization=value).status_code, value) == (403, value)


def test_a_form_is_refused_before_anything_is_read(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = post(signed_in_without_queries(), content_type="multipart/form-data; boundary=x")
    assert (response.status_code, code(response)) == (403, "CSRF_FAILED")


def signed_in_without_queries() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = "abc"
    return client


# GET


@pytest.mark.usefixtures("registered")
def test_anonymous_get_is_for_registered_documents() -> None:
    assert get(REGISTERED).json()["data"] == {"__typename": "Query"}
    assert code(get("{ other }")) == "UNKNOWN_DOCUMENT"
    response = Client().get("/graphql/", {"query": REGISTERED})
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.usefixtures("registered")
def test_a_registered_document_may_be_posted_too() -> None:
    body = json.dumps({"documentId": document_id(REGISTERED)})
    assert post(Client(), body).json()["data"] == {"__typename": "Query"}


def test_staff_get_what_they_like_and_may_introspect() -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True))
    response = client.get("/graphql/", {"query": '{ __type(name: "Person") { name } }'})
    assert response.json()["data"] == {"__type": {"name": "Person"}}
    client.force_login(UserFactory.create())
    assert client.get("/graphql/", {"query": REGISTERED}).status_code == 405


def test_nobody_mutates_by_get(settings: Any) -> None:
    settings.DEBUG = True
    mutation = 'mutation M { openDoor(input: { how: "now" }) { __typename } }'
    for query in (
        {"query": mutation},
        {"query": f"query Q {{ __typename }} {mutation}", "operationName": "M"},
    ):
        response = Client().get("/graphql/", query)
        assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
        assert response.headers["Allow"] == "POST"


def test_a_query_string_has_a_limit() -> None:
    response = Client().get("/graphql/", {"documentId": "a" * 110_000})
    assert (response.status_code, code(response)) == (414, "BODY_TOO_LARGE")


@pytest.mark.usefixtures("registered")
def test_head_is_get_without_a_body() -> None:
    response = Client().head("/graphql/", {"documentId": document_id(REGISTERED)})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["ETag"] == get(REGISTERED).headers["ETag"]


# caches


@pytest.mark.usefixtures("registered")
def test_what_all_may_see_may_be_kept() -> None:
    response = get(REGISTERED)
    assert response.headers["Cache-Control"] == "public, max-age=5"
    assert set(response.headers["Vary"].split(", ")) == {"Accept", "Cookie", "Authorization"}
    again = get(REGISTERED, None, **{"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(REGISTERED, None, **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.usefixtures("registered")
def test_nothing_else_may_be_kept() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    answers = {
        "posted": post(Client()),
        "of a session": get(REGISTERED, client),
        "of a bearer": get(REGISTERED, Authorization="Bearer abc"),
        "with a password": get(REGISTERED, Authorization="Basic abc"),
        "with a new token": get(WITH_TOKEN),
        "with a new session": get("{ visits }"),
        "with a cookie": get("{ cookie }"),
        "with errors": get(FAILING),
        "refused": get("{ other }"),
    }
    assert {name: answer.headers["Cache-Control"] for name, answer in answers.items()} == dict.fromkeys(
        answers, "no-store"
    )
    assert [name for name, answer in answers.items() if "ETag" in answer.headers] == []


def test_what_resolvers_set_on_the_response_arrives() -> None:
    response = post(Client(), json.dumps({"query": "{ cookie }"}))
    assert (response.cookies["taste"].value, response.headers["X-Taste"]) == ("sweet", "sweet")


def test_an_anonymous_request_asks_the_database_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        post(Client())


def test_a_session_that_is_not_asked_about_costs_nothing(django_assert_num_queries: Any) -> None:
    client = signed_in_without_queries()
    client.handler.enforce_csrf_checks = False
    with django_assert_num_queries(0):
        assert post(client).status_code == 200


# the explorer

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_staff_find_an_explorer_in_the_browser() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory.create(is_staff=True))
    page = client.get("/graphql/", headers=BROWSER)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/graphql/",
        json.dumps({"query": "{ __typename }"}),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.json()["data"] == {"__typename": "Query"}


def test_nobody_else_does() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    for visitor in (Client(), client):
        refused = visitor.get("/graphql/", headers=BROWSER)
        assert (refused.status_code, code(refused)) == (405, "METHOD_NOT_ALLOWED")
