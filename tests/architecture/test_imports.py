"""The import line of ARCHITECTURE.md: kept, and nobody stands outside it."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

from marketplace.env import PROJECT_DIR
from tests.support import tree

# Folders that hold Python, yet nothing imports them: they stand above the line.
ABOVE_THE_LINE = {".ci", "bench", "docs", "tests"}


def _contracts() -> list[dict[str, list[str]]]:
    contracts: list[dict[str, list[str]]] = tree.project()["tool"]["importlinter"]["contracts"]
    return contracts


def _named_in_the_line() -> set[str]:
    """Every module of the first contract, without the marks of the contract language."""
    layers = " ".join(_contracts()[0]["layers"])
    return set(layers.translate(str.maketrans("|:()", "    ")).split())


def _top_level_packages() -> set[str]:
    return {path.parts[0] for path in tree.modules() if len(path.parts) > 1} - ABOVE_THE_LINE


def _floor_and_roof() -> set[str]:
    """Each module and package right inside marketplace/."""
    inside = {path.parts[1] for path in tree.modules() if path.parts[0] == "marketplace"}
    return {f"marketplace.{Path(name).stem}" for name in inside - {"__init__.py"}}


def test_every_import_contract_is_kept() -> None:
    # A process of its own, for it reconfigures logging.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    lint = subprocess.run(  # noqa: S603  # our own tool
        command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_no_module_reaches_itself_by_its_imports() -> None:
    packages = tree.project()["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*packages, exclude_type_checking_imports=True, cache_dir=None)
    order = TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    order.prepare()  # raises CycleError, which names the cycle


def test_nothing_stands_outside_the_import_line() -> None:
    standing = _floor_and_roof() | _top_level_packages() - {"marketplace"}
    assert standing - _named_in_the_line() == set()


def test_import_linter_reads_every_package() -> None:
    assert set(tree.project()["tool"]["importlinter"]["root_packages"]) == _top_level_packages()


def test_every_app_is_held_to_the_rooms_of_an_app() -> None:
    apps = {".".join(path.parts[:-1]) for path in tree.source_modules() if path.name == "models.py"}
    assert apps - set(_contracts()[1]["containers"]) == {"marketplace.kernel"} & apps


def test_no_import_stands_inside_a_function() -> None:
    inside = {
        f"{path}:{statement.lineno}"
        for path in tree.modules()
        for function in ast.walk(tree.parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom)
    }
    assert inside == set()


def test_no_import_takes_everything_or_counts_dots() -> None:
    vague = [
        f"{path}:{statement.lineno}"
        for path in tree.modules()
        for statement in ast.walk(tree.parsed(path))
        if isinstance(statement, ast.ImportFrom) and (statement.level or statement.names[0].name == "*")
    ]
    assert vague == []


def test_no_module_declares_what_it_exports() -> None:
    declaring = [
        f"{path}:{name.lineno}"
        for path in tree.modules()
        for name in ast.walk(tree.parsed(path))
        if isinstance(name, ast.Name) and name.id == "__all__"
    ]
    assert declaring == []


def test_only_env_reads_the_environment() -> None:
    readers = {
        str(path)
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "putenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & _names(node))
    }
    assert readers == {"marketplace/env.py"}


def _names(statement: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in statement.names}
