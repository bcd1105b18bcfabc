"""The 61 audits of the npm package graphql-http (1.23), whose marks they carry: what GraphQL over HTTP asks.

They suppose that GET is free, as it is in DEBUG.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from marketplace.api.http import GRAPHQL, JSON

pytestmark = pytest.mark.django_db

EVERY_CLIENT_ERROR = range(400, 500)
EVERY_ERROR = range(400, 600)
OK, REFUSED = (200,), (400,)

TYPENAME = {"query": "{ __typename }"}
NAMED = {"operationName": "Query", "query": "query Query { __typename }"}
WITH_VARIABLE = {
    "query": "query Type($name: String!) { __type(name: $name) { name } }",
    "variables": {"name": "sometype"},
}
NO_DOCUMENT = {"query": "{"}
NO_FIELD = {"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"}
NO_VALUE = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}
NO_JSON = '{ "not a JSON'


@dataclass(frozen=True)
class Audit:
    """A request and what is allowed as its answer; a body is sent by POST, a query string by GET."""

    mark: str
    statuses: tuple[int, ...] | range
    body: Mapping[str, object] | str | None = None
    query: Mapping[str, Any] | None = None
    accept: str | None = None
    content_type: str = JSON
    media_type: str | None = None
    errors: bool | None = None
    data: bool | None = None

    def send(self) -> Any:
        headers = {"Accept": self.accept} if self.accept else {}
        if self.query is not None:
            query = {
                name: json.dumps(value) if isinstance(value, dict) else value
                for name, value in self.query.items()
            }
            return Client().get("/graphql/", query, headers=headers)
        body = self.body if isinstance(self.body, str) else json.dumps(self.body)
        # The test client leaves the type of an empty body out, browsers do not.
        return Client(CONTENT_TYPE=self.content_type).post(
            "/graphql/", body, content_type=self.content_type, headers=headers
        )


def for_every_wrong(mark: str, parameter: str, values: tuple[object, ...]) -> list[Audit]:
    body = TYPENAME
    return [
        Audit(f"{mark}{index}", REFUSED, {**body, parameter: value}) for index, value in enumerate(values)
    ]


NO_TEXT: tuple[object, ...] = ({"obj": "ect"}, 0, False, ["array"])
NO_OBJECT: tuple[object, ...] = ("string", 0, False, ["array"])

AUDITS = [
    # media types
    Audit("22EB", OK, TYPENAME, accept=GRAPHQL, media_type=GRAPHQL),
    Audit("4655", OK, TYPENAME, accept=JSON, media_type=JSON),
    Audit("47DE", OK, TYPENAME, accept="*/*", media_type=JSON),
    Audit("80D8", OK, TYPENAME, media_type=JSON),
    Audit("82A3", OK, TYPENAME),
    Audit(
        "BF61",
        OK,
        {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
        content_type=f"{JSON}; charset=utf-8",
    ),
    Audit("78D5", OK, TYPENAME),
    # methods
    Audit("2C94", OK, TYPENAME),
    Audit("5A70", OK, query=TYPENAME),
    Audit("9C48", EVERY_CLIENT_ERROR, query={"query": "mutation { __typename }"}, accept=GRAPHQL),
    Audit("9ABE", EVERY_CLIENT_ERROR, TYPENAME, content_type="text/plain; charset=utf-8"),
    Audit("03D4", OK, TYPENAME),
    Audit("A5BF", REFUSED, ""),
    # parameters
    Audit("423L", REFUSED, {"notquery": "{ __typename }"}, accept=GRAPHQL),
    *for_every_wrong("LKJ", "query", NO_TEXT),
    Audit("34A2", OK, TYPENAME, accept=GRAPHQL),
    Audit("13EE", OK, TYPENAME, accept=JSON, errors=False),
    *for_every_wrong("6C0", "operationName", NO_TEXT),
    Audit("8161", OK, NAMED, accept=GRAPHQL),
    Audit("B8B3", OK, NAMED, accept=JSON, errors=False),
    Audit("94B0", OK, {**TYPENAME, "variables": None}, accept=GRAPHQL, errors=False),
    Audit("0220", OK, {**TYPENAME, "variables": None}, accept=JSON, errors=False),
    Audit("94B1", OK, {**TYPENAME, "operationName": None}, accept=GRAPHQL, errors=False),
    Audit("0221", OK, {**TYPENAME, "operationName": None}, accept=JSON, errors=False),
    Audit("94B2", OK, {**TYPENAME, "extensions": None}, accept=GRAPHQL, errors=False),
    Audit("0222", OK, {**TYPENAME, "extensions": None}, accept=JSON, errors=False),
    *for_every_wrong("476", "variables", NO_OBJECT),
    Audit("2EA1", OK, WITH_VARIABLE, accept=GRAPHQL),
    Audit("28B9", OK, WITH_VARIABLE, accept=JSON, errors=False),
    Audit("D6D5", OK, query=WITH_VARIABLE, accept=GRAPHQL, errors=False),
    Audit("6A70", OK, query=WITH_VARIABLE, accept=JSON, errors=False),
    *for_every_wrong("58B", "extensions", NO_OBJECT),
    Audit("428F", OK, {**TYPENAME, "extensions": {"some": "value"}}, accept=GRAPHQL),
    Audit("1B7A", OK, {**TYPENAME, "extensions": {"some": "value"}}, accept=JSON, errors=False),
    # what cannot be read; where an audit allows several statuses, ours
    Audit("B6DC", REFUSED, NO_JSON, accept=JSON),
    Audit("BCF8", REFUSED, NO_JSON, accept=JSON),
    Audit("B7N8", REFUSED, NO_JSON, accept=GRAPHQL),
    Audit("8764", EVERY_ERROR, {"qeury": "{ __typename }"}),
    Audit("3E3A", REFUSED, {"qeury": "{ __typename }"}),
    # application/json
    Audit("572B", OK, NO_DOCUMENT, accept=JSON),
    Audit("FDE2", OK, NO_FIELD, accept=JSON),
    Audit("7B9B", OK, NO_VALUE, accept=JSON),
    # application/graphql-response+json
    Audit("865D", EVERY_ERROR, NO_DOCUMENT, accept=GRAPHQL),
    Audit("556A", REFUSED, NO_DOCUMENT, accept=GRAPHQL),
    Audit("D586", REFUSED, NO_DOCUMENT, accept=GRAPHQL, data=False),
    Audit("51FE", EVERY_ERROR, NO_FIELD, accept=GRAPHQL),
    Audit("74FF", REFUSED, NO_FIELD, accept=GRAPHQL),
    Audit("5E5B", REFUSED, NO_FIELD, accept=GRAPHQL, data=False),
    Audit("86EE", REFUSED, NO_VALUE, accept=GRAPHQL),
]


def test_there_are_as_many_as_the_package_has() -> None:
    assert len({audit.mark for audit in AUDITS}) == len(AUDITS) == 61


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.mark)
def test_audit(audit: Audit, settings: Any) -> None:
    settings.DEBUG = True
    response = audit.send()
    body = json.loads(response.content.decode("utf-8"))
    assert response.status_code in audit.statuses
    assert response.headers["Content-Type"].split(";")[0] == (
        audit.media_type or audit.accept or JSON
    ).replace("*/*", JSON)
    assert audit.errors is None or ("errors" in body) is audit.errors
    assert audit.data is None or ("data" in body) is audit.data
