"""Mail over a real SMTP server on this machine: once, whatever fails on the way."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message as Parsed
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core import mail
from pytest_django import Settings
from typing_extensions import override

from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.jobs import MOST_ATTEMPTS
from marketplace.outreach.models import Mail, MailStatus
from marketplace.outreach.operations import posting
from marketplace.outreach.operations.posting import NotDelivered, Recipient, post, recipient_of, send
from tests.factories.accounts import UserFactory
from tests.support.mails import sent
from tests.support.queue import queued, run_queued

pytestmark = pytest.mark.django_db


class Mailbox(Message):
    """Takes mail, unless it was told to answer something else first."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Parsed] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802  # aiosmtpd's name
        _, _, envelope, address, _ = given
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    @override
    def handle_message(self, message: Parsed) -> None:
        self.received.append(message)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        host, port = free.getsockname()
    controller = Controller(handler, hostname=host, port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield handler
    controller.stop()


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(email="ada@example.com")
    return user


def _post(user: User, *, occasion: str = "one") -> None:
    post("factor_added", to=[recipient_of(user)], occasion=occasion, facts={"user_id": user.pk})


def test_a_mail_arrives_whole(mailbox: Mailbox, ada: User) -> None:
    _post(ada)
    run_queued()
    (message,) = mailbox.received
    row = Mail.objects.get()
    assert (message["To"], message["Subject"]) == ("ada@example.com", "A second factor was added")
    assert message["Message-ID"] == f"<{row.uuid}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["From"], message["Reply-To"]) == ("no-reply@localhost", "no-reply@localhost")
    assert "List-Unsubscribe" not in message
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert (row.status, row.attempts, row.user) == (MailStatus.SENT, 0, ada)


def test_a_server_that_is_busy_gets_it_later_and_once(mailbox: Mailbox, ada: User) -> None:
    mailbox.answers = ["451 4.7.1 Try again later", "451 4.7.1 Try again later"]
    _post(ada)
    row = Mail.objects.get()
    for _ in range(2):
        with pytest.raises(NotDelivered):
            send(mail_id=row.pk)
    assert mailbox.received == []
    for _ in range(2):
        send(mail_id=row.pk)
    assert len(mailbox.received) == 1
    row.refresh_from_db()
    assert (row.status, row.attempts) == (MailStatus.SENT, 2)
    assert row.fault.startswith("SMTPRecipientsRefused")


def test_an_address_that_is_refused_for_good_is_not_tried_again(mailbox: Mailbox, ada: User) -> None:
    mailbox.answers = ["550 5.1.1 No such user"]
    _post(ada)
    run_queued()
    assert (mailbox.received, Mail.objects.get().status) == ([], MailStatus.FAILED)


def test_a_server_that_is_gone_is_given_up_at_last(settings: Settings, ada: User) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    _post(ada)
    Mail.objects.update(attempts=MOST_ATTEMPTS - 2)
    with pytest.raises(NotDelivered):
        send(mail_id=Mail.objects.get().pk)
    send(mail_id=Mail.objects.get().pk)
    assert (Mail.objects.get().status, Mail.objects.get().attempts) == (MailStatus.FAILED, MOST_ATTEMPTS)


def test_an_occasion_is_mailed_to_an_address_once(ada: User) -> None:
    for _ in range(2):
        _post(ada)
    assert queued() == [("send_mail", {"mail_id": Mail.objects.get().pk})]
    assert len(sent()) == 1
    _post(ada)
    assert len(sent()) == 1
    _post(ada, occasion="another")
    assert len(sent()) == 2


def test_who_has_no_address_gets_nothing() -> None:
    post("account_deleted", to=[Recipient("")], occasion="one", facts={})
    assert (Mail.objects.count(), queued()) == (0, [])


def test_what_has_nothing_to_say_any_more_is_dropped(ada: User) -> None:
    _post(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert sent() == []
    assert Mail.objects.get().status == MailStatus.DROPPED


def test_a_good_bye_forgets_its_address() -> None:
    post("account_deleted", to=[Recipient("ada@example.com")], occasion="one", facts={})
    assert [message.to for message in sent()] == [["ada@example.com"]]
    assert Mail.objects.get().recipient == ""


def test_answers_go_where_they_are_read(settings: Settings, ada: User) -> None:
    settings.EMAIL_REPLY_TO = "help@shop.example"
    _post(ada)
    assert sent()[0].reply_to == ["help@shop.example"]


def test_old_mail_is_forgotten_but_not_what_still_waits(ada: User) -> None:
    for occasion in ("sent", "waiting"):
        _post(ada, occasion=occasion)
    send(mail_id=Mail.objects.get(occasion="sent").pk)
    posting.forget_mail()
    assert (Mail.objects.count(), len(mail.outbox)) == (2, 1)
    with clock.at(clock.now() + timedelta(days=91)):
        posting.forget_mail()
    assert [row.occasion for row in Mail.objects.all()] == ["waiting"]
