"""Links by which an address says no to a topic, whoever opens them, for as long as the mail is kept."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from marketplace.accounts.errors import ExpiredKey
from marketplace.outreach.models import MailTopic

SALT: Final = "outreach.unsubscribe"
PATH: Final = "/mail/unsubscribe"


def unsubscribe_token(email: str, topic: MailTopic) -> str:
    """What speaks for the address on this topic. It does not end: a link in an old mail must work."""
    return signing.dumps([email, topic.value], salt=SALT)


def unsubscribe_link(email: str, topic: MailTopic) -> str:
    """The page that asks, and that takes the one click of a mail program (RFC 8058)."""
    return f"{settings.SITE_URL}{PATH}?{urlencode({'token': unsubscribe_token(email, topic)})}"


def read_token(token: str) -> tuple[str, MailTopic]:
    """Who says no to what. Raises ExpiredKey for what is no token of ours."""
    try:
        email, topic = signing.loads(token, salt=SALT)
        return email, MailTopic(topic)
    except (signing.BadSignature, ValueError) as fault:
        raise ExpiredKey from fault
