"""Files are read record by record, whatever stands in them."""

import gzip
from pathlib import Path

import pytest

from checkout.history.files import LONGEST_LINE, HistoryUnreadable, Layout, Record, find, records

LAYOUT = Layout(name="things", columns=("name", "size", "note"), is_needed=frozenset({"name", "size"}))


def read(path: Path, content: bytes) -> list[Record]:
    path.write_bytes(content)
    return list(records(path, LAYOUT))


def cells(path: Path, content: bytes) -> list[list[str]]:
    return [list(record.cells) for record in read(path, content)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "things.csv"


@pytest.mark.parametrize(
    "content",
    [
        b"name,size,note\ncup,2,blue\n",
        b"\xef\xbb\xbfname,size,note\r\ncup,2,blue\r\n",
        b"name;size;note\ncup;2;blue",
        b"name\tsize\tnote\ncup\t2\tblue\n",
        b'"name","size","note"\n"cup","2","blue"\n',
        b"note,colour,size,name\nblue,red,2,cup\n\n",
        gzip.compress(b"name,size,note\ncup,2,blue\n"),
    ],
    ids=["plain", "mark", "semicolons", "tabs", "quotes", "other columns", "gzip"],
)
def test_one_record_in_many_forms(path: Path, content: bytes) -> None:
    assert cells(path, content) == [["cup", "2", "blue"]]


def test_a_column_that_may_be_missing_is_empty(path: Path) -> None:
    assert cells(path, b"name,size\ncup,2\n") == [["cup", "2", ""]]


def test_a_quoted_cell_may_hold_separators_quotes_and_lines(path: Path) -> None:
    assert cells(path, b'name,size,note\n"a, ""b""",2,"c\nd"\nlid,1,\n') == [
        ['a, "b"', "2", "c\nd"],
        ["lid", "1", ""],
    ]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (b"cup,2", "wrong_number_of_columns", ""),
        (b"cup,2,blue,3", "wrong_number_of_columns", ""),
        (b"cup,2,bl\xffue", "invalid_utf8", "note"),
        (b"cup,2\x00,blue", "nul_byte", "size"),
        (b"cup,2," + b"x" * 5_000_000, "line_too_long", "note"),
        (b'"cup,2,blue', "unclosed_quote", ""),
        (b'"cup"s,2,blue', "bad_quotes", ""),
    ],
)
def test_a_bad_record_is_told_and_the_next_is_read(path: Path, row: bytes, code: str, column: str) -> None:
    first, second, third = read(path, b"name,size,note\npot,1,red\n" + row + b"\nlid,1,tin\n")
    assert (first.cells, third.cells, third.line) == (["pot", "1", "red"], ["lid", "1", "tin"], 4)
    assert (second.line, second.code, second.column, second.cells) == (3, code, column, ())
    assert len(second.text) <= LONGEST_LINE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_header"),
        (b"\nname,size\n", "missing_header"),
        (b"cup,2,blue\n", "missing_column"),
        (b"name,note\ncup,blue\n", "missing_column"),
        (b"name,size,name\ncup,2,cup\n", "duplicate_column"),
        ("name,size\n".encode("utf-16"), "not_utf8"),
        (gzip.compress(b"name,size,note\n" + b"cup,2,blue\n" * 1000, mtime=0)[:-20], "broken_gzip"),
        (b"\x1f\x8bname,size,note\n", "broken_gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(path: Path, content: bytes, code: str) -> None:
    with pytest.raises(HistoryUnreadable) as refused:
        read(path, content)
    assert (refused.value.code, refused.value.file) == (code, "things.csv")


def test_a_file_that_is_called_compressed_must_be(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnreadable, match="broken_gzip"):
        read(tmp_path / "things.csv.gz", b"name,size,note\n")


def test_a_file_is_found_plain_or_compressed_but_not_both(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnreadable, match="missing_file"):
        find(tmp_path, LAYOUT)
    (tmp_path / "things.csv.gz").touch()
    assert find(tmp_path, LAYOUT).name == "things.csv.gz"
    (tmp_path / "things.csv").touch()
    with pytest.raises(HistoryUnreadable, match="two_files"):
        find(tmp_path, LAYOUT)
