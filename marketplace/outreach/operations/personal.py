"""What mail knows about a person: told to the person, and taken out when the person goes."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.outreach.models import Mail, MailConsent


def mail_in_full(user: User) -> Iterator[dict[str, Any]]:
    """Which mail went to the user, and what the user said about mail, the oldest first."""
    mails = Mail.objects.filter(_theirs(user, "recipient")).order_by("pk")
    said = MailConsent.objects.filter(_theirs(user, "email")).order_by("pk")
    for mail in mails.values("message", "recipient", "status", "posted_at", "settled_at"):
        yield {**mail}
    for word in said.values("topic", "email", "is_given", "source", "given_at"):
        yield {**word}


def erase_mail(user: User) -> None:
    """Delete both; what still waits to leave is not sent."""
    Mail.objects.filter(_theirs(user, "recipient")).delete()
    MailConsent.objects.filter(_theirs(user, "email")).delete()


def _theirs(user: User, address: str) -> Q:
    return Q(user=user) | Q(**{address: user.email})
