"""Mail as it would have left by now, and the links in it."""

from urllib.parse import parse_qs, urlsplit

from django.core import mail

from tests.support.queue import run_queued


def sent() -> list[mail.EmailMessage]:
    """All mail of this test, after everything that waits has run."""
    run_queued()
    return list(mail.outbox)


def link_of(message: mail.EmailMessage) -> tuple[str, str]:
    """The address of the page a message links to, and the key it carries."""
    (link,) = (line for line in str(message.body).splitlines() if line.startswith("http"))
    parts = urlsplit(link)
    return link.partition("?")[0], parse_qs(parts.query).get("key", [""])[0]
