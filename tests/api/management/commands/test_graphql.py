"""A document run from the command line: as somebody, under the same limits."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

VIEWER = "{ viewer { __typename } platform { __typename } }"
INTROSPECTION = "{ __schema { queryType { name } } }"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def call(document: str, **options: object) -> tuple[dict[str, Any], int]:
        file, output = tmp_path / "a.graphql", io.StringIO()
        file.write_text(document)
        try:
            call_command("graphql", str(file), stdout=output, **options)
        except SystemExit as end:
            return json.loads(output.getvalue()), int(end.code or 0)
        return json.loads(output.getvalue()), 0

    return call


def test_nobody_sees_what_all_see(run: Any) -> None:
    body, status = run(VIEWER)
    assert (body["data"], status) == ({"viewer": None, "platform": None}, 0)


def test_a_user_sees_what_is_theirs(run: Any) -> None:
    user = UserFactory.create(email="ada@example.com")
    body, status = run(VIEWER, user="Ada@example.com")
    assert (body["data"], status) == ({"viewer": {"__typename": "Viewer"}, "platform": None}, 0)
    user.is_staff = True
    user.save()
    assert run(VIEWER, user=user.email)[0]["data"]["platform"] == {"__typename": "Platform"}


def test_variables_and_operations_are_named(run: Any) -> None:
    document = "query A($id: ID!) { node(id: $id) { id } } query B { __typename }"
    assert run(document, operation="B")[0]["data"] == {"__typename": "Query"}
    body, status = run(document, operation="A", variables='{"id": "x"}')
    assert (body["errors"][0]["extensions"]["code"], status) == ("INVALID_INPUT", 1)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "SYNTAX_ERROR"),
        ("{ a }", "INVALID_DOCUMENT"),
        ("{ products(first: 101) { totalCount } }", "PAGE_TOO_LARGE"),
    ],
)
def test_what_is_refused_is_printed_and_fails(run: Any, document: str, code: str) -> None:
    body, status = run(document)
    assert ([each["extensions"]["code"] for each in body["errors"]], status) == ([code], 1)


def test_only_staff_introspect(run: Any) -> None:
    assert run(INTROSPECTION)[1] == 1
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    assert run(INTROSPECTION, user=staff.email)[0]["data"] == {"__schema": {"queryType": {"name": "Query"}}}


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("{ __typename }"))
    output = io.StringIO()
    call_command("graphql", "-", stdout=output)
    assert json.loads(output.getvalue())["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "options", [{"user": "nobody@example.com"}, {"variables": "{"}, {"variables": "[]"}], ids=str
)
def test_what_cannot_be_used_is_said(run: Any, options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        run("{ __typename }", **options)


def test_a_missing_file_is_said() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("graphql", "/nowhere.graphql")
