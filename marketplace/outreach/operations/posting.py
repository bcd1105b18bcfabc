"""Mail on its way out: each occasion once to an address, whatever runs twice."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F

from marketplace.accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.jobs import MOST_ATTEMPTS
from marketplace.outreach.events import MailPosted
from marketplace.outreach.letters import accounts, listings, orders, products, reviews, vendors
from marketplace.outreach.messages import MESSAGES, Message
from marketplace.outreach.models import Mail, MailStatus
from marketplace.outreach.rendering import write
from marketplace.outreach.unsubscribing import unsubscribe_link

logger = logging.getLogger(__name__)

LETTERS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, object] | None]]] = {
    **accounts.LETTERS,
    **vendors.LETTERS,
    **listings.LETTERS,
    **orders.LETTERS,
    **products.LETTERS,
    **reviews.LETTERS,
}
# What a mail server or service says when it has no use for the address, today or ever.
REFUSED: Final = (SMTPRecipientsRefused, AnymailRecipientsRefused)
PERMANENT: Final = 500
LONGEST_FAULT: Final = 500


class NotDelivered(Exception):  # noqa: N818  # what happened to the mail
    """The mail did not leave; its job is to try again."""


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes, and who that is where we know."""

    email: str
    user_id: int | None = None


def recipient_of(user: User) -> Recipient:
    """The user, at the address they sign in by."""
    return Recipient(user.email, user.pk)


def post(
    message: str,
    *,
    to: Iterable[Recipient],
    occasion: str,
    facts: Mapping[str, int | str | bool | None],
) -> None:
    """Put a message on its way to each recipient, unless it is about this occasion.

    Nobody sees to whom else it goes; who has no address gets none. `facts` are what its letter reads.
    Publishes MailPosted for each new one. Two statements and a job for each.
    """
    kind = MESSAGES[message]
    with transaction.atomic():
        for recipient in dict.fromkeys(to):
            if not recipient.email:
                continue
            mail, is_new = Mail.objects.get_or_create(
                message=kind.name,
                occasion=occasion,
                recipient=recipient.email,
                defaults={
                    "user_id": recipient.user_id,
                    "facts": dict(facts),
                    "language": settings.LANGUAGE_CODE,
                },
            )
            if is_new:
                publish(MailPosted(mail_id=mail.pk))


def send(*, mail_id: int) -> None:
    """Write the mail as things are now, and hand it over; nothing where that was done, or it was erased.

    Outside any transaction, for it talks to a mail server. Should the process die between the server's yes
    and our note, the mail leaves again under the same Message-ID, by which mail programs show it once.
    Raises NotDelivered while there are attempts left.
    """
    mail = Mail.objects.filter(pk=mail_id).first()
    if mail is None or mail.status != MailStatus.QUEUED:
        return
    kind = MESSAGES[mail.message]
    context = LETTERS[mail.message](mail.facts)
    if context is None:
        _settle(mail, MailStatus.DROPPED)
        return
    letter = _letter(mail, kind, context)
    try:
        letter.send()
    except (SMTPException, AnymailError, OSError) as fault:
        _note_fault(mail, fault)
        return
    _settle(mail, MailStatus.SENT, provider_ref=_reference(letter), is_farewell=kind.is_farewell)


def forget_mail() -> None:
    """Delete what was settled MAIL_DAYS ago."""
    before = clock.now() - timedelta(days=settings.MAIL_DAYS)
    Mail.objects.filter(posted_at__lt=before).exclude(status=MailStatus.QUEUED).delete()


def _letter(mail: Mail, kind: Message, context: Mapping[str, object]) -> EmailMultiAlternatives:
    unsubscribe = unsubscribe_link(mail.recipient, kind.topic) if kind.topic else ""
    written = write(kind, context, language=mail.language, unsubscribe=unsubscribe)
    headers = {
        "Message-ID": f"<{mail.uuid}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter = EmailMultiAlternatives(
        written.subject,
        written.text,
        to=[mail.recipient],
        headers=headers,
        reply_to=[settings.EMAIL_REPLY_TO or settings.DEFAULT_FROM_EMAIL],
    )
    letter.attach_alternative(written.html, "text/html")
    return letter


def _reference(letter: EmailMultiAlternatives) -> str:
    """What the mail service calls it; a mail server calls it nothing."""
    status = getattr(letter, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")


def _note_fault(mail: Mail, fault: Exception) -> None:
    """One attempt more has failed; the last one, or a refusal for good, ends it. Raises NotDelivered else."""
    told = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
    Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1, fault=told)
    if _is_for_good(fault) or mail.attempts + 1 >= MOST_ATTEMPTS:
        logger.error("mail %s could not be sent: %s", mail, type(fault).__name__)
        _settle(mail, MailStatus.FAILED)
        return
    raise NotDelivered from fault


def _is_for_good(fault: Exception) -> bool:
    """Whether it would be refused again: 5xx for the address, where 4xx means later."""
    if isinstance(fault, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in fault.recipients.values())
    return isinstance(fault, REFUSED)


def _settle(mail: Mail, status: MailStatus, *, provider_ref: str = "", is_farewell: bool = False) -> None:
    changes: dict[str, object] = {"status": status, "settled_at": clock.now(), "provider_ref": provider_ref}
    if is_farewell:
        changes |= {"recipient": "", "facts": {}}
    Mail.objects.filter(pk=mail.pk, status=MailStatus.QUEUED).update(**changes)
