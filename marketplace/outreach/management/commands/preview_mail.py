"""`manage.py preview_mail [NAME] [--html | --text] [--to FOLDER|ADDRESS]`: messages as they would look."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from marketplace.outreach.messages import MESSAGES, Message
from marketplace.outreach.rendering import Written, write
from marketplace.outreach.unsubscribing import unsubscribe_link

NOBODY = "ada@shop.example"


class Command(BaseCommand):
    help = "Write messages with made-up names into a folder, or send them to an address."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted(MESSAGES), help="one message; without it, all")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--html", action="store_true", help="as HTML only")
        form.add_argument("--text", action="store_true", help="as text only")
        parser.add_argument("--to", help="a folder, or an e-mail address; without it, var/mail-preview")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE)

    @override
    def handle(
        self, *args: Any, name: str | None, html: bool, text: bool, to: str | None, **options: Any
    ) -> None:
        messages = [MESSAGES[name]] if name else list(MESSAGES.values())
        if to and "@" in to:
            if html or text:
                raise CommandError("A mail holds both forms; leave --html and --text out.")
            _send(messages, to, options["language"])
            self.stdout.write(f"{len(messages)} sent to {to}")
            return
        folder = Path(to) if to else settings.MEDIA_ROOT.parent / "mail-preview"
        folder.mkdir(parents=True, exist_ok=True)
        forms = [form for form, is_asked in (("html", html), ("txt", text)) if is_asked] or ["html", "txt"]
        for message in messages:
            written = _written(message, options["language"])
            for form in forms:
                content = written.html if form == "html" else f"{written.subject}\n\n{written.text}"
                (folder / f"{message.name}.{form}").write_text(content, encoding="utf-8")
        self.stdout.write(f"{len(messages)} written to {folder}")


def _written(message: Message, language: str, to: str = NOBODY) -> Written:
    unsubscribe = unsubscribe_link(to, message.topic) if message.topic else ""
    return write(message, message.sample, language=language, unsubscribe=unsubscribe)


def _send(messages: Iterable[Message], to: str, language: str) -> None:
    for message in messages:
        written = _written(message, language, to)
        letter = EmailMultiAlternatives(written.subject, written.text, to=[to])
        letter.attach_alternative(written.html, "text/html")
        letter.send()
