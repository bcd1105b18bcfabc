import pytest
from django.core import mail

from marketplace.accounts import authentication
from marketplace.accounts.models import DataExport, User
from marketplace.accounts.operations import access
from marketplace.outreach.jobs import accounts as jobs
from tests.factories.accounts import UserFactory
from tests.support.mails import link_of, sent

pytestmark = pytest.mark.django_db


def _the_only_message() -> mail.EmailMessage:
    (message,) = sent()
    return message


def test_verification_mails_a_key_that_verifies() -> None:
    user = UserFactory.create(is_verified=False)
    jobs.mail_verification(user_id=user.pk, occasion="mail_verification")
    message = _the_only_message()
    assert message.subject == "Confirm your e-mail address"
    assert (message.to, message.from_email) == ([user.email], "no-reply@localhost")
    page, key = link_of(message)
    assert page == "http://localhost:8000/account/verify"
    assert access.verify_email(key=key) == user


def test_verification_is_mailed_once_it_is_needed_only() -> None:
    jobs.mail_verification(user_id=UserFactory.create().pk, occasion="mail_verification")
    jobs.mail_verification(
        user_id=UserFactory.create(is_verified=False, is_active=False).pk, occasion="mail_verification"
    )
    assert sent() == []


def test_reset_mails_a_key_that_lets_choose_a_password() -> None:
    user = UserFactory.create()
    jobs.mail_password_reset(email=user.email, occasion="mail_password_reset")
    message = _the_only_message()
    assert message.subject == "Choose a new password"
    page, key = link_of(message)
    assert page == "http://localhost:8000/account/reset"
    assert authentication.user_of_reset_key(key) == user
    assert "for 60 minutes" in str(message.body)


def test_reset_mails_nothing_to_the_unknown_and_the_closed() -> None:
    UserFactory.create(email="closed@example.com", is_active=False)
    jobs.mail_password_reset(email="closed@example.com", occasion="mail_password_reset")
    jobs.mail_password_reset(email="unknown@example.com", occasion="mail_password_reset")
    assert sent() == []


def test_a_known_address_gets_a_way_in() -> None:
    user = UserFactory.create(is_verified=False)
    jobs.mail_known_address(user_id=user.pk, occasion="mail_known_address")
    message = _the_only_message()
    assert message.subject == "You already have an account"
    page, key = link_of(message)
    assert page == "http://localhost:8000/account/reset"
    assert authentication.user_of_reset_key(key) == user


def test_a_changed_password_is_reported_without_a_key() -> None:
    user = UserFactory.create()
    jobs.mail_password_changed(user_id=user.pk, occasion="mail_password_changed")
    message = _the_only_message()
    assert message.subject == "Your password was changed"
    assert link_of(message) == ("http://localhost:8000/account/reset", "")


def test_a_closed_account_is_told_nothing() -> None:
    closed: User = UserFactory.create(is_active=False)
    jobs.mail_known_address(user_id=closed.pk, occasion="mail_known_address")
    jobs.mail_password_changed(user_id=closed.pk, occasion="mail_password_changed")
    assert sent() == []


class TestEmailChange:
    def test_asks_the_new_address(self) -> None:
        user = UserFactory.create()
        jobs.mail_email_change(user_id=user.pk, email="new@example.com", occasion="mail_email_change")
        message = _the_only_message()
        assert (message.to, message.subject) == (["new@example.com"], "Confirm your new e-mail address")
        page, key = link_of(message)
        assert page == "http://localhost:8000/account/verify"
        assert access.verify_email(key=key).email == "new@example.com"

    def test_tells_the_owner_of_an_address_that_is_taken(self) -> None:
        user, owner = UserFactory.create(), UserFactory.create(email="new@example.com")
        jobs.mail_email_change(user_id=user.pk, email=owner.email, occasion="mail_email_change")
        message = _the_only_message()
        assert (message.to, message.subject) == ([owner.email], "You already have an account")

    def test_tells_the_present_and_then_the_old_address(self) -> None:
        user = UserFactory.create()
        jobs.mail_email_change_requested(user_id=user.pk, occasion="mail_email_change_requested")
        jobs.mail_email_changed(user_id=user.pk, old_email="old@example.com", occasion="mail_email_changed")
        assert [(message.to, message.subject) for message in sent()] == [
            ([user.email], "Your e-mail address is to be changed"),
            (["old@example.com"], "Your e-mail address was changed"),
        ]

    def test_of_a_closed_account_is_not_mailed(self) -> None:
        user = UserFactory.create(is_active=False)
        jobs.mail_email_change(user_id=user.pk, email="new@example.com", occasion="mail_email_change")
        jobs.mail_email_change_requested(user_id=user.pk, occasion="mail_email_change_requested")
        jobs.mail_email_changed(user_id=user.pk, old_email="old@example.com", occasion="mail_email_changed")
        assert sent() == []


class TestDataExport:
    def test_is_gathered_and_told_once(self) -> None:
        user = UserFactory.create()
        DataExport.objects.create(user=user)
        for _ in range(2):
            jobs.make_data_export(user_id=user.pk, occasion="make_data_export")
        message = _the_only_message()
        assert (message.to, message.subject) == ([user.email], "Your data is ready")
        assert link_of(message) == ("http://localhost:8000/account", "")


def test_a_deleted_account_is_told_good_bye() -> None:
    jobs.mail_account_deleted(email="ada@example.com", occasion="mail_account_deleted")
    message = _the_only_message()
    assert (message.to, message.subject) == (["ada@example.com"], "Your account was deleted")
