"""Tables for spreadsheets: CSV whose cells are read as text, whatever somebody wrote into them."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), or what looks as if it had
# been marked already; and what is marked.
_PLAIN: Final = re.compile(r"'*[=+\-@\t\r\n]")
_MARKED: Final = re.compile(r"'+[=+\-@\t\r\n]")


def cell(value: object) -> str:
    """A value as a cell: what would be taken for a formula gets an apostrophe; numbers stay numbers.

    So does what begins with apostrophes and a formula, so that `text_of` finds back to each.
    """
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _PLAIN.match(text) else text


def text_of(cell: str) -> str:
    """The text that `cell` made this of: without the one apostrophe that it put there."""
    return cell[1:] if _MARKED.match(cell) else cell


def lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV, one by one, so that a long table need not be in memory."""
    writer = csv.writer(_Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text
