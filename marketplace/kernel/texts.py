"""What people type, made fit to keep: trimmed, bounded, without characters no text holds.

PostgreSQL refuses U+0000 in a text, and other control characters break log lines and CSV files, so they are
refused here, with the field's name, before a statement is sent.
"""

import re
from typing import Final

from marketplace.kernel.errors import InvalidInput

# Control characters but for tabs and line breaks, and halves of surrogate pairs.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def line(value: str, *, field: str, longest: int, shortest: int = 1) -> str:
    """One line: runs of white space become one space, none at the ends.

    Raises InvalidInput where it is too short, too long, or holds control characters.
    """
    return _bounded(" ".join(value.split()), field=field, longest=longest, shortest=shortest)


def prose(value: str, *, field: str, longest: int, shortest: int = 0) -> str:
    """Paragraphs: line breaks are kept, in their Unix form, white space at the ends is not.

    Raises InvalidInput like `line`.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _bounded(text, field=field, longest=longest, shortest=shortest)


def _bounded(text: str, *, field: str, longest: int, shortest: int) -> str:
    if len(text) < shortest:
        raise InvalidInput(
            field=field, reason="This must not be empty." if shortest == 1 else "This is too short."
        )
    if len(text) > longest:
        raise InvalidInput(field=field, reason=f"This is longer than {longest:,} characters.")
    if _UNSEEN.search(text):
        raise InvalidInput(field=field, reason="This holds characters that cannot be shown.")
    return text
