"""The files of a sales history as records: one at a time, whatever stands in them.

A file is plain or gzip (told by its first bytes), UTF-8 with or without a byte order mark, and separated by
commas, semicolons or tabs (told by its header). What is wrong with a record is said of that record, and the
next one is read as if nothing had been; what is wrong with a file as a whole is raised.
"""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

MARK: Final = b"\xef\xbb\xbf"
GZIP: Final = b"\x1f\x8b"
SEPARATORS: Final = ",;\t"
# No cell of the format is near it; a longer line is passed over without being kept.
LONGEST_LINE: Final = 64 * 1024
# A quote that is never closed swallows no more than that: reading goes on behind its first line.
MOST_LINES_OF_A_RECORD: Final = 20
BUFFER: Final = 1024 * 1024


class HistoryUnreadable(Exception):  # noqa: N818  # what the matter is
    """A file cannot be read as what it should be; nothing was imported. The code is for programs."""

    def __init__(self, code: str, file: str, reason: str) -> None:
        super().__init__(f"{code}: {file}: {reason}")
        self.code = code
        self.file = file


class Record(NamedTuple):
    """A record of a file: its cells in the order that was asked for, or why it has none."""

    line: int
    text: str
    cells: Sequence[str] = ()
    code: str = ""
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a file is called, and the columns it must and may have; others are passed over."""

    name: str
    columns: tuple[str, ...]
    is_needed: frozenset[str]


def find(folder: Path, layout: Layout) -> Path:
    """The file of this layout, plain or compressed. Raises HistoryUnreadable where there is none, or two."""
    found = [path for ending in ("csv", "csv.gz") if (path := folder / f"{layout.name}.{ending}").is_file()]
    if not found:
        raise HistoryUnreadable("missing_file", f"{layout.name}.csv", f"{folder} holds no such file")
    if len(found) > 1:
        raise HistoryUnreadable("two_files", found[0].name, "it is there plain and compressed")
    return found[0]


def records(path: Path, layout: Layout) -> Iterator[Record]:
    """The records below the header, cells in the order of the layout; empty lines are none.

    Raises HistoryUnreadable for what concerns the whole file: `not_readable`, `broken_gzip`,
    `missing_header`, `missing_column`, `duplicate_column`, `not_utf8`.
    """
    try:
        with path.open("rb") as raw:
            lines = _Lines(path.name, _unpacked(path.name, raw))
            yield from _Reader(lines, layout).records()
    except OSError as fault:
        raise HistoryUnreadable("not_readable", path.name, fault.strerror or str(fault)) from fault


def _unpacked(name: str, raw: BinaryIO) -> BinaryIO:
    is_packed = raw.read(len(GZIP)) == GZIP
    raw.seek(0)
    if is_packed:
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), BUFFER)
    if name.endswith(".gz"):
        raise HistoryUnreadable("broken_gzip", name, "it is not compressed")
    return raw


class _Line(NamedTuple):
    number: int
    raw: bytes
    is_cut: bool


class _Lines:
    """The lines of a file, numbered; some may be put back to be read again."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self.file = file
        self.number = 0
        self.put_back: deque[_Line] = deque()

    def next(self) -> _Line | None:
        if self.put_back:
            return self.put_back.popleft()
        raw = self._read()
        if not raw:
            return None
        self.number += 1
        if self.number == 1:
            raw = raw.removeprefix(MARK)
        is_cut = len(raw) >= LONGEST_LINE and not raw.endswith(b"\n")
        if is_cut:
            while (rest := self._read()) and not rest.endswith(b"\n"):
                pass
        return _Line(self.number, raw.rstrip(b"\r\n"), is_cut)

    def _read(self) -> bytes:
        try:
            return self.file.readline(LONGEST_LINE)
        except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
            reason = f"it breaks off or is damaged behind line {self.number}"
            raise HistoryUnreadable("broken_gzip", self.name, reason) from fault


class _Reader:
    """Lines to records."""

    def __init__(self, lines: _Lines, layout: Layout) -> None:
        self.lines = lines
        self.header, self.separator = self._header(layout)
        self.places = [self.header.index(name) if name in self.header else None for name in layout.columns]
        self.is_in_order = self.places == list(range(len(self.header)))

    def records(self) -> Iterator[Record]:
        while (line := self.lines.next()) is not None:
            if line.raw.strip() or line.is_cut:
                yield self._record(line)

    def _header(self, layout: Layout) -> tuple[list[str], str]:
        line = self.lines.next()
        if line is None or not line.raw.strip():
            raise HistoryUnreadable("missing_header", self.lines.name, "its first line names no columns")
        try:
            text = line.raw.decode()
        except UnicodeDecodeError as fault:
            raise HistoryUnreadable("not_utf8", self.lines.name, "its first line is not UTF-8") from fault
        separator = max(SEPARATORS, key=text.count)
        names = [name.strip().strip('"').lower() for name in text.split(separator)]
        missing = [name for name in layout.columns if name in layout.is_needed and name not in names]
        if missing:
            raise HistoryUnreadable("missing_column", self.lines.name, f"it has no {', '.join(missing)}")
        double = sorted({name for name in layout.columns if names.count(name) > 1})
        if double:
            raise HistoryUnreadable("duplicate_column", self.lines.name, f"{', '.join(double)} stands twice")
        return names, separator

    def _record(self, line: _Line) -> Record:
        if line.is_cut:
            return self._rejected(line, "line_too_long", line.raw)
        try:
            text = line.raw.decode()
        except UnicodeDecodeError as fault:
            return self._rejected(line, "invalid_utf8", line.raw[: fault.start])
        if "\0" in text:
            return self._rejected(line, "nul_byte", line.raw[: line.raw.index(b"\0")])
        if '"' in text:
            return self._quoted(line, text)
        return self._cut(line, text, text.split(self.separator))

    def _quoted(self, line: _Line, text: str) -> Record:
        """A record with quotes, which may go on in the lines below."""
        followers: list[_Line] = []
        while True:
            try:
                cells = next(csv.reader([text], delimiter=self.separator, strict=True))
            except csv.Error as fault:
                if "unexpected end" not in str(fault):
                    self.lines.put_back.extendleft(reversed(followers))
                    return self._rejected(line, "bad_quotes", b"")
            else:
                return self._cut(line, text, cells)
            follower = self.lines.next() if len(followers) < MOST_LINES_OF_A_RECORD else None
            if follower is not None:
                followers.append(follower)
            if follower is None or follower.is_cut or len(text) + len(follower.raw) > LONGEST_LINE:
                self.lines.put_back.extendleft(reversed(followers))
                return self._rejected(line, "unclosed_quote", b"")
            text = f"{text}\n{follower.raw.decode(errors='replace')}"

    def _cut(self, line: _Line, text: str, cells: list[str]) -> Record:
        if len(cells) != len(self.header):
            return Record(line.number, text, code="wrong_number_of_columns")
        if not self.is_in_order:
            cells = ["" if place is None else cells[place] for place in self.places]
        return Record(line.number, text, cells)

    def _rejected(self, line: _Line, code: str, before: bytes) -> Record:
        """The column is the one at whose place, counted by separators, the fault stands."""
        place = before.count(self.separator.encode())
        column = self.header[place] if before and place < len(self.header) else ""
        return Record(line.number, line.raw.decode(errors="backslashreplace"), code=code, column=column)
