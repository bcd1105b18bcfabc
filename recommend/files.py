"""The matrix as files: written whole or not at all, and mapped into memory by any number of readers.

    RECOMMEND_DIR/current                         the name of the folder that holds
    RECOMMEND_DIR/20260131T120000-1a2b3c4d/       basket_starts.npy ... mark.json

A folder is written under another name, flushed, renamed, and only then named in `current`, which is itself
replaced by a rename. Whoever is killed in between leaves `current` as it was. Readers that have mapped an
older folder keep it; the one before the current stays for those about to open it, older ones are removed.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from fasteners import InterProcessLock

from recommend.history import Mark
from recommend.matrix import ARRAYS, Matrix

# Raised when the files come to mean something else: older ones are passed over then.
FORMAT: Final = 1

_CURRENT: Final = "current"
_MARK: Final = "mark.json"
_PART: Final = ".part"
_NAME: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


class UnusableFiles(Exception):  # noqa: N818  # what the matter is
    """A folder does not hold a matrix that this version can read."""


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[Matrix, Mark], str]]:
    """Hold the folder against other writers, and give the function that writes a matrix and makes it current.

    Waits for another writer. Side effects: makes the folder; removes what older writers left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with InterProcessLock(folder / "lock"):
        yield lambda matrix, mark: _write(folder, matrix, mark)


def current(folder: Path) -> str | None:
    """The name of the latest matrix; None where there is none."""
    try:
        name = (folder / _CURRENT).read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    return name if _NAME.fullmatch(name) else None


def mark(folder: Path, name: str) -> Mark:
    """Of when a matrix is. Raises UnusableFiles."""
    try:
        found: dict[str, Any] = json.loads((folder / name / _MARK).read_text(encoding="utf-8"))
        if found.pop("format") != FORMAT:
            raise UnusableFiles(f"{folder / name} is of another version")
        taken_at = datetime.fromisoformat(found["taken_at"])
        return Mark(seen=found["seen"], home=found["home"], taken_at=taken_at)
    except (OSError, ValueError, KeyError) as fault:
        raise UnusableFiles(f"{folder / name}: {fault}") from fault


def load(folder: Path, name: str) -> Matrix:
    """Map a matrix. Raises UnusableFiles."""
    try:
        return Matrix(**{array: _mapped(folder / name / f"{array}.npy") for array in ARRAYS})
    except (OSError, ValueError) as fault:
        raise UnusableFiles(f"{folder / name}: {fault}") from fault


def _mapped(path: Path) -> Any:
    # As a plain array: the class that NumPy maps files as makes every slice slower.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _write(folder: Path, matrix: Matrix, mark: Mark) -> str:
    before = current(folder)
    name = f"{mark.taken_at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    part = folder / f"{name}{_PART}"
    part.mkdir()
    for array in ARRAYS:
        with (part / f"{array}.npy").open("wb") as file:
            np.save(file, getattr(matrix, array), allow_pickle=False)
            _flush(file)
    described = {
        "format": FORMAT,
        "seen": mark.seen,
        "home": mark.home,
        "taken_at": mark.taken_at.isoformat(),
        "buyers": matrix.buyers,
        "products": matrix.products,
        "purchases": matrix.purchases,
    }
    _write_text(part / _MARK, json.dumps(described, indent=2))
    part.rename(folder / name)
    _write_text(folder / f"{_CURRENT}{_PART}", name)
    (folder / f"{_CURRENT}{_PART}").replace(folder / _CURRENT)
    _sync_folder(folder)
    _tidy(folder, {name, before or name})
    return name


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        _flush(file)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # Windows opens no folders, and keeps no order among their entries either.
    with contextlib.suppress(PermissionError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _tidy(folder: Path, keep: set[str]) -> None:
    """Remove what was superseded or never finished; what cannot be removed yet is left to the next."""
    for path in folder.iterdir():
        if _NAME.fullmatch(path.name.removesuffix(_PART)) and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
