import csv
import io

import pytest

from marketplace.kernel.sheets import cell, lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "shown"), [("a=1", "a=1"), (-5, "-5"), (None, ""), ("", "")])
def test_everything_else_is_as_it_was(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_a_table_is_csv_line_by_line() -> None:
    made = list(lines(["a", "b"], [["x,y", 1], ['say "hi"', None]]))
    assert len(made) == 3
    assert list(csv.reader(io.StringIO("".join(made)))) == [["a", "b"], ["x,y", "1"], ['say "hi"', ""]]
