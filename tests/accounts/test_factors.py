import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.test import override_settings

from marketplace.accounts import factors
from marketplace.accounts.errors import InvalidCode
from marketplace.accounts.factors import FactorKind
from marketplace.accounts.models import User
from marketplace.kernel import clock
from tests.accounts.conftest import Visit
from tests.factories.accounts import UserFactory
from tests.support.passkeys import SecurityKey
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STEP = timedelta(seconds=factors.PERIOD)
# The secret and a code of RFC 6238's appendix, cut to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


def _with_app(request: HttpRequest, user: User) -> str:
    """Set an app up two steps ago; returns its secret."""
    with clock.at(clock.now() - 2 * STEP):
        secret, _ = factors.new_totp(request, user)
        factors.add_totp(request, user, factors.current_code(secret))
    return secret


def _with_key(request: HttpRequest, user: User) -> SecurityKey:
    key = SecurityKey()
    made = key.create(factors.new_passkey(request, user))
    factors.add_passkey(request, user, name="Blue key", credential=made)
    return key


class TestApp:
    def test_codes_are_those_of_the_standard(self) -> None:
        with clock.at(datetime.fromtimestamp(59, UTC)):
            assert factors.current_code(RFC_SECRET) == "287082"

    def test_is_handed_over_by_an_address_and_a_picture(self, visit: Visit, ada: User) -> None:
        secret, address = factors.new_totp(visit(), ada)
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/ada%40example.com")
        assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["localhost"]}
        assert factors.qr_code(address).startswith("data:image/svg+xml;base64,")

    def test_counts_from_its_first_code_on(self, visit: Visit, ada: User) -> None:
        request = visit()
        secret, _ = factors.new_totp(request, ada)
        with pytest.raises(InvalidCode):
            factors.add_totp(request, ada, "000000")
        assert not factors.has_factor(ada)
        factors.add_totp(request, ada, factors.current_code(secret))
        (factor,) = factors.factors_of(ada)
        assert (factor.kind, factor.name) == (FactorKind.TOTP, "Authenticator app")
        assert "totp_secret" not in request.session

    def test_needs_a_secret_of_this_session(self, visit: Visit, ada: User) -> None:
        secret, _ = factors.new_totp(visit(), ada)
        with pytest.raises(InvalidCode):
            factors.add_totp(visit(), ada, factors.current_code(secret))

    def test_secret_is_stored_and_remembered_under_seal(self, visit: Visit, ada: User) -> None:
        request = visit()
        secret, _ = factors.new_totp(request, ada)
        assert secret not in str(dict(request.session.items()))
        factors.add_totp(request, ada, factors.current_code(secret))
        assert secret not in json.dumps(Authenticator.objects.get().data)

    @pytest.mark.parametrize(
        ("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_code_is_good_a_step_early_and_a_step_late(
        self, visit: Visit, ada: User, steps: int, is_good: bool
    ) -> None:
        with clock.at(NOON - timedelta(hours=1)):
            secret = _with_app(visit(), ada)
        with clock.at(NOON):
            code = factors.current_code(secret)
        with clock.at(NOON + steps * STEP):
            assert _is_taken(ada, code) == is_good

    def test_code_is_good_once_and_so_is_none_before_it(self, visit: Visit, ada: User) -> None:
        with clock.at(NOON - timedelta(hours=1)):
            secret = _with_app(visit(), ada)
        with clock.at(NOON):
            before = factors.current_code(secret)
        with clock.at(NOON + STEP):
            code = factors.current_code(secret)
            assert [_is_taken(ada, each) for each in (code, code, before)] == [True, False, False]

    def test_code_of_somebody_else_is_wrong(self, visit: Visit, ada: User) -> None:
        _with_app(visit(), ada)
        secret = _with_app(visit(), UserFactory.create())
        assert not _is_taken(ada, factors.current_code(secret))

    def test_outlives_a_retired_secret_key_and_no_lost_one(self, visit: Visit, ada: User) -> None:
        with clock.at(NOON - timedelta(hours=1)):
            secret = _with_app(visit(), ada)
        old, new = settings.SECRET_KEY, "another-key-of-the-site"
        with override_settings(SECRET_KEY=new), clock.at(NOON):
            assert not _is_taken(ada, factors.current_code(secret))
        with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]), clock.at(NOON):
            assert _is_taken(ada, factors.current_code(secret))


def _is_taken(user: User, code: str) -> bool:
    try:
        factors.take_code(user, code)
    except InvalidCode:
        return False
    return True


