from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from marketplace.outreach.messages import MESSAGES


def test_every_message_is_written_into_a_folder(tmp_path: Path) -> None:
    call_command("preview_mail", to=str(tmp_path / "all"))
    assert {path.name for path in (tmp_path / "all").iterdir()} == {
        f"{name}.{form}" for name in MESSAGES for form in ("html", "txt")
    }
    call_command("preview_mail", "order_paid", text=True, to=str(tmp_path / "one"))
    (only,) = (tmp_path / "one").iterdir()
    assert only.read_text(encoding="utf-8").startswith("Your order K7M2P9QX\n\nHello,\n")


def test_it_is_sent_to_an_address() -> None:
    call_command("preview_mail", "order_paid", to="me@example.com")
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["me@example.com"], "Your order K7M2P9QX")
    ]
    with pytest.raises(CommandError):
        call_command("preview_mail", to="me@example.com", html=True)
