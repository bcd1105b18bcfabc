from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.test import override_settings

from marketplace.accounts import authentication
from marketplace.accounts.errors import ExpiredKey, InvalidCredentials, RecentSignInRequired, WeakPassword
from marketplace.accounts.models import BillingProfile, User, UserSession
from marketplace.accounts.operations import access, credentials
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, RateLimited
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support.queue import queued
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another-walk-by-the-sea"
NEW_EMAIL = "new@example.com"
LONG = timedelta(minutes=16)


def _signed_in(visit: Visit, user: User, *, password: str = PASSWORD) -> HttpRequest:
    request = visit()
    access.log_in(request=request, email=user.email, password=password)
    request.session.save()
    return request


class TestChangePassword:
    def test_ends_every_session_but_this_one(self, visit: Visit) -> None:
        user = UserFactory.create()
        here, there = _signed_in(visit, user), _signed_in(visit, user)
        credentials.change_password(request=here, user=user, password=NEW_PASSWORD)
        here.session.save()
        assert visit(here.session.session_key).user == user
        assert visit(there.session.session_key).user.is_anonymous
        assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]
        assert queued() == [("mail_password_changed", {"user_id": user.pk})]
        assert User.objects.get().check_password(NEW_PASSWORD)

    def test_asks_for_a_recent_sign_in(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        with clock.at(clock.now() + LONG), pytest.raises(RecentSignInRequired):
            credentials.change_password(request=request, user=user, password=NEW_PASSWORD)
        assert User.objects.get().check_password(PASSWORD)
        assert queued() == []

    def test_takes_the_password_instead(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        with clock.at(clock.now() + LONG):
            credentials.confirm_sign_in(request=request, user=user, password=PASSWORD)
            credentials.change_password(request=request, user=user, password=NEW_PASSWORD)
        assert User.objects.get().check_password(NEW_PASSWORD)

    def test_refuses_a_weak_one(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        with pytest.raises(WeakPassword):
            credentials.change_password(request=request, user=user, password="12345678")
        assert User.objects.get().check_password(PASSWORD)

    def test_gives_way_to_one_chosen_meanwhile(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        reset = authentication.reset_key(User.objects.get())
        access.reset_password(key=reset, password="a-third-walk-by-the-sea")
        with pytest.raises(RecentSignInRequired):
            credentials.change_password(request=request, user=user, password=NEW_PASSWORD)
        assert User.objects.get().check_password("a-third-walk-by-the-sea")


class TestConfirmSignIn:
    def test_counts_a_wrong_password_like_a_guess_at_signing_in(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        for _ in range(access.LOG_IN_BY_PAIR.limit):
            with pytest.raises(InvalidCredentials):
                credentials.confirm_sign_in(request=request, user=user, password="wrong")
        with pytest.raises(RateLimited):
            credentials.confirm_sign_in(request=request, user=user, password=PASSWORD)


def _ask(request: HttpRequest, user: User, email: str = NEW_EMAIL) -> None:
    credentials.request_email_change(request=request, user=user, email=email)


class TestChangeEmail:
    def test_changes_nothing_before_the_new_address_is_shown(self, visit: Visit) -> None:
        user = UserFactory.create()
        _ask(_signed_in(visit, user), user, " New@Example.com ")
        assert User.objects.get().email == user.email
        assert queued() == [
            ("mail_email_change", {"user_id": user.pk, "email": NEW_EMAIL}),
            ("mail_email_change_requested", {"user_id": user.pk}),
        ]

    def test_moves_the_account_to_the_address_of_the_key(self, visit: Visit) -> None:
        user = UserFactory.create(email="old@example.com")
        request = _signed_in(visit, user)
        access.verify_email(key=authentication.email_change_key(user, NEW_EMAIL))
        moved = User.objects.get()
        assert (moved.email, authentication.has_verified_email(moved)) == (NEW_EMAIL, True)
        assert BillingProfile.objects.get().email == NEW_EMAIL
        assert [address.email for address in EmailAddress.objects.all()] == [NEW_EMAIL]
        assert queued() == [("mail_email_changed", {"user_id": user.pk, "old_email": "old@example.com"})]
        assert visit(request.session.session_key).user == user
        with pytest.raises(InvalidCredentials):
            access.log_in(request=visit(), email="old@example.com", password=PASSWORD)
        assert access.log_in(request=visit(), email=NEW_EMAIL, password=PASSWORD) == user

    def test_takes_the_key_once(self) -> None:
        user = UserFactory.create()
        key = authentication.email_change_key(user, NEW_EMAIL)
        access.verify_email(key=key)
        with pytest.raises(ExpiredKey):
            access.verify_email(key=key)

    @pytest.mark.parametrize("ends", ["password", "everywhere", "closed", "age"])
    def test_key_ends_with_what_makes_the_asker_doubtful(self, visit: Visit, ends: str) -> None:
        user = UserFactory.create()
        key = authentication.email_change_key(user, NEW_EMAIL)
        if ends == "password":
            access.reset_password(key=authentication.reset_key(user), password=NEW_PASSWORD)
        elif ends == "everywhere":
            access.log_out(request=_signed_in(visit, user), everywhere=True)
        elif ends == "closed":
            User.objects.update(is_active=False)
        days = -1 if ends == "age" else 3
        with override_settings(ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS=days), pytest.raises(ExpiredKey):
            access.verify_email(key=key)
        assert User.objects.get().email == user.email

    def test_does_not_take_an_address_that_was_taken_meanwhile(self) -> None:
        user = UserFactory.create()
        key = authentication.email_change_key(user, NEW_EMAIL)
        UserFactory.create(email=NEW_EMAIL)
        with pytest.raises(ExpiredKey):
            access.verify_email(key=key)
        assert set(User.objects.values_list("email", flat=True)) == {user.email, NEW_EMAIL}

    def test_asks_for_a_recent_sign_in_and_another_address(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        with pytest.raises(InvalidInput):
            _ask(request, user, user.email)
        with clock.at(clock.now() + LONG), pytest.raises(RecentSignInRequired):
            _ask(request, user)
        assert queued() == []

    def test_mails_one_address_three_times_an_hour_at_most(self, visit: Visit) -> None:
        user = UserFactory.create()
        request = _signed_in(visit, user)
        for _ in range(credentials.CHANGE_BY_EMAIL.limit):
            _ask(request, user)
        with pytest.raises(RateLimited):
            _ask(request, user)


@pytest.mark.django_db(transaction=True)
def test_a_key_used_twice_at_once_is_good_once() -> None:
    key = authentication.email_change_key(UserFactory.create(), NEW_EMAIL)
    outcomes = at_once(*[lambda: access.verify_email(key=key)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ExpiredKey", "User"]
    assert [name for name, _ in queued()] == ["mail_email_changed"]
