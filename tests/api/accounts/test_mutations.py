"""The whole way of an account over HTTP, and each way to be refused."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings

from marketplace.accounts import authentication
from marketplace.accounts.models import Address, User
from marketplace.accounts.operations import access, billing
from marketplace.api.scalars import encode_id
from tests.factories.accounts import PASSWORD, AddressFactory, UserFactory
from tests.support.graphql import GraphQL
from tests.support.queue import queued

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-walk-by-the-sea"
ERROR = "... on Error { __typename code message field }"
SIGN_UP = f"""mutation($input: SignUpInput!) {{ signUp(input: $input) {{
  ... on SignUpSuccess {{ email }} {ERROR} }} }}"""
VERIFY = f"""mutation($input: VerifyEmailInput!) {{ verifyEmail(input: $input) {{
  ... on VerifyEmailSuccess {{ email }} {ERROR} }} }}"""
LOG_IN = f"""mutation($input: LogInInput!) {{ logIn(input: $input) {{
  ... on LogInSuccess {{ user {{ email }} csrfToken }} {ERROR} }} }}"""
LOG_OUT = "mutation($input: LogOutInput!) { logOut(input: $input) { ... on LogOutSuccess { csrfToken } } }"
REQUEST = f"""mutation($input: RequestPasswordResetInput!) {{ requestPasswordReset(input: $input) {{
  ... on RequestPasswordResetSuccess {{ email }} {ERROR} }} }}"""
RESET = f"""mutation($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{
  ... on ResetPasswordSuccess {{ email }} {ERROR} }} }}"""
SAVE = f"""mutation($input: SaveAddressInput!) {{ saveAddress(input: $input) {{ ... on SaveAddressSuccess {{
  address {{ id addressType name line1 line2 city state postalCode country phone isDefault }} }}
  {ERROR} }} }}"""
DELETE = f"""mutation($input: DeleteAddressInput!) {{ deleteAddress(input: $input) {{
  ... on DeleteAddressSuccess {{ addresses {{ edges {{ node {{ name }} }} }} }} {ERROR} }} }}"""
ME = "{ viewer { user { email } } }"

ADDRESS = {
    "addressType": "SHIPPING",
    "name": "Ada",
    "line1": "Unter den Linden 1",
    "city": "Berlin",
    "country": "de",
}


def _answer(client: GraphQL, document: str, **fields: object) -> Any:
    (answer,) = client.ask(document, input=fields).values()
    return answer


def _refusal(answer: Any) -> tuple[str, str | None]:
    """The code and field of a refusal, whose type bears the name of the code."""
    type_name = "".join(word.capitalize() for word in answer["code"].split("_"))
    assert answer["__typename"] == f"{type_name}Error"
    return answer["code"], answer["field"]


def _log_in(client: GraphQL, email: str, password: str = PASSWORD) -> Any:
    return _answer(client, LOG_IN, email=email, password=password)


def _me(client: GraphQL) -> str | None:
    viewer = client.ask(ME)["viewer"]
    return None if viewer is None else viewer["user"]["email"]


def test_from_sign_up_to_signed_in() -> None:
    client = GraphQL()
    answer = _answer(client, SIGN_UP, email="Ada@Example.com", password=PASSWORD, name="Ada")
    assert answer == {"email": "ada@example.com"}
    assert _me(client) is None
    assert _refusal(_log_in(client, "ada@example.com")) == ("EMAIL_NOT_VERIFIED", None)
    assert _me(client) is None
    key = authentication.verification_key(User.objects.get())
    assert _answer(client, VERIFY, key=key) == {"email": "ada@example.com"}
    assert _me(client) is None
    assert _log_in(client, "ada@example.com")["user"] == {"email": "ada@example.com"}
    assert _me(client) == "ada@example.com"


class TestSignUp:
    def test_answers_the_same_for_a_known_address(self) -> None:
        known = UserFactory.create(email="ada@example.com")
        answers = [
            _answer(GraphQL(), SIGN_UP, email=email, password=PASSWORD)
            for email in ("ada@example.com", "new@example.com")
        ]
        assert answers == [{"email": "ada@example.com"}, {"email": "new@example.com"}]
        assert User.objects.filter(email="ada@example.com").get() == known
        assert [name for name, _ in queued()] == ["mail_known_address", "mail_verification"]

    @pytest.mark.parametrize(
        ("fields", "refusal"),
        [
            ({"email": "ada"}, ("INVALID_INPUT", "email")),
            ({"name": "x" * 151}, ("INVALID_INPUT", "name")),
            ({"password": "password1"}, ("WEAK_PASSWORD", "password")),
        ],
    )
    def test_refuses_what_cannot_be_used(self, fields: dict[str, str], refusal: tuple[str, str]) -> None:
        asked = {"email": "ada@example.com", "password": PASSWORD} | fields
        assert _refusal(_answer(GraphQL(), SIGN_UP, **asked)) == refusal
        assert not User.objects.exists()
        assert queued() == []

    def test_is_limited(self) -> None:
        for _ in range(access.SIGN_UP_BY_EMAIL.limit):
            _answer(GraphQL(), SIGN_UP, email="ada@example.com", password=PASSWORD)
        answer = _answer(GraphQL(), SIGN_UP, email="ada@example.com", password=PASSWORD)
        assert _refusal(answer) == ("RATE_LIMITED", None)


class TestLogIn:
    def test_gives_the_session_a_new_key_and_a_new_token(self) -> None:
        client = GraphQL()
        session = client.http.session
        session["cart_id"] = 7
        session.save()
        client.http.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
        token = client.http.cookies["csrftoken"].value
        answer = _log_in(client, UserFactory.create().email)
        assert client.http.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
        assert client.http.cookies["csrftoken"].value != token
        assert answer["csrfToken"] != token
        assert client.http.session["cart_id"] == 7

    def test_refuses_the_known_and_the_unknown_alike(self) -> None:
        known, client = UserFactory.create(), GraphQL()
        answers = [_log_in(client, email, "wrong") for email in (known.email, "unknown@example.com")]
        assert answers[0] == answers[1]
        assert _refusal(answers[0]) == ("INVALID_CREDENTIALS", None)
        assert settings.SESSION_COOKIE_NAME not in client.http.cookies

    def test_refuses_an_address_that_is_none(self) -> None:
        assert _refusal(_log_in(GraphQL(), "ada")) == ("INVALID_INPUT", "email")

    def test_does_not_skip_the_second_factor(self) -> None:
        user, client = UserFactory.create(), GraphQL()
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
        assert _refusal(_log_in(client, user.email)) == ("SECOND_FACTOR_REQUIRED", None)
        assert _me(client) is None

    def test_is_limited_alias_by_alias(self) -> None:
        user = UserFactory.create()
        guesses = " ".join(
            f'g{number}: logIn(input: {{email: "{user.email}", password: "wrong{number}"}}) {{ {ERROR} }}'
            for number in range(12)
        )
        answers = GraphQL().ask(f"mutation {{ {guesses} }}")
        codes = [answer["code"] for answer in answers.values()]
        assert codes == ["INVALID_CREDENTIALS"] * 5 + ["RATE_LIMITED"] * 7
        assert _refusal(_log_in(GraphQL(), user.email)) == ("RATE_LIMITED", None)


class TestLogOut:
    def test_ends_this_session_only(self) -> None:
        user = UserFactory.create()
        here, there = GraphQL(user), GraphQL(user)
        assert "csrfToken" in _answer(here, LOG_OUT)
        assert (_me(here), _me(there)) == (None, user.email)

    def test_everywhere_ends_all_of_them(self) -> None:
        user = UserFactory.create()
        here, there = GraphQL(user), GraphQL(user)
        _answer(here, LOG_OUT, everywhere=True)
        assert (_me(here), _me(there)) == (None, None)

    def test_is_nothing_to_the_anonymous(self) -> None:
        assert "csrfToken" in _answer(GraphQL(), LOG_OUT)


class TestVerifyEmail:
    def test_refuses_a_key_it_did_not_give(self) -> None:
        user = UserFactory.create(is_verified=False)
        assert _refusal(_answer(GraphQL(), VERIFY, key="made-up")) == ("EXPIRED_KEY", "key")
        assert not authentication.has_verified_email(user)


class TestPasswordReset:
    def test_is_asked_for_without_learning_who_is_here(self) -> None:
        UserFactory.create(email="ada@example.com")
        for email in ("ada@example.com", "unknown@example.com"):
            assert _answer(GraphQL(), REQUEST, email=email) == {"email": email}
        assert [name for name, _ in queued()] == ["mail_password_reset"] * 2

    def test_refuses_an_address_that_is_none(self) -> None:
        assert _refusal(_answer(GraphQL(), REQUEST, email="ada")) == ("INVALID_INPUT", "email")
        assert queued() == []

    def test_is_limited(self) -> None:
        for _ in range(access.RESET_BY_EMAIL.limit):
            _answer(GraphQL(), REQUEST, email="ada@example.com")
        assert _refusal(_answer(GraphQL(), REQUEST, email="ada@example.com")) == ("RATE_LIMITED", None)

    def test_opens_with_the_new_password_only_and_signs_nobody_in(self) -> None:
        user = UserFactory.create()
        client, there = GraphQL(), GraphQL(user)
        key = authentication.reset_key(User.objects.get())
        assert _answer(client, RESET, key=key, password=NEW_PASSWORD) == {"email": user.email}
        assert (_me(client), _me(there)) == (None, None)
        assert _refusal(_log_in(client, user.email)) == ("INVALID_CREDENTIALS", None)
        assert _log_in(client, user.email, NEW_PASSWORD)["user"] == {"email": user.email}

    @pytest.mark.parametrize(
        ("key", "password", "refusal"),
        [
            ("made-up", NEW_PASSWORD, ("EXPIRED_KEY", "key")),
            (None, "short", ("WEAK_PASSWORD", "password")),
        ],
    )
    def test_refused_changes_nothing(self, key: str | None, password: str, refusal: tuple[str, str]) -> None:
        user = UserFactory.create()
        answer = _answer(GraphQL(), RESET, key=key or authentication.reset_key(user), password=password)
        assert _refusal(answer) == refusal
        assert "csrfToken" in _log_in(GraphQL(), user.email)


class TestSaveAddress:
    def test_adds_to_ones_own_book(self) -> None:
        user = UserFactory.create()
        answer = _answer(GraphQL(user), SAVE, **ADDRESS, postalCode="10117")
        saved = Address.objects.get()
        assert saved.billing_profile == user.billing_profile
        assert answer["address"] == {
            "id": encode_id("Address", saved.pk),
            "addressType": "SHIPPING",
            "name": "Ada",
            "line1": "Unter den Linden 1",
            "line2": "",
            "city": "Berlin",
            "state": "",
            "postalCode": "10117",
            "country": "DE",
            "phone": "",
            "isDefault": True,
        }

    def test_changes_one_of_ones_own(self) -> None:
        address = AddressFactory.create(billing_profile=UserFactory.create().billing_profile)
        client = GraphQL(address.billing_profile.user)
        answer = _answer(
            client, SAVE, **ADDRESS | {"address": encode_id("Address", address.pk), "name": "Eve"}
        )
        assert answer["address"]["name"] == "Eve"
        assert Address.objects.get().name == "Eve"

    def test_is_for_the_signed_in(self) -> None:
        assert _refusal(_answer(GraphQL(), SAVE, **ADDRESS)) == ("SIGN_IN_REQUIRED", None)
        assert not Address.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"country": "Germany"}, "country"),
            ({"postalCode": "x" * 21}, "postalCode"),
            ({"address": "garbage"}, "address"),
            ({"address": encode_id("User", 1)}, "address"),
        ],
    )
    def test_names_the_input_at_fault(self, changes: dict[str, str], field: str) -> None:
        answer = _answer(GraphQL(UserFactory.create()), SAVE, **ADDRESS | changes)
        assert _refusal(answer) == ("INVALID_INPUT", field)
        assert not Address.objects.exists()

    def test_does_not_find_somebody_elses(self) -> None:
        theirs = AddressFactory.create(name="Theirs")
        client = GraphQL(UserFactory.create())
        answers = [
            _answer(client, SAVE, **ADDRESS, address=encode_id("Address", key)) for key in (theirs.pk, 10**9)
        ]
        assert answers[0] == answers[1]
        assert _refusal(answers[0]) == ("NOT_FOUND", "address")
        assert Address.objects.get().name == "Theirs"

    def test_says_when_the_book_is_full(self) -> None:
        user = UserFactory.create()
        AddressFactory.create_batch(billing.MAX_ADDRESSES, billing_profile=user.billing_profile)
        answer = _answer(GraphQL(user), SAVE, **ADDRESS)
        assert _refusal(answer) == ("ADDRESS_BOOK_FULL", None)
        assert answer["message"] == "The address book holds 50 addresses at most."


class TestDeleteAddress:
    def test_answers_what_is_left(self) -> None:
        user = UserFactory.create()
        gone, _ = (AddressFactory.create(billing_profile=user.billing_profile, name=name) for name in "AB")
        answer = _answer(GraphQL(user), DELETE, address=encode_id("Address", gone.pk))
        assert answer == {"addresses": {"edges": [{"node": {"name": "B"}}]}}
        assert [address.name for address in Address.objects.all()] == ["B"]

    def test_is_for_the_signed_in(self) -> None:
        address = AddressFactory.create()
        answer = _answer(GraphQL(), DELETE, address=encode_id("Address", address.pk))
        assert _refusal(answer) == ("SIGN_IN_REQUIRED", None)
        assert Address.objects.get() == address

    def test_does_not_find_somebody_elses(self) -> None:
        theirs = AddressFactory.create()
        client = GraphQL(UserFactory.create())
        assert _refusal(_answer(client, DELETE, address=encode_id("Address", theirs.pk))) == (
            "NOT_FOUND",
            "address",
        )
        assert _refusal(_answer(client, DELETE, address="garbage")) == ("INVALID_INPUT", "address")
        assert Address.objects.get() == theirs
