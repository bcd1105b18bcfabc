"""Rows out of bytes: encodings, separators, quotes, and what is said of rows that are none."""

import json

import pytest

from catalog.imports.faults import FaultCode
from catalog.imports.reading import (
    CHUNK,
    LONGEST_CELL,
    Record,
    first_line,
    lines_of_csv,
    lines_of_json,
    recoded,
    separator_of,
)


def read(content: bytes) -> list[Record]:
    separator = separator_of(first_line(recoded(content)))
    return list(lines_of_csv(recoded(content), separator))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_however_it_was_saved(separator: str, encoding: str) -> None:
    rows = [["sku", "title"], ["A-1", "Krug “blau”, groß; 5€"]]
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    assert [list(each.cells) for each in read(text.encode(encoding))] == rows


def test_the_first_line_tells_the_separator_quotes_aside() -> None:
    assert [separator_of(line) for line in ('"a,b,c";d', "a,b;c,d", "a\tb", "a")] == [";", ",", "\t", ","]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    content = b'sku,title\n\nA,"two\nlines, and ""quotes"""\nB,x,,\n'
    assert read(content)[1:] == [
        Record(3, ["A", 'two\nlines, and "quotes"']),
        Record(4, ["B", "x"]),
    ]


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ("A", FaultCode.WRONG_NUMBER_OF_CELLS, None),
        ("A,b,c", FaultCode.WRONG_NUMBER_OF_CELLS, None),
        ('A,"b" c', FaultCode.BAD_QUOTES, None),
        ('A,"never closed', FaultCode.BAD_QUOTES, None),
        ("A,b\0", FaultCode.BAD_CHARACTER, 1),
        (f"A,{'x' * (LONGEST_CELL + 1)}", FaultCode.CELL_TOO_LONG, 1),
        (f'A,"{"xy" * 1_500_000}"', FaultCode.CELL_TOO_LONG, 1),  # 6 MB
        (f"A,{'x' * 9 * CHUNK}", FaultCode.ROW_TOO_LONG, None),
    ],
    ids=["short", "long", "behind quotes", "open", "nul", "cell", "quoted cell", "row"],
)
def test_a_row_that_is_none_is_told_and_the_next_one_is_read(
    line: str, code: FaultCode, place: int | None
) -> None:
    _, bad, good = read(f'sku,title\n{line}\nB,"good, 5"""\n'.encode())
    assert (bad.number, bad.code, bad.place) == (2, code, place)
    assert max(map(len, bad.cells)) <= 200
    assert good == Record(3, ["B", 'good, 5"'])


def test_inches_are_no_quotes() -> None:
    assert read(b'sku,title\nA,Pipe 5"\nB,Pipe 6"\n')[1:] == [
        Record(2, ["A", 'Pipe 5"']),
        Record(3, ["B", 'Pipe 6"']),
    ]


def test_what_an_encoding_does_not_know_is_refused_by_its_row() -> None:
    _, bad, good = read(b"sku,title\nA,caf\xe9 \x81\nB,caf\xe9\n")
    assert (bad.code, good.cells) == (FaultCode.BAD_CHARACTER, ["B", "café"])


def test_json_lines_hold_what_cells_would() -> None:
    objects = [
        {"sku": "A", "price": 12.50, "stock": 3, "submit": True, "compare_at": None, "images": ["u", "v"]},
        {"sku": {"no": 1}},
        ["A"],
        {"sku": "\ud800"},
        {"sku": "x" * (LONGEST_CELL + 1)},
    ]
    text = "\n".join([json.dumps(objects[0]).replace("12.5,", "12.50,"), *map(json.dumps, objects[1:]), "{"])
    first, *others = lines_of_json(recoded(text.encode()))
    assert first.cells == {
        "sku": "A",
        "price": "12.50",
        "stock": "3",
        "submit": "yes",
        "compare_at": "",
        "images": "u|v",
    }
    assert [(each.number, each.code, each.place) for each in others] == [
        (2, FaultCode.BAD_JSON, None),
        (3, FaultCode.BAD_JSON, None),
        (4, FaultCode.BAD_CHARACTER, "sku"),
        (5, FaultCode.CELL_TOO_LONG, "sku"),
        (6, FaultCode.BAD_JSON, None),
    ]
