"""INSERT ... SELECT for a model: what is not named has the model's default, as when Django makes the row."""

from typing import Any, Final

from django.db import models
from django.db.models.fields import NOT_PROVIDED

UNSAFE: Final = frozenset("'%\\")


def insert(model: type[models.Model], **columns: str) -> str:
    """The beginning of a statement, up to the SELECT list; FROM and all else follow.

    Args:
        columns: an SQL expression for each column to be filled, by its name in the table.

    Raises TypeError for a column that is not there, and for one that needs a value and has no plain default.
    """
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    unknown = columns.keys() - fields.keys()
    if unknown:
        raise TypeError(f"{model._meta.db_table} has no {', '.join(sorted(unknown))}")
    defaults = {name: _default(field) for name, field in fields.items() if name not in columns}
    filled = columns | {name: value for name, value in defaults.items() if value}
    names, values = ", ".join(filled), ", ".join(filled.values())
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values}"


def _default(field: "models.Field[Any, Any]") -> str:
    """The default as an SQL expression; empty where the database has one of its own, or NULL will do."""
    if field.primary_key or field.null or field.db_default is not NOT_PROVIDED:
        return ""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "%(now)s"
    value = "gen_random_uuid()" if isinstance(field, models.UUIDField) else _literal(field.get_default())
    if not value:
        raise TypeError(f"{field.model._meta.db_table}.{field.column} needs a value")
    return value


def _literal(value: object) -> str:
    """A plain value in SQL; empty for any other."""
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, str) and not set(value) & UNSAFE:
        return f"'{value}'"
    return "'{}'" if value in ({}, []) else ""
