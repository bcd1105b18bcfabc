"""What a category asks of its products: its own attributes and those of the categories above it.

Where several of them ask for the same attribute, the nearest one says how.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject, Length

from catalog.models import AttributeChoice, AttributeKind, Category, CategoryAttribute


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer that may be chosen."""

    key: int
    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An attribute as a category asks for it; `category` is the slug of the one that says how."""

    key: int
    slug: str
    name: str
    kind: AttributeKind
    unit: str
    is_required: bool
    is_filterable: bool
    position: int
    category: str
    choices: tuple[Choice, ...]


def stands_over(path: str) -> Combinable:
    """Whether the category of a binding is the one of an outer query's path, or above it.

    The slugs of a path are looked up by their index, which comparing paths would not use.
    """
    steps = Func(OuterRef(path), Value("/"), function="string_to_array")
    return Func(
        F("category__slug"),
        steps,
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def asked(path: str = "path") -> ArraySubquery:
    """What the category of this path asks for, for any number of rows at once; `read` reads it."""
    choices = AttributeChoice.objects.filter(attribute=OuterRef("attribute"), is_active=True)
    bound = CategoryAttribute.objects.filter(stands_over(path), attribute__is_active=True)
    return ArraySubquery(
        bound.order_by(Length("category__path")).values(
            json=JSONObject(
                key="attribute_id",
                slug="attribute__slug",
                name="attribute__name",
                kind="attribute__kind",
                unit="attribute__unit",
                is_required="is_required",
                is_filterable="is_filterable",
                position="position",
                category="category__slug",
                choices=ArraySubquery(choices.values(json=JSONObject(key="pk", slug="slug", name="name"))),
            )
        )
    )


def read(rows: Iterable[Mapping[str, Any]]) -> list[Asked]:
    """What `asked` found, in the order in which it is asked."""
    nearest = {row["slug"]: row for row in rows}
    found = [
        Asked(
            **{
                **row,
                "kind": AttributeKind(row["kind"]),
                "choices": tuple(Choice(**choice) for choice in row["choices"]),
            }
        )
        for row in nearest.values()
    ]
    return sorted(found, key=lambda each: (each.position, each.name, each.key))


def asked_in(category_id: int) -> list[Asked]:
    """What one category asks for. One statement."""
    (rows,) = Category.objects.filter(pk=category_id).values_list(asked(), flat=True)
    return read(rows)
