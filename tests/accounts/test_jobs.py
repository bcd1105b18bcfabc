from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from pytest_django import Settings

from marketplace.accounts import authentication, jobs
from marketplace.accounts.models import DataExport, GuestEmail, User, UserSession
from marketplace.accounts.operations import access
from marketplace.kernel import clock
from tests.factories.accounts import GuestEmailFactory, UserFactory

pytestmark = pytest.mark.django_db


def _link(message: mail.EmailMessage) -> tuple[str, str]:
    """The address of the page a message links to, and the key it carries."""
    (link,) = (line for line in str(message.body).splitlines() if line.startswith("http"))
    parts = urlsplit(link)
    return link.partition("?")[0], parse_qs(parts.query).get("key", [""])[0]


def _the_only_message() -> mail.EmailMessage:
    (message,) = mail.outbox
    return message


def test_verification_mails_a_key_that_verifies() -> None:
    user = UserFactory.create(is_verified=False)
    jobs.mail_verification(user_id=user.pk)
    message = _the_only_message()
    assert message.subject == "Confirm your e-mail address"
    assert (message.to, message.from_email) == ([user.email], "no-reply@localhost")
    page, key = _link(message)
    assert page == "http://localhost:8000/account/verify"
    assert access.verify_email(key=key) == user


def test_verification_is_mailed_once_it_is_needed_only() -> None:
    jobs.mail_verification(user_id=UserFactory.create().pk)
    jobs.mail_verification(user_id=UserFactory.create(is_verified=False, is_active=False).pk)
    assert mail.outbox == []


def test_reset_mails_a_key_that_lets_choose_a_password() -> None:
    user = UserFactory.create()
    jobs.mail_password_reset(email=user.email)
    message = _the_only_message()
    assert message.subject == "Choose a new password"
    page, key = _link(message)
    assert page == "http://localhost:8000/account/reset"
    assert authentication.user_of_reset_key(key) == user
    assert "for 60 minutes" in str(message.body)


def test_reset_mails_nothing_to_the_unknown_and_the_closed() -> None:
    UserFactory.create(email="closed@example.com", is_active=False)
    jobs.mail_password_reset(email="closed@example.com")
    jobs.mail_password_reset(email="unknown@example.com")
    assert mail.outbox == []


def test_a_known_address_gets_a_way_in() -> None:
    user = UserFactory.create(is_verified=False)
    jobs.mail_known_address(user_id=user.pk)
    message = _the_only_message()
    assert message.subject == "You already have an account"
    page, key = _link(message)
    assert page == "http://localhost:8000/account/reset"
    assert authentication.user_of_reset_key(key) == user


def test_a_changed_password_is_reported_without_a_key() -> None:
    user = UserFactory.create()
    jobs.mail_password_changed(user_id=user.pk)
    message = _the_only_message()
    assert message.subject == "Your password was changed"
    assert _link(message) == ("http://localhost:8000/account/reset", "")


def test_a_closed_account_is_told_nothing() -> None:
    closed: User = UserFactory.create(is_active=False)
    jobs.mail_known_address(user_id=closed.pk)
    jobs.mail_password_changed(user_id=closed.pk)
    assert mail.outbox == []


def test_expired_sessions_are_deleted_and_others_kept() -> None:
    for key, hours in (("expired", -1), ("alive", 1)):
        Session.objects.create(session_key=key, expire_date=clock.now() + timedelta(hours=hours))
    jobs.delete_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["alive"]


def test_guests_are_forgotten_after_their_days(settings: Settings) -> None:
    GuestEmailFactory.create()
    jobs.forget_idle_guests()
    assert GuestEmail.objects.count() == 1
    settings.GUEST_DAYS = 0
    jobs.forget_idle_guests()
    assert GuestEmail.objects.count() == 0


class TestEmailChange:
    def test_asks_the_new_address(self) -> None:
        user = UserFactory.create()
        jobs.mail_email_change(user_id=user.pk, email="new@example.com")
        message = _the_only_message()
        assert (message.to, message.subject) == (["new@example.com"], "Confirm your new e-mail address")
        page, key = _link(message)
        assert page == "http://localhost:8000/account/verify"
        assert access.verify_email(key=key).email == "new@example.com"

    def test_tells_the_owner_of_an_address_that_is_taken(self) -> None:
        user, owner = UserFactory.create(), UserFactory.create(email="new@example.com")
        jobs.mail_email_change(user_id=user.pk, email=owner.email)
        message = _the_only_message()
        assert (message.to, message.subject) == ([owner.email], "You already have an account")

    def test_tells_the_present_and_then_the_old_address(self) -> None:
        user = UserFactory.create()
        jobs.mail_email_change_requested(user_id=user.pk)
        jobs.mail_email_changed(user_id=user.pk, old_email="old@example.com")
        assert [(message.to, message.subject) for message in mail.outbox] == [
            ([user.email], "Your e-mail address is to be changed"),
            (["old@example.com"], "Your e-mail address was changed"),
        ]

    def test_of_a_closed_account_is_not_mailed(self) -> None:
        user = UserFactory.create(is_active=False)
        jobs.mail_email_change(user_id=user.pk, email="new@example.com")
        jobs.mail_email_change_requested(user_id=user.pk)
        jobs.mail_email_changed(user_id=user.pk, old_email="old@example.com")
        assert mail.outbox == []


def test_the_list_forgets_sessions_that_are_gone() -> None:
    user = UserFactory.create()
    Session.objects.create(session_key="alive", expire_date=clock.now() + timedelta(hours=1))
    for key in ("alive", "gone"):
        UserSession.objects.create(user=user, session_key=key, device="Firefox", network="198.51.100.0/24")
    jobs.delete_expired_sessions()
    assert [row.session_key for row in UserSession.objects.all()] == ["alive"]


class TestDataExport:
    def test_is_gathered_and_told_once(self) -> None:
        user = UserFactory.create()
        DataExport.objects.create(user=user)
        for _ in range(2):
            jobs.make_data_export(user_id=user.pk)
        message = _the_only_message()
        assert (message.to, message.subject) == ([user.email], "Your data is ready")
        assert _link(message) == ("http://localhost:8000/account", "")

    def test_is_forgotten_after_a_week(self) -> None:
        for days in (6, 8):
            asked = clock.now() - timedelta(days=days)
            DataExport.objects.create(user=UserFactory.create(), requested_at=asked)
        jobs.forget_data_exports()
        assert DataExport.objects.get().requested_at > clock.now() - timedelta(days=7)


def test_a_deleted_account_is_told_good_bye() -> None:
    jobs.mail_account_deleted(email="ada@example.com")
    message = _the_only_message()
    assert (message.to, message.subject) == (["ada@example.com"], "Your account was deleted")
