"""Bytes of a table to its rows: one at a time, whatever stands in them.

A file is UTF-8, UTF-16 with a byte order mark, or else Windows-1252; its cells are separated by commas,
semicolons or tabs, as its first line says. Where that begins with a brace, each line is a JSON object. What
is wrong with a row is said of that row, and the next one is read as if nothing had been.
"""

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from catalog.imports.faults import FaultCode

CHUNK: Final = 1024 * 1024
# A quote that is never closed swallows no more than that: reading goes on behind its first line.
LONGEST_RECORD: Final = 8 * 1024 * 1024
LONGEST_CELL: Final = 50_000
# Of a cell in a row that is refused because of its length.
KEPT: Final = 200
# What the csv module takes in one cell, with room to spare.
PLAIN: Final = 100_000

# What no text of ours holds, whoever has written it: refused by the row, and shown as U+FFFD.
UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
LOST: Final = "nul"

Cells = Sequence[str] | Mapping[str, str]

codecs.register_error(LOST, lambda fault: ("\0", getattr(fault, "end", 0)))


class Record(NamedTuple):
    """A row of the table: its cells, or with a code why it has none that can be used, and at which place."""

    number: int
    cells: Cells
    code: FaultCode | None = None
    place: int | str | None = None


def encoding_of(content: bytes) -> str:
    """How the text is encoded, judged by all of it."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for start in range(0, len(content), CHUNK):
            decoder.decode(content[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def recoded(content: bytes) -> Iterator[bytes]:
    """The text in UTF-8 without a mark, piece by piece; what its encoding does not know is U+0000."""
    decoder = codecs.getincrementaldecoder(encoding_of(content))(errors=LOST)
    for start in range(0, len(content), CHUNK):
        yield decoder.decode(content[start : start + CHUNK]).encode()
    yield decoder.decode(b"", final=True).encode()


def separator_of(line: str) -> str:
    """What separates the cells of the first line, quotes aside; a comma where there is but one cell."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max((",", ";", "\t"), key=bare.count)


def first_line(chunks: Iterable[bytes]) -> str:
    """The first line that holds anything; empty where none does."""
    for line in _lines(chunks):
        if line.strip():
            return line.decode(errors="replace")
    return ""


def lines_of_csv(chunks: Iterable[bytes], separator: str) -> Iterator[Record]:
    """The rows of a CSV, its header first, each with as many cells as the header; empty lines are none."""
    return _Reader(_lines(chunks), separator).records()


def lines_of_json(chunks: Iterable[bytes]) -> Iterator[Record]:
    """The objects of JSON lines, each value as the text that a cell of a CSV would hold."""
    for number, line in enumerate(_lines(chunks), start=1):
        if line.strip():
            yield _object(number, line)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines; of one that is longer than any record its beginning, which is too long too."""
    rest, is_skipping = b"", False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if not is_skipping:
                yield line.removesuffix(b"\r")
            is_skipping = False
        if len(rest) > LONGEST_RECORD:
            if not is_skipping:
                yield rest
            rest, is_skipping = b"", True
    if rest and not is_skipping:
        yield rest.removesuffix(b"\r")


class _Reader:
    """Lines to records; some lines may be put back to be read again."""

    def __init__(self, lines: Iterator[bytes], separator: str) -> None:
        self.lines = lines
        self.separator = separator
        self.waiting: deque[bytes] = deque()
        self.width: int | None = None
        mark = re.escape(separator)
        self.cell = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^{mark}]*))({mark}|$)')

    def records(self) -> Iterator[Record]:
        number = 0
        while (line := self._next()) is not None:
            number += 1
            if line.strip():
                yield self._record(number, line)

    def _next(self) -> bytes | None:
        return self.waiting.popleft() if self.waiting else next(self.lines, None)

    def _record(self, number: int, line: bytes) -> Record:
        if len(line) > LONGEST_RECORD:
            return Record(number, [_shown(line[:KEPT].decode(errors="replace"))], FaultCode.ROW_TOO_LONG)
        text = line.decode(errors="replace")
        cells = text.split(self.separator) if '"' not in text else self._parsed(text)
        if cells is not None and self._fits(cells):
            return self._checked(number, cells)
        if '"' not in text or (cells is not None and text.count('"') % 2 == 0):
            return Record(number, [_shown(each) for each in cells or [text]], FaultCode.WRONG_NUMBER_OF_CELLS)
        return self._quoted(number, text)

    def _quoted(self, number: int, text: str) -> Record:
        """A record that goes on in the lines below; where these do not end it, they are put back."""
        taken: list[bytes] = []
        size, is_open = len(text), text.count('"') % 2 == 1
        while is_open and size <= LONGEST_RECORD and (line := self._next()) is not None:
            taken.append(line)
            size += len(line) + 1
            is_open = line.count(b'"') % 2 == 0
        whole = "\n".join([text, *(line.decode(errors="replace") for line in taken)])
        cells = None if is_open else self._parsed(whole)
        if cells is not None and self._fits(cells):
            return self._checked(number, cells)
        self.waiting.extendleft(reversed(taken))
        return Record(number, [_shown(text)], FaultCode.BAD_QUOTES)

    def _parsed(self, text: str) -> list[str] | None:
        """The cells of a record; None where its quotes do not fit together."""
        if len(text) > PLAIN:
            return self._long(text)
        try:
            return next(csv.reader([text], delimiter=self.separator, strict=True))
        except csv.Error:
            return None

    def _long(self, text: str) -> list[str] | None:
        """The same of what the csv module takes for too long."""
        cells, at = [], 0
        while (found := self.cell.match(text, at)) is not None:
            quoted, bare, end = found.groups()
            cells.append(bare if quoted is None else quoted.replace('""', '"'))
            at = found.end()
            if not end:
                return cells if at == len(text) else None
        return None

    def _fits(self, cells: list[str]) -> bool:
        """Whether there are as many as in the header; empty ones at the end are no more."""
        if self.width is None:
            self.width = len(cells)
        while len(cells) > self.width and not cells[-1]:
            cells.pop()
        return len(cells) == self.width

    def _checked(self, number: int, cells: list[str]) -> Record:
        for place, cell in enumerate(cells):
            if (code := _fault(cell)) is not None:
                return Record(number, [_shown(each) for each in cells], code, place)
        return Record(number, cells)


def _object(number: int, line: bytes) -> Record:
    text = line.decode(errors="replace")
    if len(line) > LONGEST_RECORD:
        return Record(number, {"": _shown(text)}, FaultCode.ROW_TOO_LONG)
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse)
        cells = {name: _cell(value) for name, value in found.items()}
    except (ValueError, AttributeError, RecursionError):
        return Record(number, {"": _shown(text)}, FaultCode.BAD_JSON)
    for name, cell in cells.items():
        if (code := _fault(cell)) is not None:
            shown = {_shown(each): _shown(value) for each, value in cells.items()}
            return Record(number, shown, code, _shown(name))
    return Record(number, cells)


def _fault(cell: str) -> FaultCode | None:
    if len(cell) > LONGEST_CELL:
        return FaultCode.CELL_TOO_LONG
    return FaultCode.BAD_CHARACTER if UNKEPT.search(cell) else None


def _shown(cell: str) -> str:
    """As much of a cell as is kept of a row that is refused."""
    return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", cell[:KEPT])


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _cell(value: object) -> str:
    """A value of JSON as a cell: yes, no, nothing, and lists with bars between."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "|".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise ValueError("an object, or a list of what is no text")
