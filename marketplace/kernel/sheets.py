"""Tables for spreadsheets: CSV whose cells are read as text, whatever somebody wrote into them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """A value as a cell: what would be taken for a formula gets an apostrophe; numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text


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
