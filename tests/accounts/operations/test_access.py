from collections.abc import Sequence

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import override_settings

from marketplace.accounts import authentication
from marketplace.accounts.errors import EmailNotVerified, ExpiredKey, InvalidCredentials, WeakPassword
from marketplace.accounts.models import BillingProfile, User
from marketplace.accounts.operations import access, billing
from marketplace.kernel.errors import InvalidInput, RateLimited
from tests.accounts.conftest import Visit
from tests.factories.accounts import PASSWORD, UserFactory
from tests.support import hashing
from tests.support.hashing import CountingHasher
from tests.support.queue import queued
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

CLIENT = "198.51.100.7"
NEW_PASSWORD = "another-walk-by-the-sea"


def _sign_up(email: str = "ada@example.com", *, password: str = PASSWORD, client: str = CLIENT) -> None:
    answer = access.sign_up(email=email, password=password, name="Ada", client=client)
    assert answer == email.strip().lower()


def _logs_in(visit: Visit, user: User, *, password: str = PASSWORD) -> bool:
    try:
        access.log_in(request=visit(), email=user.email, password=password)
    except InvalidCredentials:
        return False
    return True


class TestSignUp:
    def test_makes_an_unverified_account_and_asks_for_proof(self) -> None:
        _sign_up(" Ada@Example.com")
        user = User.objects.get()
        assert (user.email, user.name, user.is_staff) == ("ada@example.com", "Ada", False)
        assert user.check_password(PASSWORD)
        assert not authentication.has_verified_email(user)
        assert BillingProfile.objects.get().user == user
        assert queued() == [("mail_verification", {"user_id": user.pk})]

    @pytest.mark.parametrize("is_verified", [True, False])
    def test_with_a_known_address_changes_nothing_and_tells_its_owner(self, is_verified: bool) -> None:
        known = UserFactory.create(email="ada@example.com", name="Owner", is_verified=is_verified)
        _sign_up(password=NEW_PASSWORD)
        user = User.objects.get()
        assert (user.pk, user.name) == (known.pk, "Owner")
        assert user.check_password(PASSWORD)
        assert authentication.has_verified_email(user) == is_verified
        assert queued() == [("mail_known_address", {"user_id": known.pk})]

    def test_hashes_once_whether_the_address_is_known_or_not(self) -> None:
        with override_settings(PASSWORD_HASHERS=[hashing.PATH]):
            CountingHasher.hashed = 0
            _sign_up()
            assert CountingHasher.hashed == 1
            _sign_up()
            assert CountingHasher.hashed == 2

    @pytest.mark.parametrize(("email", "password"), [("ada", PASSWORD), ("ada@example.com", "short")])
    def test_refused_leaves_nothing_and_counts_nothing(self, email: str, password: str) -> None:
        for _ in range(access.SIGN_UP_BY_EMAIL.limit + 1):
            with pytest.raises((InvalidInput, WeakPassword)):
                _sign_up(email, password=password)
        assert User.objects.count() == 0
        assert queued() == []

    def test_mails_one_address_no_more_than_three_times_an_hour(self) -> None:
        for number in range(3):
            _sign_up(client=f"198.51.100.{number}")
        with pytest.raises(RateLimited):
            _sign_up(client="198.51.100.9")
        assert len(queued()) == 3

    def test_of_one_client_is_limited(self) -> None:
        for number in range(access.SIGN_UP_BY_CLIENT.limit):
            _sign_up(f"user{number}@example.com")
        with pytest.raises(RateLimited):
            _sign_up("one@example.com")
        assert not User.objects.filter(email="one@example.com").exists()


class TestVerifyEmail:
    def test_takes_the_key_once(self) -> None:
        user = UserFactory.create(is_verified=False)
        key = authentication.verification_key(user)
        assert access.verify_email(key=key) == user
        assert authentication.has_verified_email(user)
        with pytest.raises(ExpiredKey):
            access.verify_email(key=key)

    def test_with_a_made_up_key_verifies_nobody(self) -> None:
        UserFactory.create(is_verified=False)
        with pytest.raises(ExpiredKey):
            access.verify_email(key="made-up")
        assert not EmailAddress.objects.get().verified