class TestRecoveryCodes:
    def test_are_ten_and_good_once_each(self, visit: Visit, ada: User) -> None:
        _with_app(visit(), ada)
        codes = factors.new_recovery_codes(ada)
        assert (len(set(codes)), factors.recovery_codes_left(ada)) == (10, 10)
        assert [_is_taken(ada, each) for each in (codes[3], codes[3], codes[0])] == [True, False, True]
        assert factors.recovery_codes_left(ada) == 8

    def test_made_anew_void_those_before(self, ada: User) -> None:
        before = factors.new_recovery_codes(ada)
        after = factors.new_recovery_codes(ada)
        assert (_is_taken(ada, before[0]), _is_taken(ada, after[0])) == (False, True)

    def test_go_with_the_last_factor(self, visit: Visit, ada: User) -> None:
        _with_app(visit(), ada)
        factors.new_recovery_codes(ada)
        (factor,) = factors.factors_of(ada)
        assert factors.remove(ada, factor.id)
        assert not Authenticator.objects.exists()


class TestPasskey:
    def test_is_made_and_signs(self, visit: Visit, ada: User) -> None:
        request = visit()
        key = _with_key(request, ada)
        (factor,) = factors.factors_of(ada)
        assert (factor.kind, factor.name, factor.last_used_at) == (FactorKind.PASSKEY, "Blue key", None)
        factors.take_passkey(request, ada, key.get(factors.passkey_challenge(request, ada)))
        assert factors.factors_of(ada)[0].last_used_at is not None

    def test_options_are_json(self, visit: Visit, ada: User) -> None:
        request = visit()
        _with_key(request, ada)
        made, asked = factors.new_passkey(request, ada), factors.passkey_challenge(request, ada)
        assert made["rp"] == {"id": "localhost", "name": "localhost"}
        assert [len(each) for each in (made["excludeCredentials"], asked["allowCredentials"])] == [1, 1]
        assert json.loads(json.dumps([made, asked])) == [made, asked]

    def test_answer_is_good_once(self, visit: Visit, ada: User) -> None:
        request = visit()
        key = _with_key(request, ada)
        answer = key.get(factors.passkey_challenge(request, ada))
        factors.take_passkey(request, ada, answer)
        with pytest.raises(InvalidCode):
            factors.take_passkey(request, ada, answer)

    def test_challenge_is_good_for_one_answer(self, visit: Visit, ada: User) -> None:
        request = visit()
        key = _with_key(request, ada)
        challenge = factors.passkey_challenge(request, ada)
        for answer in (SecurityKey().get(challenge), key.get(challenge)):
            with pytest.raises(InvalidCode):
                factors.take_passkey(request, ada, answer)

    def test_of_another_site_session_or_user_is_refused(self, visit: Visit, ada: User) -> None:
        request, eve = visit(), UserFactory.create()
        key = _with_key(request, ada)
        key.origin = "https://evil.example"
        with pytest.raises(InvalidCode):
            factors.take_passkey(request, ada, key.get(factors.passkey_challenge(request, ada)))
        key.origin = "http://localhost:8000"
        with pytest.raises(InvalidCode):
            factors.take_passkey(visit(), ada, key.get(factors.passkey_challenge(request, ada)))
        _with_key(request, eve)
        with pytest.raises(InvalidCode):
            factors.take_passkey(request, eve, key.get(factors.passkey_challenge(request, ada)))

    @pytest.mark.parametrize("answer", [{}, {"id": 1}, {"id": "x", "response": {}}, {"rawId": "é"}])
    def test_garbage_is_refused(self, visit: Visit, ada: User, answer: dict[str, object]) -> None:
        request = visit()
        _with_key(request, ada)
        factors.passkey_challenge(request, ada)
        with pytest.raises(InvalidCode):
            factors.take_passkey(request, ada, answer)
        factors.new_passkey(request, ada)
        with pytest.raises(InvalidCode):
            factors.add_passkey(request, ada, name="x", credential=answer)


def test_what_is_offered_is_what_there_is(visit: Visit, ada: User) -> None:
    refusal = factors.required(ada)
    assert (refusal.totp, refusal.passkey, refusal.recovery_code) == (False, False, False)
    _with_key(visit(), ada)
    factors.new_recovery_codes(ada)
    refusal = factors.required(ada)
    assert (refusal.totp, refusal.passkey, refusal.recovery_code) == (False, True, True)


def test_everything_goes_where_it_was_lost(visit: Visit, ada: User) -> None:
    _with_app(visit(), ada)
    factors.new_recovery_codes(ada)
    assert factors.remove_all(ada) == 2
    assert not factors.has_factor(ada)


def test_only_ones_own_factor_is_removed(visit: Visit, ada: User) -> None:
    _with_app(visit(), ada)
    (factor,) = factors.factors_of(ada)
    assert not factors.remove(UserFactory.create(), factor.id)
    assert factors.has_factor(ada)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_code_given_twice_at_once_is_taken_once(self, visit: Visit) -> None:
        user = UserFactory.create()
        code = factors.current_code(_with_app(visit(), user))
        assert sorted(at_once(*[lambda: _is_taken(user, code)] * 2), key=str) == [False, True]

    def test_one_recovery_code_given_twice_at_once_is_taken_once(self) -> None:
        user = UserFactory.create()
        code = factors.new_recovery_codes(user)[0]
        assert sorted(at_once(*[lambda: _is_taken(user, code)] * 2), key=str) == [False, True]
