"""What a client reads when something is refused or breaks, and what it never reads."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.api.errors import REFUSING_MODULES, ErrorCode, error_type, refusals
from marketplace.kernel.errors import RateLimited, Refusal
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.urls("tests.support.floor")

OPEN = """mutation($how: String!) { openDoor(input: { how: $how }) { __typename
  ... on DoorSuccess { how } ... on Error { code message field } ... on RateLimitedError { retryAfter } } }"""


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        if not below.__module__.startswith("tests."):
            yield below
            yield from every_refusal(below)


def test_every_refusal_of_the_house_has_its_code_in_the_schema() -> None:
    homes = {module.__name__ for module in REFUSING_MODULES}
    assert {kind.__module__ for kind in every_refusal()} <= homes
    assert {kind.code for kind in every_refusal()} == {code.value for code in ErrorCode}


def test_no_two_refusals_share_a_code() -> None:
    assert len({kind.code for kind in every_refusal()}) == len(set(every_refusal()))


@pytest.mark.parametrize("kind", list(refusals()), ids=lambda kind: kind.code)
def test_every_refusal_becomes_a_type(kind: type[Refusal]) -> None:
    made = error_type(kind)
    assert made.__name__ == f"{kind.__name__}Error"
    assert error_type(kind) is made


def test_success() -> None:
    assert GraphQL().ask(OPEN, how="gently") == {"openDoor": {"__typename": "DoorSuccess", "how": "gently"}}


def test_a_refusal_a_mutation_names_is_data() -> None:
    assert GraphQL().ask(OPEN, how="missing")["openDoor"] == {
        "__typename": "NotFoundError",
        "code": "NOT_FOUND",
        "message": "There is no such door.",
        "field": "how",
    }


def test_its_facts_are_fields() -> None:
    assert GraphQL().ask(OPEN, how="late")["openDoor"] == {
        "__typename": "RateLimitedError",
        "code": "RATE_LIMITED",
        "message": RateLimited(retry_after=30).message,
        "field": None,
        "retryAfter": 30,
    }


@pytest.mark.parametrize(
    ("document", "variables", "path"),
    [
        ("{ bug }", {}, ["bug"]),
        ("{ b: bug }", {}, ["b"]),
        ("{ worstBug }", {}, ["worstBug"]),
        (OPEN, {"how": "bug"}, ["openDoor"]),
        (OPEN, {"how": "unnamed"}, ["openDoor"]),
    ],
)
def test_a_bug_is_masked_and_logged_once_with_its_traceback(
    document: str, variables: dict[str, object], path: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "marketplace.api.errors"):
        response = GraphQL().send(document, **variables)
    (error,) = response.json()["errors"]
    assert {name: error[name] for name in ("message", "path", "extensions")} == {
        "message": "Something went wrong on our side.",
        "path": path,
        "extensions": {"code": "INTERNAL_ERROR"},
    }
    assert b"hunter2" not in response.content
    (record,) = [each for each in caplog.records if each.name == "marketplace.api.errors"]
    assert record.exc_info is not None
    assert "hunter2" in str(record.exc_info[1])
    assert record.exc_info[2] is not None


def test_a_refusal_in_a_query_stands_on_its_path_and_leaves_the_rest() -> None:
    response = GraphQL().send("{ refusal __typename }").json()
    assert response["data"] == {"refusal": None, "__typename": "Query"}
    assert response["errors"] == [
        {
            "message": "There is no such door.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["refusal"],
            "extensions": {"code": "NOT_FOUND", "field": "key"},
        }
    ]


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("query($a: Decimal!) { echo(amount: $a) }", {"a": "many"}, "INVALID_VARIABLES"),
        ("query($a: Decimal!) { echo(amount: $a) }", {}, "INVALID_VARIABLES"),
        ("query($a: Int = 1) { echo(count: $a) }", {"a": None}, "INVALID_VARIABLES"),
        ('{ echo(amount: "many") }', {}, "INVALID_DOCUMENT"),
        ("{ echo(count: 99999999999) }", {}, "INVALID_DOCUMENT"),
        ("{", {}, "SYNTAX_ERROR"),
    ],
)
def test_what_the_client_got_wrong_is_said_in_no_words_of_pythons(
    document: str, variables: dict[str, object], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        errors: Any = GraphQL().send(document, **variables).json()["errors"]
    assert [each["extensions"]["code"] for each in errors] == [code]
    assert "class" not in errors[0]["message"]
    assert "decimal." not in errors[0]["message"]
    assert caplog.records == []


def test_messages_are_short() -> None:
    (error,) = GraphQL().send(f"{{ {'a' * 5_000} }}").json()["errors"]
    assert len(error["message"]) <= 500