class TestLogIn:
    def test_carries_the_cart_over_and_forgets_the_guest(self, visit: Visit) -> None:
        user, request = UserFactory.create(), visit()
        guest = billing.continue_as_guest(session=request.session, email="guest@example.com")
        billing.profile_for(session=request.session, user=None)
        request.session["cart_id"] = 7
        request.session.create()
        guests_key = request.session.session_key
        assert access.log_in(request=request, email=user.email.upper(), password=PASSWORD) == user
        assert request.user == user
        assert request.session.session_key != guests_key
        assert request.session["cart_id"] == 7
        assert request.session["billing_profile_id"] == user.billing_profile.pk
        assert "guest_email_id" not in request.session
        assert guest.billing_profile.user is None

    @pytest.mark.parametrize("email", ["known@example.com", "unknown@example.com", "closed@example.com"])
    def test_refuses_alike_whoever_it_is(self, visit: Visit, email: str) -> None:
        UserFactory.create(email="known@example.com")
        UserFactory.create(email="closed@example.com", is_active=False)
        request = visit()
        with pytest.raises(InvalidCredentials) as refusal:
            access.log_in(request=request, email=email, password="wrong")
        assert str(refusal.value) == "INVALID_CREDENTIALS: E-mail address or password is wrong."
        assert request.user.is_anonymous
        assert request.session.is_empty()

    def test_mails_the_key_again_to_who_knows_the_password_of_an_unverified_account(
        self, visit: Visit
    ) -> None:
        user, request = UserFactory.create(is_verified=False), visit()
        with pytest.raises(EmailNotVerified):
            access.log_in(request=request, email=user.email, password=PASSWORD)
        assert request.user.is_anonymous
        assert queued() == [("mail_verification", {"user_id": user.pk})]

    def test_says_nothing_of_verification_to_who_does_not_know_the_password(self, visit: Visit) -> None:
        user = UserFactory.create(is_verified=False)
        with pytest.raises(InvalidCredentials):
            access.log_in(request=visit(), email=user.email, password="wrong")
        assert queued() == []

    def test_mails_an_unverified_address_three_times_an_hour_and_answers_the_same(self, visit: Visit) -> None:
        user = UserFactory.create(is_verified=False)
        for _ in range(5):
            with pytest.raises(EmailNotVerified):
                access.log_in(request=visit(), email=user.email, password=PASSWORD)
        assert len(queued()) == 3

    def test_refuses_the_sixth_guess_even_when_it_is_right(self, visit: Visit) -> None:
        user = UserFactory.create()
        assert [_logs_in(visit, user, password="wrong") for _ in range(5)] == [False] * 5
        with pytest.raises(RateLimited) as refusal:
            _logs_in(visit, user)
        assert 0 < refusal.value.retry_after <= 300

    def test_lets_other_clients_in_where_one_has_guessed_too_often(self, visit: Visit) -> None:
        user = UserFactory.create()
        for _ in range(15):
            with pytest.raises((InvalidCredentials, RateLimited)):
                access.log_in(request=visit(), email=user.email, password="wrong")
        request = visit(address="203.0.113.5")
        assert access.log_in(request=request, email=user.email, password=PASSWORD) == user

    def test_counts_anew_after_the_right_password(self, visit: Visit) -> None:
        user = UserFactory.create()
        for _ in range(3):
            assert not any(_logs_in(visit, user, password="wrong") for _ in range(4))
            assert _logs_in(visit, user)

    def test_of_one_client_is_limited_over_all_addresses(self, visit: Visit) -> None:
        for number in range(access.LOG_IN_BY_CLIENT.limit):
            with pytest.raises(InvalidCredentials):
                access.log_in(request=visit(), email=f"user{number}@example.com", password="wrong")
        with pytest.raises(RateLimited):
            access.log_in(request=visit(), email="one-more@example.com", password="wrong")

    def test_of_many_clients_at_one_address_is_limited(self, visit: Visit) -> None:
        for number in range(access.LOG_IN_BY_EMAIL.limit):
            with pytest.raises(InvalidCredentials):
                access.log_in(
                    request=visit(address=f"10.0.0.{number}"), email="ada@example.com", password="wrong"
                )
        with pytest.raises(RateLimited):
            access.log_in(request=visit(address="10.0.1.1"), email="ada@example.com", password="wrong")


class TestLogOut:
    def test_forgets_everything_but_leaves_other_browsers_in(self, visit: Visit) -> None:
        user, here, there = UserFactory.create(), visit(), visit()
        for request in (here, there):
            access.log_in(request=request, email=user.email, password=PASSWORD)
            request.session.save()
        access.log_out(request=here)
        assert here.user.is_anonymous
        assert here.session.is_empty()
        assert visit(there.session.session_key).user == user

    def test_everywhere_ends_the_users_other_sessions_and_nobody_elses(self, visit: Visit) -> None:
        user, other = UserFactory.create(), UserFactory.create()
        here, there, elsewhere = visit(), visit(), visit()
        for request, email in ((here, user.email), (there, user.email), (elsewhere, other.email)):
            access.log_in(request=request, email=email, password=PASSWORD)
            request.session.save()
        access.log_out(request=here, everywhere=True)
        assert visit(there.session.session_key).user.is_anonymous
        assert visit(elsewhere.session.session_key).user == other

    def test_of_a_guest_forgets_the_guest(self, visit: Visit) -> None:
        request = visit()
        billing.continue_as_guest(session=request.session, email="guest@example.com")
        access.log_out(request=request, everywhere=True)
        assert request.session.is_empty()


