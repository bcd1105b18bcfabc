from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest

from marketplace.accounts import authentication
from marketplace.accounts.errors import (
    InvalidCode,
    RecentSignInRequired,
    SecondFactorKept,
    SecondFactorMissing,
    SecondFactorRequired,
    SignInRequired,
)
from marketplace.accounts.factors import PERIOD, current_code, factors_of, has_factor
from marketplace.accounts.models import User, UserSession
from marketplace.accounts.operations import access, credentials, factors
from marketplace.kernel import audit, clock
from marketplace.kernel.errors import InvalidInput, NotFound, RateLimited
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support.passkeys import SecurityKey
from tests.support.queue import queued

pytestmark = pytest.mark.django_db

STEP = timedelta(seconds=PERIOD)
LONG = timedelta(minutes=16)


def _signed_in(visit: Visit, user: User) -> HttpRequest:
    request = visit()
    access.log_in(request=request, email=user.email, password=PASSWORD)
    return request


def _protected(visit: Visit, user: User) -> tuple[HttpRequest, str, Sequence[str]]:
    """The browser the app was set up in just now, its secret, and the recovery codes."""
    request = _signed_in(visit, user)
    with clock.at(clock.now() - 2 * STEP):
        secret, _ = factors.start_totp(request=request)
        _, codes = factors.add(request=request, code=current_code(secret), passkey=None, name="")
    return request, secret, codes


def _awaiting(visit: Visit, user: User) -> HttpRequest:
    """A browser in which the password was given and nothing else."""
    request = visit()
    with pytest.raises((SecondFactorRequired, SecondFactorMissing)):
        access.log_in(request=request, email=user.email, password=PASSWORD)
    return request


def _give(request: HttpRequest, code: str) -> User:
    return factors.confirm_second_factor(request=request, code=code, passkey=None)


class TestSignIn:
    def test_takes_a_code_after_the_password(self, visit: Visit) -> None:
        user = UserFactory.create()
        _, secret, _ = _protected(visit, user)
        request = _awaiting(visit, user)
        key = request.session.session_key
        assert request.user.is_anonymous
        assert _give(request, current_code(secret)) == user
        assert get_user(request) == user
        assert request.session.session_key != key
        assert request.session["billing_profile_id"] == user.billing_profile.pk
        assert UserSession.objects.filter(session_key=request.session.session_key).exists()

    def test_takes_a_recovery_code_once(self, visit: Visit) -> None:
        user = UserFactory.create()
        _, _, codes = _protected(visit, user)
        assert _give(_awaiting(visit, user), codes[0]) == user
        with pytest.raises(InvalidCode):
            _give(_awaiting(visit, user), codes[0])

    def test_takes_a_passkey(self, visit: Visit) -> None:
        user, key = UserFactory.create(), SecurityKey()
        made = key.create(factors.start_passkey(request=(here := _signed_in(visit, user))))
        factors.add(request=here, code=None, passkey=made, name="Blue key")
        request = _awaiting(visit, user)
        answer = key.get(factors.challenge(request=request))
        assert factors.confirm_second_factor(request=request, code=None, passkey=answer) == user
        assert request.user == user

    def test_without_a_password_before_opens_nothing(self, visit: Visit) -> None:
        user = UserFactory.create()
        _, secret, _ = _protected(visit, user)
        with pytest.raises(SignInRequired):
            _give(visit(), current_code(secret))

    def test_with_nothing_given_says_what_there_is(self, visit: Visit) -> None:
        user = UserFactory.create()
        _protected(visit, user)
        with pytest.raises(SecondFactorRequired) as refusal:
            _give(_awaiting(visit, user), "")
        assert (refusal.value.totp, refusal.value.passkey, refusal.value.recovery_code) == (True, False, True)

    def test_leaves_the_key_of_the_first_step_worthless(self, visit: Visit) -> None:
        user = UserFactory.create()
        _protected(visit, user)
        request = visit()
        request.session["cart_id"] = 7
        request.session.create()
        planted = str(request.session.session_key)
        with pytest.raises(SecondFactorRequired):
            access.log_in(request=request, email=user.email, password=PASSWORD)
        assert request.session.session_key != planted
        assert not request.session.exists(planted)
        assert request.session["cart_id"] == 7

    def test_refuses_the_sixth_guess_even_when_it_is_right_in_whatever_browser(self, visit: Visit) -> None:
        user = UserFactory.create()
        _, secret, _ = _protected(visit, user)
        for _ in range(factors.CODE_BY_USER.limit):
            with pytest.raises(InvalidCode):
                _give(_awaiting(visit, user), "000000")
        with pytest.raises(RateLimited) as refusal:
            _give(_awaiting(visit, user), current_code(secret))
        assert 0 < refusal.value.retry_after <= 300

    def test_of_another_user_empties_the_session_first(self, visit: Visit) -> None:
        user, other = UserFactory.create(), UserFactory.create()
        _protected(visit, user)
        request = _signed_in(visit, other)
        with pytest.raises(SecondFactorRequired):
            access.log_in(request=request, email=user.email, password=PASSWORD)
        assert request.user.is_anonymous


