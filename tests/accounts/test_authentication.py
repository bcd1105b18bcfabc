from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts import authentication
from marketplace.accounts.authentication import AccountAdapter
from marketplace.accounts.errors import (
    ExpiredKey,
    InvalidCredentials,
    RecentSignInRequired,
    SecondFactorMissing,
    SecondFactorRequired,
    SignInRequired,
    WeakPassword,
)
from marketplace.accounts.models import User
from marketplace.kernel import clock
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support import hashing
from tests.support.hashing import CountingHasher

pytestmark = pytest.mark.django_db


def _hashes_to_refuse(visit: Visit, *, email: str) -> int:
    CountingHasher.hashed = 0
    with pytest.raises(InvalidCredentials):
        authentication.identify(visit(), email=email, password="wrong")
    return CountingHasher.hashed


def test_the_right_password_identifies_and_signs_nobody_in(visit: Visit) -> None:
    user, request = UserFactory.create(), visit()
    assert authentication.identify(request, email=user.email, password=PASSWORD) == user
    assert request.user.is_anonymous
    assert request.session.is_empty()


def test_a_closed_account_is_refused_like_a_wrong_password(visit: Visit) -> None:
    user = UserFactory.create(is_active=False)
    with pytest.raises(InvalidCredentials):
        authentication.identify(visit(), email=user.email, password=PASSWORD)


@pytest.mark.parametrize("name", ["known", "closed", "passwordless", "unknown"])
def test_refusing_costs_one_hash_whoever_it_is(visit: Visit, name: str) -> None:
    with override_settings(PASSWORD_HASHERS=[hashing.PATH]):
        UserFactory.create(email="known@example.com")
        UserFactory.create(email="closed@example.com", is_active=False)
        UserFactory.create(email="passwordless@example.com", password=None)
        assert _hashes_to_refuse(visit, email=f"{name}@example.com") == 1


