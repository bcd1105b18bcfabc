"""Names: of files, modules, classes, columns, constraints and tests."""

import ast
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.support import tree

BANNED = {"utils", "helpers", "common", "misc", "base", "manager", "data", "info", "handler"}

# Folders of tests that look at the whole house rather than at one module.
ABOUT_THE_WHOLE = {
    "architecture",
    "browser",
    "conformance",
    "factories",
    "journeys",
    "properties",
    "races",
    "realdata",
    "support",
    "tenancy",
}

# Files that come in by the front door and pass through many modules.
ABOUT_THE_DOOR = {
    "tests/api/test_attacks.py",
    "tests/api/test_http_audits.py",
    "tests/api/test_schema_rules.py",
}

SHORTEST_SENTENCE = 3  # words


def _our_models() -> list[type[models.Model]]:
    ours = {path.parts[0] for path in tree.source_modules()}
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in ours]


def test_no_module_or_class_bears_an_empty_name() -> None:
    modules = {str(path) for path in tree.modules() if BANNED & {path.stem, path.parent.name}}
    classes = {
        f"{path}:{node.lineno} {node.name}"
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.lower().strip("_") in BANNED
    }
    assert modules | classes == set()


def test_every_test_file_mirrors_a_source_file() -> None:
    tests = {path for path in tree.modules() if path.name.startswith("test_") and not _mirrored(path)}
    strays = {str(path) for path in tests if not ABOUT_THE_WHOLE & set(path.parts)}
    assert strays - ABOUT_THE_DOOR == set()


def _mirrored(test: Path) -> bool:
    """Whether tests/x/test_y.py stands for x/y.py or the package x/y, inside marketplace/ or at the top."""
    inner = Path(*test.parts[1:-1]) / test.stem.removeprefix("test_")
    known = set(tree.modules())
    return any(
        {place / inner.with_suffix(".py"), place / inner / "__init__.py"} & known
        for place in (Path(), Path("marketplace"))
    )


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in tree.modules() if path.parts[0] == "tests"}
    assert {str(folder) for folder in folders if folder / "__init__.py" not in tree.modules()} == set()


def test_money_columns_are_whole_minor_units() -> None:
    columns = {
        f"{model.__name__}.{field.name}": field
        for model in _our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    }
    assert [
        name for name, field in columns.items() if isinstance(field, models.FloatField | models.DecimalField)
    ] == []
    minor = {name: field for name, field in columns.items() if name.endswith("_minor")}
    assert [name for name, field in minor.items() if not isinstance(field, models.BigIntegerField)] == []


def test_every_constraint_is_named_by_a_sentence() -> None:
    names = [constraint.name for model in _our_models() for constraint in model._meta.constraints]
    assert [name for name in names if len(name.split("_")) < SHORTEST_SENTENCE or name != name.lower()] == []


def test_moments_days_and_flags_carry_their_kind_in_their_names() -> None:
    kinds = (
        (models.DateTimeField, ("_at", "last_login")),
        (models.DateField, ("_on",)),
        (models.BooleanField, ("is_", "has_")),
    )
    unclear = []
    for model in _our_models():
        for field in model._meta.get_fields():
            kind = next((marks for kind, marks in kinds if isinstance(field, kind)), None)
            if kind and not any(
                field.name.startswith(mark) or f"_{field.name}".endswith(mark) for mark in kind
            ):
                unclear.append(f"{model.__name__}.{field.name}")
    assert unclear == []
