"""Modules, functions and parameter lists stay small enough to read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support import tree

MODULE_LINES = 400
FUNCTION_LINES = 60
POSITIONAL_PARAMETERS = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions() -> Iterator[tuple[Path, Function]]:
    for path in tree.modules():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, Function):
                yield path, node


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path): len(tree.text(path).splitlines()) for path in tree.modules()}
    assert {path: length for path, length in lengths.items() if length > MODULE_LINES} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    lengths = {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, node in _functions()
    }
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_no_function_takes_more_than_4_positional_parameters() -> None:
    counts = {
        f"{path}:{node.lineno} {node.name}": _positional(node)
        for path, node in _functions()
        if not node.name.startswith("test_")  # pytest passes fixtures by name
    }
    assert {name: count for name, count in counts.items() if count > POSITIONAL_PARAMETERS} == {}


def _positional(node: Function) -> int:
    parameters = [*node.args.posonlyargs, *node.args.args]
    return len([each for each in parameters if each.arg not in {"self", "cls"}])
