"""One's data and its end, over HTTP."""

from typing import Any

import pytest

from marketplace.accounts.factors import current_code, give_totp
from marketplace.accounts.models import User
from marketplace.accounts.operations import privacy
from marketplace.outreach.jobs import accounts as jobs
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.orders import placed
from tests.support.graphql import GraphQL

pytestmark = pytest.mark.django_db

SECRET = "NFXGS3TFMRQW4ZLSMRSW233T"
ERROR = "... on Error { code field message }"
EXPORT = f"""mutation($input: RequestDataExportInput!) {{ requestDataExport(input: $input) {{
  ... on RequestDataExportSuccess {{ dataExport {{ readyAt }} }} {ERROR} }} }}"""
DELETE = f"""mutation($input: DeleteAccountInput!) {{ deleteAccount(input: $input) {{
  ... on DeleteAccountSuccess {{ csrfToken }} {ERROR} ... on AccountInUseError {{ use }} }} }}"""
READ = "{ viewer { dataExport { requestedAt readyAt content } } }"
ME = "{ viewer { user { email } } }"


def _answer(client: GraphQL, document: str, **fields: object) -> Any:
    (answer,) = client.ask(document, input=fields).values()
    return answer


def _code(client: GraphQL, document: str, **fields: object) -> str:
    code: str = _answer(client, document, **fields)["code"]
    return code


def test_an_export_is_asked_for_and_read() -> None:
    user = UserFactory.create()
    client = GraphQL(user)
    assert client.ask(READ) == {"viewer": {"dataExport": None}}
    assert _answer(client, EXPORT, password=PASSWORD) == {"dataExport": {"readyAt": None}}
    assert client.ask(READ)["viewer"]["dataExport"]["content"] is None
    jobs.make_data_export(user_id=user.pk, occasion="one")
    content = client.ask(READ)["viewer"]["dataExport"]["content"]
    assert (content["account"]["email"], content["orders"]) == (user.email, [])
    assert GraphQL(UserFactory.create()).ask(READ) == {"viewer": {"dataExport": None}}


def test_reading_it_asks_for_a_recent_sign_in() -> None:
    user = UserFactory.create()
    _answer(GraphQL(user), EXPORT, password=PASSWORD)
    assert GraphQL(user).codes(READ) == ["RECENT_SIGN_IN_REQUIRED"]


def test_an_account_is_deleted() -> None:
    user = UserFactory.create()
    client, there = GraphQL(user), GraphQL(user)
    assert "csrfToken" in _answer(client, DELETE, password=PASSWORD)
    assert [each.ask(ME) for each in (client, there)] == [{"viewer": None}] * 2
    assert not User.objects.filter(email=user.email).exists()


def test_an_open_order_keeps_it() -> None:
    user = UserFactory.create()
    placed(user=user)
    answer = _answer(GraphQL(user), DELETE, password=PASSWORD)
    assert (answer["code"], answer["use"]) == ("ACCOUNT_IN_USE", "1 open order")
    assert answer["message"] == "The account cannot be deleted while it has 1 open order."
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("document", [EXPORT, DELETE])
def test_both_ask_for_all_that_signing_in_asks_for(document: str) -> None:
    user = UserFactory.create()
    client = GraphQL(user)
    assert _code(GraphQL(), document, password=PASSWORD) == "SIGN_IN_REQUIRED"
    assert _code(client, document, password="wrong") == "INVALID_CREDENTIALS"
    give_totp(user, SECRET)
    assert _code(client, document, password=PASSWORD) == "SECOND_FACTOR_REQUIRED"
    assert _code(client, document, password=PASSWORD, code="000000") == "INVALID_CODE"
    assert "code" not in _answer(client, document, password=PASSWORD, code=current_code(SECRET))


def test_exports_are_limited() -> None:
    client = GraphQL(UserFactory.create())
    for _ in range(privacy.EXPORT_BY_USER.limit):
        _answer(client, EXPORT, password=PASSWORD)
    assert _code(client, EXPORT, password=PASSWORD) == "RATE_LIMITED"
