"""The tree as the architecture tests see it: every file that is ours, read and parsed once."""

import ast
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.env import PROJECT_DIR

# What .gitignore leaves out, and the caches; hidden folders other than these two are not ours.
HIDDEN_BUT_OURS = frozenset({".ci", ".github"})
NOT_OURS = frozenset({"__pycache__", "htmlcov", "node_modules", "staticfiles", "uv.lock", "var"})
SCRIPTS = frozenset({".ci/pin"})  # Python without the ending


def _is_ours(name: str) -> bool:
    return name not in NOT_OURS and (not name.startswith(".") or name in HIDDEN_BUT_OURS)


@cache
def paths(*endings: str) -> tuple[Path, ...]:
    """Every file of the repository (with one of the endings, if any is given), relative to it, sorted."""
    found: list[Path] = []
    for folder, folders, names in os.walk(PROJECT_DIR):
        folders[:] = [name for name in folders if _is_ours(name)]
        relative = Path(folder).relative_to(PROJECT_DIR)
        found += [relative / name for name in names if name not in NOT_OURS and name.endswith(endings or "")]
    return tuple(sorted(found))


@cache
def text(path: Path) -> str:
    return (PROJECT_DIR / path).read_text(encoding="utf-8")


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file, generated migrations left out."""
    ours = [path for path in paths() if path.suffix == ".py" or str(path) in SCRIPTS]
    return tuple(path for path in ours if "migrations" not in path.parts)


def source_modules() -> list[Path]:
    """The modules of the product: not its tests."""
    return [path for path in modules() if path.parts[0] != "tests"]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads(text(Path("pyproject.toml")))
