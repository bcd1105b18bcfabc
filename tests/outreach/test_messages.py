"""Every message there is, held to what all of them promise."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from marketplace.env import PROJECT_DIR
from marketplace.kernel.money import Money
from marketplace.outreach.messages import MESSAGES, Message
from marketplace.outreach.operations.posting import LETTERS
from marketplace.outreach.operations.preferences import record_alerts_wanted
from marketplace.outreach.rendering import Written, write
from marketplace.subscriptions import SUBSCRIPTIONS
from tests.support import tree

TEMPLATES = Path("marketplace/outreach/templates/outreach/messages")
UNSUBSCRIBE = "https://shop.example/mail/unsubscribe?token=a&b"
EVIL = "<img src=x onerror=alert(1)>\r\nBcc: eve@example.com\n\n"
ALL = pytest.mark.parametrize("message", MESSAGES.values(), ids=list(MESSAGES))


def _written(message: Message, sample: Mapping[str, object] | None = None) -> Written:
    told = message.sample if sample is None else sample
    return write(message, told, language="en", unsubscribe=UNSUBSCRIBE if message.topic else "")


def _strict() -> override_settings:
    """Templates that say so where they are not given what they show."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    return override_settings(
        TEMPLATES=[{**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": "MISSING[%s]"}}]
    )


def _spoilt(value: object) -> object:
    """Every text of a sample as somebody would write it who means harm."""
    if isinstance(value, str):
        return value if value.startswith("http") else EVIL + value
    if isinstance(value, tuple):
        return tuple(map(_spoilt, value))
    if is_dataclass(value) and not isinstance(value, type | Money):
        return replace(value, **{each.name: _spoilt(getattr(value, each.name)) for each in fields(value)})
    return value


@ALL
def test_each_is_given_all_it_shows(message: Message) -> None:
    with _strict():
        written = _written(message)
    assert written.subject
    for text in (written.subject, written.text, written.html):
        assert not re.search(r"MISSING|\{\{|\{%|None", text)
    assert "\n\n\n" not in written.text
    assert max(len(line) for line in written.text.splitlines() if "://" not in line) <= 78


@ALL
def test_text_and_html_lead_to_the_same_places(message: Message) -> None:
    written = _written(message)
    in_text = re.findall(r"https?://\S+", written.text)
    assert in_text == [unescape(link) for link in re.findall(r'href="([^"]*)"', written.html)]
    assert (UNSUBSCRIBE in in_text) == (message.topic is not None)


@ALL
def test_the_html_loads_nothing(message: Message) -> None:
    assert not re.search(r"<(img|script|link|iframe|form)|src=|url\(|@import", _written(message).html)


@ALL
def test_no_name_brings_a_header_or_a_tag(message: Message) -> None:
    written = _written(message, {name: _spoilt(value) for name, value in message.sample.items()})
    assert written.subject.isprintable()
    assert len(written.subject) <= 200
    assert "<img" not in written.html


def test_each_has_a_template_and_a_letter_and_no_template_is_left_over() -> None:
    assert set(MESSAGES) == set(LETTERS)
    assert set(MESSAGES) == {path.stem for path in (PROJECT_DIR / TEMPLATES).iterdir()}


def test_every_job_that_mails_names_messages_there_are() -> None:
    jobs = "\n".join(
        tree.text(path) for path in tree.source_modules() if path.match("marketplace/outreach/jobs/*.py")
    )
    reminders = tree.text(Path("marketplace/outreach/operations/reminders.py"))
    named = set(re.findall(r'"([a-z]+_?[a-z_]*)"', jobs + reminders))
    assert set(MESSAGES) - named == set()


def test_only_a_message_with_a_topic_may_be_declined() -> None:
    declinable = {message.name for message in MESSAGES.values() if message.topic}
    assert declinable == {"cart_reminder", "product_alert"}


def test_every_event_that_mails_does_it_as_a_job() -> None:
    mailing = {
        event.__name__
        for event, line in SUBSCRIPTIONS.by_event.items()
        if any(job.name.startswith("marketplace.outreach.") for job in line.later)
    }
    assert {"OrderPaid", "UserSignedUp", "VendorOrderCancelled", "MailPosted"} <= mailing
    now = [react for line in SUBSCRIPTIONS.by_event.values() for react in line.now]
    # What makes mail lawful is written down with what asks for it.
    outreach = [react for react in now if react.__module__.startswith("marketplace.outreach")]
    assert outreach == [record_alerts_wanted]
