"""Texts as they are compared: in small letters, and without accents.

`fold` here and `catalog_fold` in the database say the same of every letter; a test asks both. A change of the
rule takes a migration that makes the function anew, and `manage.py reindex_products`. Accents are taken off
Latin and Greek letters only: elsewhere they make other letters.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from django.db.models import Func, TextField

_LETTERS: Final = (range(0xC0, 0x250), range(0x1E00, 0x1F00), range(0x370, 0x400))
DOTLESS, SIGMA, ENDING = "\u0131", "\u03c3", "\u03c2"
_MARKS: Final = range(0x300, 0x370)
# Letters that are no letter with an accent, and what people type instead.
_OTHERS: Final = {"đ": "d", "ħ": "h", DOTLESS: "i", "ł": "l", "ø": "o", "ŧ": "t", ENDING: SIGMA}
_PAIRS: Final = {
    "ß": "ss",
    "ẞ": "ss",
    "æ": "ae",
    "Æ": "ae",
    "ǽ": "ae",
    "Ǽ": "ae",
    "ǣ": "ae",
    "Ǣ": "ae",
    "œ": "oe",
    "Œ": "oe",
}


def _plain() -> Iterator[tuple[str, str]]:
    for letter in (chr(point) for letters in _LETTERS for point in letters):
        first = unicodedata.normalize("NFD", letter)[0]
        if first != letter and first.isalpha() and letter not in _PAIRS:
            yield letter, first.lower()
    for letter, plain in _OTHERS.items():
        yield from {letter: plain, letter.upper(): plain}.items()


# Letters with accents, and the same without.
ACCENTED, PLAIN = map("".join, zip(*dict(_plain()).items(), strict=True))
_TABLE: Final = str.maketrans(ACCENTED, PLAIN) | str.maketrans(_PAIRS) | dict.fromkeys(_MARKS)


def fold(text: str) -> str:
    """The text in small letters without accents: `Crème Brûlée` becomes `creme brulee`."""
    return text.translate(_TABLE).lower()


NAME: Final = "catalog_fold"
# What `translate` says letter by letter it need not say of plain ones, which most texts are made of.
_PLAINLY: Final = f"translate($1, '{ACCENTED}{''.join(map(chr, _MARKS))}', '{PLAIN}')"


def _replaced(inner: str) -> str:
    for letter, pair in _PAIRS.items():
        inner = f"replace({inner}, '{letter}', '{pair}')"
    return inner


MAKE_FUNCTION: Final = f"""
CREATE FUNCTION {NAME}(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN octet_length($1) = length($1) THEN lower($1) ELSE lower({_replaced(_PLAINLY)}) END $$
"""


class Folded(Func):
    """The same in a statement."""

    function = NAME
    output_field = TextField()
