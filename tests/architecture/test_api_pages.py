"""The pages for users of the API say what the code does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from marketplace.api.errors import describe, refusals
from marketplace.api.execution import prepared
from marketplace.api.limits import LIMITS
from marketplace.schema import schema
from tests.support import tree

ERRORS, GUIDE = Path("docs/errors.md"), Path("docs/graphql.md")
RAISES = {"RequestError": 0, "TransportError": 1}


def rows(heading: str) -> dict[str, str]:
    """The code and the last column of the table below a heading."""
    section = tree.text(ERRORS).split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = (line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `"))
    return {first.strip("`"): rest[-1].strip() for first, *rest in cells}


def codes_in_the_source() -> Iterator[str | None]:
    for module in tree.source_modules():
        for node in ast.walk(tree.parsed(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISES:
                yield from (text_of(each) for each in node.args[RAISES[node.func.id] :][:1])
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                yield from (text_of(value) for key, value in pairs if text_of(key) == "code")


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_refusal_is_described_as_in_the_schema() -> None:
    assert rows("Codes of refusals") == {kind.code: describe(kind) for kind in refusals()}


def test_every_code_of_a_request_is_described_and_none_else() -> None:
    codes = {code for code in codes_in_the_source() if code and re.fullmatch(r"[A-Z_]+", code)} | set(LIMITS)
    assert set(rows("Codes of requests")) == codes - {kind.code for kind in refusals()}


def test_the_limits_are_those_of_the_code() -> None:
    described = rows("Codes of requests")
    for code, limit in LIMITS.items():
        assert f"{limit:,}" in described[code], code


def test_the_examples_are_valid() -> None:
    for page in (ERRORS, GUIDE):
        for example in re.findall(r"```graphql\n(.*?)```", tree.text(page), re.DOTALL):
            assert prepared(schema._schema, example).problems == ()


def test_the_cost_of_the_example_is_what_it_says() -> None:
    example, cost = re.findall(r"^(\{ products.*?)   # .* = (\d+)$", tree.text(GUIDE), re.MULTILINE)[0]
    assert prepared(schema._schema, example).survey.cost(None, {}) == int(cost)
