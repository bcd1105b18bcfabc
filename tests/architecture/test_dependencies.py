"""Every version, transitive ones too, is pinned in pyproject.toml; the lock file stays uncommitted."""

import ast
import re
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from typing import Any

import pytest

from marketplace.env import PROJECT_DIR
from tests.support import tree

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; .+)?")


def _pins() -> list[str]:
    pins: list[str] = tree.project()["tool"]["uv"]["constraint-dependencies"]
    return pins


def _pinned() -> set[tuple[str, str]]:
    matches = [PIN.fullmatch(pin) for pin in _pins()]
    return {(match["name"], match["version"]) for match in matches if match}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(path: Path) -> set[str]:
    """The top-level names a module imports."""
    nodes = list(ast.walk(tree.parsed(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    chosen = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | chosen}


def test_the_product_imports_only_what_it_asks_to_be_installed() -> None:
    project = tree.project()["project"]
    lines = sum(project["optional-dependencies"].values(), project["dependencies"])
    asked = {re.split(r"[\[<>=]", line)[0] for line in lines}
    packages = packages_distributions()
    product = [path for path in tree.source_modules() if path.parts[0] not in {".ci", "bench"}]
    names = set().union(*(_imported(path) for path in product)) & set(packages)
    unasked = [name for name in names if not asked & {_normalised(each) for each in packages[name]}]
    assert sorted(unasked) == []


def test_every_pin_is_exact_and_the_list_is_sorted() -> None:
    assert [pin for pin in _pins() if not PIN.fullmatch(pin)] == []
    assert _pins() == sorted(set(_pins()))


def test_every_installed_package_is_pinned_to_its_version() -> None:
    installed = {(_normalised(each.name), each.version) for each in distributions()}
    assert installed - _pinned() == set()


def test_the_pins_are_what_the_lock_resolves() -> None:
    lock = PROJECT_DIR / "uv.lock"
    if not lock.exists():
        pytest.skip("no uv.lock: this environment was not made by uv")
    packages: list[dict[str, Any]] = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    resolved = {(each["name"], each["version"]) for each in packages if "registry" in each["source"]}
    assert resolved == _pinned()


def test_the_lock_file_is_not_committed() -> None:
    assert "uv.lock" in (PROJECT_DIR / ".gitignore").read_text(encoding="utf-8").splitlines()