class TestPasswordReset:
    def test_is_asked_for_alike_for_known_and_unknown_addresses(self) -> None:
        UserFactory.create(email="ada@example.com")
        for email in ("Ada@example.com", "unknown@example.com"):
            access.request_password_reset(email=email, client=CLIENT)
        assert queued() == [
            ("mail_password_reset", {"email": "ada@example.com"}),
            ("mail_password_reset", {"email": "unknown@example.com"}),
        ]

    def test_is_asked_for_three_times_an_hour_at_most(self) -> None:
        for number in range(3):
            access.request_password_reset(email="ada@example.com", client=f"198.51.100.{number}")
        with pytest.raises(RateLimited):
            access.request_password_reset(email="ada@example.com", client=CLIENT)
        assert len(queued()) == 3

    def test_of_one_client_is_limited(self) -> None:
        for number in range(access.RESET_BY_CLIENT.limit):
            access.request_password_reset(email=f"user{number}@example.com", client=CLIENT)
        with pytest.raises(RateLimited):
            access.request_password_reset(email="one@example.com", client=CLIENT)

    def test_sets_the_password_and_ends_every_session(self, visit: Visit) -> None:
        user, there = UserFactory.create(), visit()
        access.log_in(request=there, email=user.email, password=PASSWORD)
        there.session.save()
        user.refresh_from_db()
        access.reset_password(key=authentication.reset_key(user), password=NEW_PASSWORD)
        assert visit(there.session.session_key).user.is_anonymous
        assert queued() == [("mail_password_changed", {"user_id": user.pk})]
        assert not _logs_in(visit, user)
        assert _logs_in(visit, user, password=NEW_PASSWORD)

    def test_by_a_mailed_key_verifies_the_address(self) -> None:
        user = UserFactory.create(is_verified=False)
        access.reset_password(key=authentication.reset_key(user), password=NEW_PASSWORD)
        assert authentication.has_verified_email(user)

    def test_takes_the_key_once(self, visit: Visit) -> None:
        user = UserFactory.create()
        key = authentication.reset_key(user)
        access.reset_password(key=key, password=NEW_PASSWORD)
        with pytest.raises(ExpiredKey):
            access.reset_password(key=key, password="a-third-walk-by-the-sea")
        assert _logs_in(visit, user, password=NEW_PASSWORD)

    def test_refuses_a_weak_password_and_leaves_the_key_good(self, visit: Visit) -> None:
        user = UserFactory.create()
        key = authentication.reset_key(user)
        with pytest.raises(WeakPassword):
            access.reset_password(key=key, password="short")
        assert queued() == []
        access.reset_password(key=key, password=NEW_PASSWORD)
        assert _logs_in(visit, user, password=NEW_PASSWORD)


SLOW = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])


def _kinds(outcomes: Sequence[object]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def _look_first_sign_up() -> None:
    """What `sign_up` must not do."""
    user = User(email="ada@example.com")
    if not User.objects.filter(email=user.email).exists():
        user.set_password(PASSWORD)
        User.objects.enrol(user, is_verified=False)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_sign_ups_make_one_account_and_answer_alike(self) -> None:
        with SLOW:
            outcomes = at_once(_sign_up, _sign_up)
        assert _kinds(outcomes) == ["NoneType", "NoneType"]
        assert User.objects.count() == BillingProfile.objects.count() == EmailAddress.objects.count() == 1
        assert sorted(name for name, _ in queued()) == ["mail_known_address", "mail_verification"]

    def test_control_looking_first_fails_one_of_two_sign_ups(self) -> None:
        with SLOW:
            outcomes = at_once(_look_first_sign_up, _look_first_sign_up)
        assert _kinds(outcomes) == [IntegrityError.__name__, "NoneType"]

    def test_a_reset_key_used_twice_at_once_is_good_once(self) -> None:
        key = authentication.reset_key(UserFactory.create())
        with SLOW:
            outcomes = at_once(*[lambda: access.reset_password(key=key, password=NEW_PASSWORD)] * 2)
        assert _kinds(outcomes) == ["ExpiredKey", "User"]
        assert [name for name, _ in queued()] == ["mail_password_changed"]

    def test_control_without_the_condition_both_resets_pass(self) -> None:
        key = authentication.reset_key(UserFactory.create())

        def reset_unconditionally() -> None:
            user = authentication.user_of_reset_key(key)
            user.set_password(NEW_PASSWORD)
            user.save()

        with SLOW:
            outcomes = at_once(reset_unconditionally, reset_unconditionally)
        assert list(outcomes) == [None, None]

    def test_a_verification_key_used_twice_at_once_is_good_once(self) -> None:
        key = authentication.verification_key(UserFactory.create(is_verified=False))
        outcomes = at_once(*[lambda: access.verify_email(key=key)] * 2)
        assert _kinds(outcomes) == ["ExpiredKey", "User"]

    def test_inside_a_transaction_attempts_would_not_count_so_it_is_refused(self) -> None:
        with transaction.atomic(), pytest.raises(RuntimeError):
            _sign_up()
        assert User.objects.count() == 0
