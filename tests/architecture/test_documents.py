"""The papers of the house say what the code does, and lead nowhere that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.apps import apps
from graphql import build_schema, parse, validate

from marketplace import env
from tests.support import tree

DECISIONS = Path("docs/decisions")
FIRST_COMMAND_BY_LINE = 12

# Assembled, so that this file does not break its own rule.
DOWNLOAD_HOSTS = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
    )
)

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)")
TODO = re.compile(r"\b(?:TODO|FIXME)\b(?!\([a-z@-]+\):)")


def _headings(path: Path) -> set[str]:
    """The anchors of a page, made from its headings as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", tree.text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_environment_variable_is_described_and_none_else() -> None:
    read = {field.name.upper() for field in fields(env.Environment)}
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", tree.text(Path("docs/settings.md")), re.MULTILINE))
    assert described == read


def test_every_decision_is_listed_under_its_own_title() -> None:
    listed = dict(re.findall(r"\[([^\]]+)\]\((\d{4}-[^)]+)\)", tree.text(DECISIONS / "README.md")))
    records = [path for path in tree.paths(".md") if path.parent == DECISIONS and path.name != "README.md"]
    titles = {tree.text(path).partition("\n")[0].removeprefix("# "): path.name for path in records}
    assert listed == titles


@pytest.mark.parametrize("page", tree.paths(".md"), ids=str)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(tree.text(page)):
        path = (env.PROJECT_DIR / page.parent / target).resolve() if target else env.PROJECT_DIR / page
        assert path.exists(), target
        if anchor:
            assert anchor in _headings(path.relative_to(env.PROJECT_DIR))


def test_no_file_records_a_download_host() -> None:
    texts = {path: (env.PROJECT_DIR / path).read_bytes() for path in tree.paths()}
    assert {
        str(path) for path, raw in texts.items() if any(host.encode() in raw for host in DOWNLOAD_HOSTS)
    } == set()


def test_every_todo_has_an_owner() -> None:
    orphans = [
        f"{path}:{number}"
        for path in tree.modules()
        if path != Path(__file__).relative_to(env.PROJECT_DIR)
        for number, line in enumerate(tree.text(path).splitlines(), start=1)
        if TODO.search(line)
    ]
    assert orphans == []


def test_the_glossary_knows_every_model() -> None:
    ours = {path.parts[0] for path in tree.source_modules()}
    names = {model.__name__ for model in apps.get_models() if model.__module__.split(".")[0] in ours}
    explained = set(re.findall(r"\*\*(\w+)\*\*", tree.text(Path("GLOSSARY.md"))))
    assert names - explained == set()


def test_the_readme_asks_what_the_schema_answers() -> None:
    schema = build_schema(tree.text(Path("schema.graphql")))
    examples = re.findall(r"```graphql\n(.*?)```", tree.text(Path("README.md")), re.DOTALL)
    assert [validate(schema, parse(example)) for example in examples] == [[]]


def test_the_readme_starts_with_the_first_command_and_gives_the_one_that_tests() -> None:
    lines = tree.text(Path("README.md")).splitlines()
    assert lines.index("pip install uv && uv run manage.py demo") < FIRST_COMMAND_BY_LINE
    assert lines.count("pip install uv && uv run pytest") == 1  # .ci/run takes it from here