class TestStaff:
    def test_can_do_nothing_but_set_one_up_and_is_then_signed_in(self, visit: Visit) -> None:
        user = UserFactory.create(is_staff=True)
        request = _awaiting(visit, user)
        assert request.user.is_anonymous
        secret, _ = factors.start_totp(request=request)
        with pytest.raises(InvalidCode):
            factors.add(request=request, code="000000", passkey=None, name="")
        assert request.user.is_anonymous
        added, codes = factors.add(request=request, code=current_code(secret), passkey=None, name="")
        assert (added, len(codes), get_user(request)) == (user, 10, user)
        assert UserSession.objects.get().user == user

    def test_who_has_one_sets_up_no_other_by_the_password_alone(self, visit: Visit) -> None:
        user = UserFactory.create(is_staff=True)
        first = _awaiting(visit, user)
        secret, _ = factors.start_totp(request=first)
        second = _awaiting(visit, user)
        factors.start_passkey(request=second)
        factors.add(request=first, code=current_code(secret), passkey=None, name="")
        with pytest.raises(SecondFactorRequired):
            factors.start_passkey(request=second)

    def test_keeps_the_last_one(self, visit: Visit) -> None:
        user = UserFactory.create()
        request, _, _ = _protected(visit, user)
        User.objects.update(is_staff=True)
        (factor,) = factors_of(user)
        with pytest.raises(SecondFactorKept):
            factors.remove(request=request, user=user, factor_id=factor.id)
        assert has_factor(user)


class TestSetUp:
    def test_is_told_by_mail_and_recorded(self, visit: Visit) -> None:
        user = UserFactory.create()
        _protected(visit, user)
        assert queued() == [("mail_factor_added", {"user_id": user.pk})]
        (entry,) = audit.entries_of(user)
        assert (entry.action, entry.after) == ("accounts.second_factor_added", {"kind": "totp"})

    def test_asks_for_a_recent_sign_in(self, visit: Visit) -> None:
        request = _signed_in(visit, UserFactory.create())
        with clock.at(clock.now() + LONG), pytest.raises(RecentSignInRequired):
            factors.start_totp(request=request)
        with pytest.raises(SignInRequired):
            factors.start_passkey(request=visit())

    def test_makes_one_app_only_and_tells_recovery_codes_once(self, visit: Visit) -> None:
        user = UserFactory.create()
        request, _, codes = _protected(visit, user)
        assert len(codes) == 10
        with pytest.raises(InvalidInput):
            factors.start_totp(request=request)
        made = SecurityKey().create(factors.start_passkey(request=request))
        assert factors.add(request=request, code=None, passkey=made, name="")[1] == []
        assert [factor.name for factor in factors_of(user)] == ["Authenticator app", "Passkey"]

    def test_of_a_second_app_at_the_same_time_is_refused(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        secret, _ = factors.start_totp(request=request)
        _protected(visit, user)
        with pytest.raises(InvalidCode):
            factors.add(request=request, code=current_code(secret), passkey=None, name="")


class TestRemove:
    def test_leaves_the_password_enough(self, visit: Visit) -> None:
        user = UserFactory.create()
        request, _, _ = _protected(visit, user)
        (factor,) = factors_of(user)
        factors.remove(request=request, user=user, factor_id=factor.id)
        assert _signed_in(visit, user).user == user
        assert [name for name, _ in queued()] == ["mail_factor_added", "mail_factor_removed"]

    def test_asks_for_the_factor_once_more(self, visit: Visit) -> None:
        user = UserFactory.create()
        request, secret, _ = _protected(visit, user)
        (factor,) = factors_of(user)
        with clock.at(clock.now() + LONG):
            with pytest.raises(RecentSignInRequired):
                factors.remove(request=request, user=user, factor_id=factor.id)
            with pytest.raises(SecondFactorRequired):
                credentials.confirm_sign_in(request=request, user=user, password=PASSWORD)
            with pytest.raises(RecentSignInRequired):
                factors.reset_recovery_codes(request=request, user=user)
            code = current_code(secret)
            credentials.confirm_sign_in(request=request, user=user, password=PASSWORD, code=code)
            factors.remove(request=request, user=user, factor_id=factor.id)
        assert not has_factor(user)

    def test_finds_no_factor_of_somebody_else(self, visit: Visit) -> None:
        other = UserFactory.create()
        _protected(visit, other)
        (theirs,) = factors_of(other)
        user = UserFactory.create()
        with pytest.raises(NotFound):
            factors.remove(request=_signed_in(visit, user), user=user, factor_id=theirs.id)
        assert has_factor(other)


class TestRecoveryCodes:
    def test_made_anew_are_other_ones(self, visit: Visit) -> None:
        user = UserFactory.create()
        request, _, before = _protected(visit, user)
        after = factors.reset_recovery_codes(request=request, user=user)
        assert (len(after), set(before) & set(after)) == (10, set())

    def test_are_for_who_has_a_factor(self, visit: Visit) -> None:
        user = UserFactory.create()
        with pytest.raises(NotFound):
            factors.reset_recovery_codes(request=_signed_in(visit, user), user=user)


def test_a_lost_factor_is_reset_on_the_record_and_ends_all_sessions(visit: Visit) -> None:
    user = UserFactory.create(is_staff=True)
    request = _awaiting(visit, user)
    secret, _ = factors.start_totp(request=request)
    factors.add(request=request, code=current_code(secret), passkey=None, name="")
    request.session.save()
    assert factors.reset_lost(user=user, actor=None, note="Seen at the desk.") == 2
    assert visit(request.session.session_key).user.is_anonymous
    entry = audit.entries_of(user).last()
    assert entry is not None
    assert (entry.action, entry.note) == ("accounts.second_factor_reset", "Seen at the desk.")
    with pytest.raises(SecondFactorMissing):
        access.log_in(request=visit(), email=user.email, password=PASSWORD)


def test_the_wait_does_not_outlive_another_password(visit: Visit) -> None:
    user = UserFactory.create()
    _, secret, _ = _protected(visit, user)
    request = _awaiting(visit, user)
    access.reset_password(key=authentication.reset_key(User.objects.get()), password="another-long-walk")
    with pytest.raises(SignInRequired):
        _give(request, current_code(secret))
