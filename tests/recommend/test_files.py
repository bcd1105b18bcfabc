"""The matrix in files: whole, or not there."""

import dataclasses
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from recommend import files
from recommend.files import UnusableFiles
from recommend.history import Mark
from recommend.matrix import ARRAYS, Matrix
from tests.recommend.test_scoring import BOUGHT, pairs
from tests.support.matrices import matrix_of

MARK = Mark(seen="10:12:10", home="1/2/3", taken_at=datetime(2026, 1, 31, 12, tzinfo=UTC))


class Killed(BaseException):
    """The process ends here."""


def write(folder: Path, matrix: Matrix) -> str:
    with files.writing(folder) as write:
        return write(matrix, MARK)


def same(one: Matrix, other: Matrix) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)


@contextmanager
def killed_before(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the process die as it asks the disk for so many things."""
    asked = []

    def ask(*_: object) -> None:
        asked.append(number)
        if len(asked) == number:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", ask)
        with pytest.raises(Killed):
            yield


@pytest.mark.parametrize("history", [pairs(BOUGHT), []])
def test_what_is_written_is_read(tmp_path: Path, history: list[tuple[str, str]]) -> None:
    matrix = matrix_of(history)
    name = write(tmp_path / "new", matrix)
    assert files.current(tmp_path / "new") == name
    assert files.mark(tmp_path / "new", name) == MARK
    read = files.load(tmp_path / "new", name)
    assert same(read, matrix)
    assert {type(getattr(read, array)) for array in ARRAYS} == {np.ndarray}


def test_no_folder_has_no_matrix(tmp_path: Path) -> None:
    assert files.current(tmp_path / "none") is None


@pytest.mark.parametrize("name", ["", "../elsewhere", "é"])
def test_only_names_of_ours_are_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "current").write_text(name, encoding="utf-8")
    assert files.current(tmp_path) is None


@pytest.mark.parametrize("number", range(1, len(ARRAYS) + 3))
def test_a_writer_that_is_killed_leaves_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    old = matrix_of([("a", "tea")])
    name = write(tmp_path, old)
    with killed_before(number, monkeypatch):
        write(tmp_path, matrix_of(pairs(BOUGHT)))
    assert files.current(tmp_path) == name
    assert same(files.load(tmp_path, name), old)
    write(tmp_path, old)
    assert list(tmp_path.glob("*.part")) == []


def test_a_reader_keeps_what_it_mapped(tmp_path: Path) -> None:
    old = matrix_of(pairs(BOUGHT))
    names = [write(tmp_path, old)]
    mapped = files.load(tmp_path, names[0])
    names += [write(tmp_path, matrix_of([("a", "tea")])) for _ in range(2)]
    assert same(mapped, old)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == sorted(names[1:])
    with pytest.raises(UnusableFiles):
        files.load(tmp_path, names[0])


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for _ in range(3):
        write(tmp_path, matrix_of([]))
    assert (tmp_path / "mine").is_dir()


def test_files_that_were_cut_short_are_not_read(tmp_path: Path) -> None:
    name = write(tmp_path, matrix_of(pairs(BOUGHT)))
    path = tmp_path / name / "basket_products.npy"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UnusableFiles):
        files.load(tmp_path, name)


@pytest.mark.parametrize("change", [{"format": 2}, {"taken_at": "then"}])
def test_files_of_another_version_are_not_read(tmp_path: Path, change: dict[str, object]) -> None:
    name = write(tmp_path, matrix_of([]))
    path = tmp_path / name / "mark.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(UnusableFiles):
        files.mark(tmp_path, name)


def test_a_mark_says_all_it_was_given(tmp_path: Path) -> None:
    name = write(tmp_path, matrix_of([("a", "tea")]))
    written = json.loads((tmp_path / name / "mark.json").read_text())
    assert {**dataclasses.asdict(MARK), "taken_at": MARK.taken_at.isoformat()}.items() <= written.items()
    assert (written["buyers"], written["products"], written["purchases"]) == (1, 1, 1)