@pytest.mark.parametrize("name", ["known", "closed", "unverified", "unknown"])
def test_refusing_costs_one_statement_whoever_it_is(
    visit: Visit, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    UserFactory.create(email="known@example.com")
    UserFactory.create(email="closed@example.com", is_active=False)
    UserFactory.create(email="unverified@example.com", is_verified=False)
    with django_assert_num_queries(1), pytest.raises(InvalidCredentials):
        authentication.identify(visit(), email=f"{name}@example.com", password="wrong")


def test_a_session_begins_under_a_new_key_with_what_the_guest_had(visit: Visit) -> None:
    user, request = UserFactory.create(), visit()
    request.session["cart_id"] = 7
    request.session.create()
    guests_key = str(request.session.session_key)
    authentication.begin_session(request, user)
    assert request.user == user
    assert request.session["cart_id"] == 7
    assert request.session.session_key not in {None, guests_key}
    assert not request.session.exists(guests_key)


def test_a_session_that_was_another_users_is_emptied(visit: Visit) -> None:
    request = visit()
    authentication.begin_session(request, UserFactory.create())
    request.session["cart_id"] = 7
    other = UserFactory.create()
    authentication.begin_session(request, other)
    assert request.user == other
    assert "cart_id" not in request.session


def test_a_second_factor_is_not_skipped(visit: Visit) -> None:
    user, request = UserFactory.create(), visit()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(SecondFactorRequired):
        authentication.begin_session(request, user)
    assert request.user.is_anonymous
    assert get_user(request).is_anonymous
    assert authentication.awaited_user(request) == user
    authentication.finish_session(request, user)
    assert get_user(request) == user
    with pytest.raises(SignInRequired):
        authentication.awaited_user(request)


@pytest.mark.parametrize("role", ["is_staff", "is_superuser"])
def test_staff_without_a_second_factor_is_not_let_in(visit: Visit, role: str) -> None:
    user, request = UserFactory.create(**{role: True}), visit()
    with pytest.raises(SecondFactorMissing):
        authentication.begin_session(request, user)
    assert get_user(request).is_anonymous
    assert authentication.awaited_user(request) == user


@pytest.mark.parametrize("ends", ["time", "password", "closed", "another browser"])
def test_the_wait_for_a_second_factor_ends(visit: Visit, ends: str) -> None:
    user, request = UserFactory.create(is_staff=True), visit()
    with pytest.raises(SecondFactorMissing):
        authentication.begin_session(request, user)
    later = clock.now() + timedelta(minutes=16 if ends == "time" else 14)
    if ends == "password":
        User.objects.update(password="another")
    elif ends == "closed":
        User.objects.update(is_active=False)
    with clock.at(later), pytest.raises(SignInRequired):
        authentication.awaited_user(visit() if ends == "another browser" else request)


def test_proof_is_recent_for_a_quarter_of_an_hour(visit: Visit) -> None:
    request = visit()
    with pytest.raises(RecentSignInRequired):
        authentication.demand_recent_proof(request)
    authentication.begin_session(request, UserFactory.create())
    with clock.at(clock.now() + timedelta(minutes=14)):
        authentication.demand_recent_proof(request)
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(RecentSignInRequired):
        authentication.demand_recent_proof(request)


def test_ending_a_session_forgets_everything(visit: Visit) -> None:
    request = visit()
    authentication.begin_session(request, UserFactory.create())
    key = str(request.session.session_key)
    request.session["cart_id"] = 7
    authentication.end_session(request)
    assert request.user.is_anonymous
    assert request.session.is_empty()
    assert not request.session.exists(key)


def test_a_verification_key_is_good_once() -> None:
    user = UserFactory.create(is_verified=False)
    key = authentication.verification_key(user)
    assert authentication.user_of_verification_key(key) == user
    assert not authentication.has_verified_email(user)
    authentication.verify_by_key(key)
    assert authentication.has_verified_email(user)
    with pytest.raises(ExpiredKey):
        authentication.verify_by_key(key)
    with pytest.raises(ExpiredKey):
        authentication.user_of_verification_key(key)


@override_settings(ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS=-1)
def test_a_verification_key_grows_old() -> None:
    user = UserFactory.create(is_verified=False)
    with pytest.raises(ExpiredKey):
        authentication.verify_by_key(authentication.verification_key(user))
    assert not EmailAddress.objects.get().verified


def test_a_reset_key_names_its_user() -> None:
    user = UserFactory.create()
    assert authentication.user_of_reset_key(authentication.reset_key(user)) == user


@pytest.mark.parametrize(
    "key", ["", "-", "a", "1-", "1-abc", "zzzzzzzzzzzzzz-abc", "\x00-\x00", "1-a-b-c", "é-é"]
)
def test_a_key_that_was_never_given_opens_nothing(key: str) -> None:
    UserFactory.create()
    with pytest.raises(ExpiredKey):
        authentication.user_of_reset_key(key)
    with pytest.raises(ExpiredKey):
        authentication.user_of_verification_key(key)


def test_a_reset_key_ends_with_the_next_sign_in(visit: Visit) -> None:
    user = UserFactory.create()
    key = authentication.reset_key(user)
    authentication.begin_session(visit(), user)
    with pytest.raises(ExpiredKey):
        authentication.user_of_reset_key(key)


def test_a_reset_key_grows_old_and_ends_with_the_account() -> None:
    user = UserFactory.create()
    key = authentication.reset_key(user)
    with override_settings(PASSWORD_RESET_TIMEOUT=-1), pytest.raises(ExpiredKey):
        authentication.user_of_reset_key(key)
    User.objects.update(is_active=False)
    with pytest.raises(ExpiredKey):
        authentication.user_of_reset_key(key)


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("kgvq7", "This password is too short. It must contain at least 8 characters."),
        ("password1", "This password is too common."),
        ("83920174652", "This password is entirely numeric."),
        ("lovelace42", "The password is too similar to the name."),
        ("x" * 257, "A password may have 256 characters at most."),
    ],
)
def test_a_weak_password_is_refused_with_advice(password: str, advice: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        authentication.refuse_weak(password, User(email="ada@example.com", name="Lovelace 42"))
    assert refusal.value.advice == advice


def test_a_long_password_passes() -> None:
    authentication.refuse_weak("xk" * 128, User(email="ada@example.com"))


def test_allauth_never_mails_by_itself() -> None:
    with pytest.raises(NotImplementedError, match="account/email/x"):
        AccountAdapter().send_mail("account/email/x", "ada@example.com", {})


@override_settings(TRUSTED_PROXIES=1)
def test_allauth_sees_the_clients_address_as_we_do(visit: Visit) -> None:
    request = visit(address="10.0.0.9")
    request.META["HTTP_X_FORWARDED_FOR"] = "1.1.1.1, 198.51.100.7"
    assert AccountAdapter(request).get_client_ip(request) == "198.51.100.7"
