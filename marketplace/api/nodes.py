"""`node` and `nodes`: one door to everything that has an id, and one rule for who may pass.

Each type names the rows its viewers may see (`@visible`). A type without that rule cannot be reached here; a
row beyond it answers null, exactly like one that never was.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import strawberry
from django.db.models import Model, QuerySet
from strawberry import relay
from strawberry.types.base import StrawberryObjectDefinition
from strawberry_django.optimizer import optimize
from typing_extensions import override

from marketplace.api.context import Info
from marketplace.api.errors import RequestError
from marketplace.api.limits import LARGEST_PAGE
from marketplace.api.scalars import decode_id

Rule: TypeAlias = Callable[[Info], "QuerySet[Any]"]
AnyRule = TypeVar("AnyRule", bound=Rule)

RULES: dict[str, Rule] = {}


class Node(relay.Node):
    """A row with a global id made of its primary key; the base of every type of a model that has an id."""

    @override
    @classmethod
    def resolve_id_attr(cls) -> str:
        # What strawberry-django would find out by itself, from the annotations and anew for every id.
        return "pk"


def visible(type_name: str) -> Callable[[AnyRule], AnyRule]:
    """Declare the rows of a type that the viewer may see by id."""

    def declare(rule: AnyRule) -> AnyRule:
        RULES[type_name] = rule
        return rule

    return declare


def find(ids: list[tuple[str, int]], info: Info) -> list[Model | None]:
    """The rows with these type names and keys, None where the viewer has none; one query for each type."""
    keys: dict[str, set[int]] = defaultdict(set)
    for type_name, key in ids:
        keys[type_name].add(key)
    rows: dict[tuple[str, int], Model] = {}
    for type_name, wanted in keys.items():
        if type_name in RULES:
            found = optimize(RULES[type_name](info).filter(pk__in=wanted), info)
            kind = _type_named(type_name, info)
            rows.update({(type_name, row.pk): strawberry.cast(kind, row) for row in found})
    return [rows.get(each) for each in ids]


def _type_named(type_name: str, info: Info) -> type:
    """The type itself. Rows are bound to it, for two types may show one table to different people."""
    definition = info.schema.get_type_by_name(type_name)
    return cast("StrawberryObjectDefinition", definition).origin


@strawberry.type
class Query:
    @strawberry.field(description="The thing with this id, or null where there is none for you.")  # type: ignore[untyped-decorator]
    def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")]
    ) -> relay.Node | None:
        (found,) = find([decode_id(id)], info)
        return found  # type: ignore[return-value]  # a row stands for its type

    @strawberry.field(  # type: ignore[untyped-decorator]
        description="The things with these ids, in their order; null for each there is none of for you."
    )
    def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their global ids, at most 100.")
        ],
    ) -> list[relay.Node | None]:
        if len(ids) > LARGEST_PAGE:
            raise RequestError(
                "PAGE_TOO_LARGE", f"Ask for at most {LARGEST_PAGE} ids at once.", limit=LARGEST_PAGE
            )
        return find([decode_id(each, field="ids") for each in ids], info)  # type: ignore[return-value]
