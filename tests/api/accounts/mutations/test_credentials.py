"""Password, address and sessions over HTTP, by somebody who is signed in."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import User
from marketplace.accounts.operations import credentials
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support.graphql import GraphQL
from tests.support.queue import queued

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-walk-by-the-sea"
ERROR = "... on Error { code field }"
LOG_IN = f"mutation($input: LogInInput!) {{ logIn(input: $input) {{ __typename {ERROR} }} }}"
CONFIRM = f"""mutation($input: ConfirmSignInInput!) {{ confirmSignIn(input: $input) {{
  ... on ConfirmSignInSuccess {{ email }} {ERROR} }} }}"""
PASSWORDS = f"""mutation($input: ChangePasswordInput!) {{ changePassword(input: $input) {{
  ... on ChangePasswordSuccess {{ csrfToken }} {ERROR} }} }}"""
EMAIL = f"""mutation($input: ChangeEmailInput!) {{ changeEmail(input: $input) {{
  ... on ChangeEmailSuccess {{ email }} {ERROR} }} }}"""
REVOKE = f"""mutation($input: RevokeSessionsInput!) {{ revokeSessions(input: $input) {{
  ... on RevokeSessionsSuccess {{ sessions {{ edges {{ node {{ isCurrent }} }} }} }} {ERROR} }} }}"""
SESSIONS = """{ viewer { sessions { totalCount edges { node {
  id device network isCurrent signedInAt lastSeenAt } } } } }"""
ME = "{ viewer { user { email } } }"


def _answer(client: GraphQL, document: str, **fields: object) -> Any:
    (answer,) = client.ask(document, input=fields).values()
    return answer


def _signed_in(user: User) -> GraphQL:
    client = GraphQL()
    answer = _answer(client, LOG_IN, email=user.email, password=PASSWORD)
    assert answer == {"__typename": "LogInSuccess"}
    return client


def _is_in(client: GraphQL) -> bool:
    return client.ask(ME)["viewer"] is not None


def _sessions(client: GraphQL) -> list[Any]:
    return [edge["node"] for edge in client.ask(SESSIONS)["viewer"]["sessions"]["edges"]]


class TestChangePassword:
    def test_keeps_this_browser_and_ends_the_others(self) -> None:
        user = UserFactory.create()
        here, there = _signed_in(user), _signed_in(user)
        assert "csrfToken" in _answer(here, PASSWORDS, password=NEW_PASSWORD)
        assert (_is_in(here), _is_in(there)) == (True, False)
        assert User.objects.get().check_password(NEW_PASSWORD)

    def test_is_refused_by_name(self) -> None:
        user = UserFactory.create()
        client = _signed_in(user)
        answers = [
            _answer(GraphQL(), PASSWORDS, password=NEW_PASSWORD),
            _answer(GraphQL(user), PASSWORDS, password=NEW_PASSWORD),
            _answer(client, PASSWORDS, password="short"),
        ]
        assert answers == [
            {"code": "SIGN_IN_REQUIRED", "field": None},
            {"code": "RECENT_SIGN_IN_REQUIRED", "field": None},
            {"code": "WEAK_PASSWORD", "field": "password"},
        ]
        assert User.objects.get().check_password(PASSWORD)


class TestConfirmSignIn:
    def test_opens_what_asks_for_a_recent_sign_in(self) -> None:
        user = UserFactory.create()
        client = GraphQL(user)
        assert _answer(client, CONFIRM, password="wrong") == {"code": "INVALID_CREDENTIALS", "field": None}
        assert _answer(client, EMAIL, email="new@example.com")["code"] == "RECENT_SIGN_IN_REQUIRED"
        assert _answer(client, CONFIRM, password=PASSWORD) == {"email": user.email}
        assert _answer(client, EMAIL, email="new@example.com") == {"email": "new@example.com"}

    def test_is_for_the_signed_in(self) -> None:
        assert _answer(GraphQL(), CONFIRM, password=PASSWORD)["code"] == "SIGN_IN_REQUIRED"


class TestChangeEmail:
    def test_answers_the_same_for_an_address_that_is_taken(self) -> None:
        taken = UserFactory.create(email="taken@example.com")
        client = _signed_in(UserFactory.create())
        emails = [taken.email, "free@example.com"]
        assert [_answer(client, EMAIL, email=email) for email in emails] == [
            {"email": each} for each in emails
        ]
        assert [name for name, _ in queued()] == ["mail_email_change", "mail_email_change_requested"] * 2

    def test_is_refused_by_name(self) -> None:
        user = UserFactory.create()
        client = _signed_in(user)
        assert _answer(GraphQL(), EMAIL, email="new@example.com")["code"] == "SIGN_IN_REQUIRED"
        assert _answer(client, EMAIL, email="new") == {"code": "INVALID_INPUT", "field": "email"}
        for _ in range(credentials.CHANGE_BY_EMAIL.limit):
            _answer(client, EMAIL, email="new@example.com")
        assert _answer(client, EMAIL, email="new@example.com") == {"code": "RATE_LIMITED", "field": None}


class TestSessions:
    def test_are_listed_for_their_user_alone(self) -> None:
        user = UserFactory.create()
        here, _ = _signed_in(user), _signed_in(user)
        stranger = _signed_in(UserFactory.create())
        assert sorted(each["isCurrent"] for each in _sessions(here)) == [False, True]
        (node,) = _sessions(stranger)
        assert (node["device"], node["network"]) == ("an unknown program", "127.0.0.0/24")
        assert here.ask("query($id: ID!) { node(id: $id) { id } }", id=node["id"]) == {"node": None}

    @pytest.mark.parametrize("others", [0, 2])
    def test_cost_the_same_however_many(
        self, others: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        user = UserFactory.create()
        here, *_ = [_signed_in(user) for _ in range(others + 1)]
        # The session, the user, the page, the count.
        with django_assert_num_queries(4):
            assert len(_sessions(here)) == others + 1

    def test_one_or_all_others_are_ended(self) -> None:
        user = UserFactory.create()
        here, there, elsewhere = (_signed_in(user) for _ in range(3))
        (there_id,) = [each["id"] for each in _sessions(there) if each["isCurrent"]]
        assert len(_answer(here, REVOKE, session=there_id)["sessions"]["edges"]) == 2
        assert (_is_in(here), _is_in(there), _is_in(elsewhere)) == (True, False, True)
        left = _answer(here, REVOKE)["sessions"]["edges"]
        assert left == [{"node": {"isCurrent": True}}]
        assert (_is_in(here), _is_in(elsewhere)) == (True, False)

    def test_of_somebody_else_are_like_none(self) -> None:
        theirs = _signed_in(UserFactory.create())
        (node,) = _sessions(theirs)
        client = _signed_in(UserFactory.create())
        ids = [node["id"], encode_id("Session", 10**9)]
        assert [_answer(client, REVOKE, session=each) for each in ids] == [
            {"code": "NOT_FOUND", "field": "session"}
        ] * 2
        assert _answer(client, REVOKE, session="garbage") == {"code": "INVALID_INPUT", "field": "session"}
        assert _answer(GraphQL(), REVOKE)["code"] == "SIGN_IN_REQUIRED"
        assert _is_in(theirs)

    def test_are_seen_again_by_their_requests(self) -> None:
        client = _signed_in(UserFactory.create())
        later = clock.now() + timedelta(hours=1)
        with clock.at(later):
            client.ask(ME)
            (node,) = _sessions(client)
        assert node["lastSeenAt"] == later.isoformat()


def test_a_session_from_before_signing_in_is_worth_nothing_after() -> None:
    """Who made the victim's browser use a session they know knows nothing once the victim has signed in."""
    victim, attacker = GraphQL(), GraphQL()
    planted = victim.http.session
    planted["cart_id"] = 7
    planted.save()
    for client in (victim, attacker):
        client.http.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    user = UserFactory.create()
    _answer(victim, LOG_IN, email=user.email, password=PASSWORD)
    assert (_is_in(victim), _is_in(attacker)) == (True, False)
    assert "cart_id" not in attacker.http.session
