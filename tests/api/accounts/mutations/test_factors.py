"""Second factors over HTTP: set up, asked for, taken away, and each way to be refused."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.accounts.factors import PERIOD, current_code, factors_of, give_totp
from marketplace.accounts.models import User
from marketplace.accounts.operations import factors
from marketplace.api.scalars import encode_id
from marketplace.kernel import clock
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support.graphql import GraphQL
from tests.support.passkeys import SecurityKey

pytestmark = pytest.mark.django_db

SECRET = "NFXGS3TFMRQW4ZLSMRSW233T"
ERROR = "... on Error { code field }"
LOG_IN = f"""mutation($input: LogInInput!) {{ logIn(input: $input) {{ __typename {ERROR}
  ... on SecondFactorRequiredError {{ totp passkey recoveryCode }} }} }}"""
GIVE = f"""mutation($input: ConfirmSecondFactorInput!) {{ confirmSecondFactor(input: $input) {{
  ... on ConfirmSecondFactorSuccess {{ user {{ email }} csrfToken }} {ERROR} }} }}"""
CHALLENGE = f"""mutation($input: RequestPasskeyChallengeInput!) {{ requestPasskeyChallenge(input: $input) {{
  ... on RequestPasskeyChallengeSuccess {{ options }} {ERROR} }} }}"""
START = f"""mutation($input: StartSecondFactorInput!) {{ startSecondFactor(input: $input) {{
  ... on StartSecondFactorSuccess {{ secret uri qrCode options }} {ERROR} }} }}"""
ADD = f"""mutation($input: AddSecondFactorInput!) {{ addSecondFactor(input: $input) {{
  ... on AddSecondFactorSuccess {{ recoveryCodes user {{ email }} csrfToken }} {ERROR} }} }}"""
REMOVE = f"""mutation($input: RemoveSecondFactorInput!) {{ removeSecondFactor(input: $input) {{
  ... on RemoveSecondFactorSuccess {{ secondFactors {{ id }} }} {ERROR} }} }}"""
RESET = f"""mutation($input: ResetRecoveryCodesInput!) {{ resetRecoveryCodes(input: $input) {{
  ... on ResetRecoveryCodesSuccess {{ recoveryCodes }} {ERROR} }} }}"""
CONFIRM = f"""mutation($input: ConfirmSignInInput!) {{ confirmSignIn(input: $input) {{
  ... on ConfirmSignInSuccess {{ email }} {ERROR} }} }}"""
FACTORS = "{ viewer { secondFactors { id kind name createdAt lastUsedAt } recoveryCodesLeft } }"
ME = "{ viewer { user { email } } }"


def _answer(client: GraphQL, document: str, **fields: object) -> Any:
    (answer,) = client.ask(document, input=fields).values()
    return answer


def _log_in(client: GraphQL, user: User) -> Any:
    return _answer(client, LOG_IN, email=user.email, password=PASSWORD)


def _is_in(client: GraphQL) -> bool:
    return client.ask(ME)["viewer"] is not None


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


class TestApp:
    def test_is_set_up_and_asked_for_from_then_on(self, ada: User) -> None:
        client = GraphQL()
        _log_in(client, ada)
        started = _answer(client, START, kind="TOTP")
        assert (started["options"], started["qrCode"][:19]) == (None, "data:image/svg+xml;")
        assert _answer(client, ADD, code="000000") == {"code": "INVALID_CODE", "field": "code"}
        added = _answer(client, ADD, code=current_code(started["secret"]))
        assert (len(added["recoveryCodes"]), added["user"]) == (10, {"email": ada.email})
        again = GraphQL()
        assert _log_in(again, ada) == {
            "__typename": "SecondFactorRequiredError",
            "code": "SECOND_FACTOR_REQUIRED",
            "field": None,
            "totp": True,
            "passkey": False,
            "recoveryCode": True,
        }
        assert not _is_in(again)
        with clock.at(clock.now() + timedelta(seconds=PERIOD)):
            answer = _answer(again, GIVE, code=current_code(started["secret"]))
        assert answer["user"] == {"email": ada.email}
        assert _is_in(again)

    def test_is_shown_to_its_owner(self, ada: User) -> None:
        give_totp(ada, SECRET)
        viewer = GraphQL(ada).ask(FACTORS)["viewer"]
        (factor,) = viewer["secondFactors"]
        assert (factor["kind"], factor["name"]) == ("TOTP", "Authenticator app")
        assert viewer["recoveryCodesLeft"] == 0
        assert GraphQL(UserFactory.create()).ask(FACTORS)["viewer"]["secondFactors"] == []


class TestPasskey:
    def test_is_set_up_and_signs_in_and_confirms(self, ada: User) -> None:
        client, key = GraphQL(), SecurityKey()
        _log_in(client, ada)
        options = _answer(client, START, kind="PASSKEY")["options"]
        assert "csrfToken" in _answer(client, ADD, passkey=key.create(options), name="Blue key")
        again = GraphQL()
        assert _log_in(again, ada)["passkey"]
        asked = _answer(again, CHALLENGE)["options"]
        assert _answer(again, GIVE, passkey=key.get(asked))["user"] == {"email": ada.email}
        asked = _answer(again, CHALLENGE, purpose="CONFIRM")["options"]
        assert _answer(again, CONFIRM, password=PASSWORD, passkey=key.get(asked)) == {"email": ada.email}

    def test_of_somebody_else_does_not_sign_in(self, ada: User) -> None:
        client, key = GraphQL(), SecurityKey()
        _log_in(client, ada)
        options = _answer(client, START, kind="PASSKEY")["options"]
        _answer(client, ADD, passkey=key.create(options))
        again = GraphQL()
        _log_in(again, ada)
        asked = _answer(again, CHALLENGE)["options"]
        assert _answer(again, GIVE, passkey=SecurityKey().get(asked))["code"] == "INVALID_CODE"
        assert _answer(again, GIVE, passkey="no object") == {"code": "INVALID_INPUT", "field": "passkey"}
        assert not _is_in(again)

    def test_is_asked_of_who_began_to_sign_in_or_has(self) -> None:
        for purpose in ("SIGN_IN", "CONFIRM"):
            assert _answer(GraphQL(), CHALLENGE, purpose=purpose)["code"] == "SIGN_IN_REQUIRED"


class TestSecondStep:
    def test_is_refused_by_name(self, ada: User) -> None:
        give_totp(ada, SECRET)
        assert _answer(GraphQL(), GIVE, code=current_code(SECRET))["code"] == "SIGN_IN_REQUIRED"
        client = GraphQL()
        _log_in(client, ada)
        assert _answer(client, GIVE)["code"] == "SECOND_FACTOR_REQUIRED"
        codes = [_answer(client, GIVE, code="000000")["code"] for _ in range(factors.CODE_BY_USER.limit + 1)]
        assert codes == ["INVALID_CODE"] * factors.CODE_BY_USER.limit + ["RATE_LIMITED"]
        assert not _is_in(client)


class TestStaff:
    def test_sets_one_up_before_anything_else(self) -> None:
        admin, client = UserFactory.create(is_staff=True), GraphQL()
        assert _log_in(client, admin)["code"] == "SECOND_FACTOR_MISSING"
        nothing = {"viewer": None, "platform": None}
        assert client.ask("{ viewer { user { email } } platform { __typename } }") == nothing
        secret = _answer(client, START, kind="TOTP")["secret"]
        assert _answer(client, ADD, code=current_code(secret))["user"] == {"email": admin.email}
        assert client.ask("{ platform { __typename } }") == {"platform": {"__typename": "Platform"}}
        (factor,) = factors_of(admin)
        answer = _answer(client, REMOVE, factor=encode_id("SecondFactor", factor.id))
        assert answer == {"code": "SECOND_FACTOR_KEPT", "field": "factor"}

    def test_who_has_one_sets_up_none_by_the_password(self) -> None:
        admin, client = UserFactory.create(is_staff=True), GraphQL()
        give_totp(admin, SECRET)
        _log_in(client, admin)
        assert _answer(client, START, kind="PASSKEY")["code"] == "SECOND_FACTOR_REQUIRED"


class TestRemoval:
    def test_asks_for_the_factor(self, ada: User) -> None:
        give_totp(ada, SECRET)
        client = GraphQL(ada)
        (factor,) = factors_of(ada)
        identifier = encode_id("SecondFactor", factor.id)
        assert _answer(client, REMOVE, factor=identifier)["code"] == "RECENT_SIGN_IN_REQUIRED"
        assert _answer(client, RESET)["code"] == "RECENT_SIGN_IN_REQUIRED"
        assert _answer(client, CONFIRM, password=PASSWORD)["code"] == "SECOND_FACTOR_REQUIRED"
        assert len(_answer(client, RESET, code=current_code(SECRET))["recoveryCodes"]) == 10
        assert _answer(client, REMOVE, factor="garbage") == {"code": "INVALID_INPUT", "field": "factor"}
        stranger = encode_id("SecondFactor", 10**9)
        assert _answer(client, REMOVE, factor=stranger) == {"code": "NOT_FOUND", "field": "factor"}
        assert _answer(client, REMOVE, factor=identifier) == {"secondFactors": []}

    @pytest.mark.parametrize(
        ("document", "fields"), [(REMOVE, {"factor": "x"}), (RESET, {}), (START, {"kind": "TOTP"}), (ADD, {})]
    )
    def test_and_setting_up_are_for_the_signed_in(self, document: str, fields: dict[str, str]) -> None:
        assert _answer(GraphQL(), document, **fields)["code"] == "SIGN_IN_REQUIRED"
