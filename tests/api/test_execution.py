"""Documents read once, and what is asked of each request nevertheless."""

from typing import Any

import pytest
from graphql import get_introspection_query

from marketplace.api.execution import LONGEST_REMEMBERED, prepared
from marketplace.api.limits import LIMITS
from marketplace.kernel.models import AuditEntry
from marketplace.schema import schema
from tests.factories.accounts import UserFactory
from tests.support import floor
from tests.support.graphql import GraphQL
from tests.support.viewing import asking

pytestmark = pytest.mark.django_db

STANDARD = get_introspection_query()
NAMES = ("images", "variants")
SIZED = "query($n: Int) { products(first: $n) { totalCount edges { node { id } } } }"


def test_the_same_text_is_read_once() -> None:
    first = prepared(floor.schema._schema, "{ __typename }")
    assert prepared(floor.schema._schema, "{ __typename }") is first
    assert first.problems is first.problems


def test_a_long_text_is_not_remembered() -> None:
    text = "{ __typename } #" + "a" * LONGEST_REMEMBERED
    assert prepared(floor.schema._schema, text) is not prepared(floor.schema._schema, text)


def test_staff_read_the_whole_schema_and_others_do_not() -> None:
    staff, buyer = UserFactory.create(is_staff=True), UserFactory.create()
    assert GraphQL(staff).ask(STANDARD)["__schema"]["queryType"]["name"] == "Query"
    assert GraphQL(buyer).codes(STANDARD) == ["INTROSPECTION_OFF"]
    assert GraphQL().codes(STANDARD) == ["INTROSPECTION_OFF"]


def test_in_debug_everyone_reads_the_schema(settings: Any) -> None:
    settings.DEBUG = True
    assert GraphQL().codes(STANDARD) == []


def test_staff_keep_the_limits_beside_it() -> None:
    staff = GraphQL(UserFactory.create(is_staff=True))
    deep = "parent { " * 16 + "id" + " }" * 16
    document = f'{{ __schema {{ queryType {{ name }} }} category(slug: "a") {{ {deep} }} }}'
    assert staff.codes(document) == ["TOO_DEEP"]


def test_every_answer_says_what_it_cost() -> None:
    for size, cost in ((5, 2 + 6), (100, 2 + 20 * 6), (None, 2 + 4 * 6)):
        extensions = GraphQL().send(SIZED, n=size).json()["extensions"]
        assert extensions == {"cost": {"requested": cost, "limit": LIMITS["TOO_EXPENSIVE"]}}


def test_the_operation_named_is_the_one_that_is_measured() -> None:
    below = " ".join(
        f"{name}(first: 100) {{ edges {{ cursor node {{ id __typename }} }} }}" for name in NAMES
    )
    page = f"products(first: 100) {{ edges {{ node {{ {below} }} }} }} vendors(first: 100) {{ totalCount }}"
    body = {"query": f"query A {{ __typename }} query B {{ {page} }}"}
    http = GraphQL().http
    a, b = (
        http.post("/graphql/", {**body, "operationName": name}, content_type="application/json").json()
        for name in ("A", "B")
    )
    assert a["data"] == {"__typename": "Query"}
    assert b["errors"][0]["extensions"] == {"code": "TOO_EXPENSIVE", "limit": LIMITS["TOO_EXPENSIVE"]}


def test_no_mutation_is_executed_for_who_looks_as_a_user() -> None:
    ada = UserFactory.create()
    looking = asking(ada)
    before = AuditEntry.objects.count()
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert len(mutations.fields) > 50
    answers = {}
    for name, field in mutations.fields.items():
        asked = f"mutation($input: {field.args['input'].type}) {{ {name}(input: $input) {{ __typename }} }}"
        response = looking.send(asked)
        (error,) = response.json()["errors"]
        answers[name] = (response.status_code, error["extensions"]["code"], response.json().get("data"))
    assert set(answers.values()) == {(403, "VIEWING_ONLY", None)}
    assert AuditEntry.objects.count() == before
    assert looking.ask("{ viewer { user { email } } }") == {"viewer": {"user": {"email": ada.email}}}
