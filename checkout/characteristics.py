"""What a buyer asks of one unit beyond its variant: an engraving, a gift note, a length to cut."""

import json
import unicodedata
from collections.abc import Iterable
from typing import Final

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import line

LONGEST_NAME: Final = 40
LONGEST_VALUE: Final = 500
# They are part of the line's unique index, whose entries PostgreSQL bounds at 2.7 KB.
MOST_BYTES: Final = 2_000


def normalized(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The characteristics in the one form in which equal ones are equal: trimmed, composed, sorted by name.

    One without a value is left out. Raises InvalidInput where a name comes twice, or they are too long.
    """
    found: dict[str, str] = {}
    for given, value in pairs:
        name = _text(given, longest=LONGEST_NAME)
        if name in found:
            raise _unusable(f"{name} is given twice.")
        found[name] = _text(value, longest=LONGEST_VALUE, shortest=0)
    kept = {name: found[name] for name in sorted(found) if found[name]}
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MOST_BYTES:
        raise _unusable(f"They are longer than {MOST_BYTES:,} bytes.")
    return kept


def _text(value: str, *, longest: int, shortest: int = 1) -> str:
    composed = unicodedata.normalize("NFC", value)
    return line(composed, field="characteristics", longest=longest, shortest=shortest)


def _unusable(reason: str) -> InvalidInput:
    return InvalidInput(field="characteristics", reason=reason)
