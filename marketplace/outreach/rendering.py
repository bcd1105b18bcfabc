"""One message and what it tells, written three times: its subject, as text, and as HTML.

A message is one template in templates/outreach/messages/, whose words are plain text. It extends whichever
layout is asked for, so text and HTML say the same and lead to the same place.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from marketplace.outreach.messages import Message

LINE: Final = 78
BLANK_LINES: Final = re.compile(r"\n{3,}")
LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message as it leaves."""

    subject: str
    text: str
    html: str


def write(
    message: Message, context: Mapping[str, object], *, language: str, unsubscribe: str = ""
) -> Written:
    """Write the message in a language; `unsubscribe` is the link at its foot, if it is not transactional."""
    told = {"site": urlsplit(settings.SITE_URL).netloc, **context}
    told |= {"unsubscribe": unsubscribe, "language": language}
    with translation.override(language):
        subject = _subject(_rendered(message, told, "subject.txt", "txt"))
        return Written(
            subject=subject,
            text=_tidied(_rendered(message, told, "letter.txt", "txt")),
            html=_rendered(message, told | {"subject": subject}, "letter.html", "html"),
        )


def _rendered(message: Message, context: Mapping[str, object], layout: str, form: str) -> str:
    template = get_template(f"outreach/messages/{message.name}.txt")
    return template.render({**context, "layout": f"outreach/{layout}", "form": form})


def _subject(raw: str) -> str:
    """On one line, whatever stands in a name: a line break would begin another header."""
    printable = "".join(character if character.isprintable() else " " for character in raw)
    return " ".join(printable.split())[:LONGEST_SUBJECT]


def _tidied(raw: str) -> str:
    """Without the lines that templates leave behind, and none too long to be read, but for links."""
    lines = (line for each in raw.strip().splitlines() for line in _wrapped(each.rstrip()))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)) + "\n"


def _wrapped(line: str) -> Iterator[str]:
    if len(line) <= LINE or "://" in line:
        yield line
    else:
        yield from textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False)
