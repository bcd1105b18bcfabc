"""How the apps' API packages declare fields: typed, described, and with refusals as data."""

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Optional, ParamSpec, TypeVar, Union, cast, get_origin, get_type_hints

import strawberry
import strawberry_django
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField
from strawberry_django.fields.field import StrawberryDjangoConnectionExtension, StrawberryDjangoField
from strawberry_django.optimizer import OptimizerConfig, optimize
from strawberry_django.utils.typing import get_django_definition
from typing_extensions import override

from marketplace.api.connections import Connection
from marketplace.api.context import Info
from marketplace.api.errors import RequestError, as_data, error_type
from marketplace.api.limits import PAGE
from marketplace.kernel.errors import InvalidInput, Refusal
from marketplace.kernel.known import knows

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound="QuerySet[Any] | list[Any]")

# The one argument of every mutation.
INPUT = strawberry.argument(description="What to do.")


class UnnamedRefusal(Exception):  # noqa: N818  # it says what happened
    """A mutation was refused for a reason its result cannot express: a bug of ours."""


class _Attribute(StrawberryDjangoField):
    """Read off the row as it is: no info, no arguments, no hooks. Most of an answer is made of these."""

    @property
    @override
    def is_basic_field(self) -> bool:
        return True

    @override
    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return getattr(source, self.python_name)


def attribute(*, description: str, only: Sequence[str] = ()) -> Any:
    """A field that is an attribute or a property of the row; `only` names the columns a property reads."""
    return _Attribute(description=description, only=only)


def field(
    graphql_type: Any = None, *, description: str, **options: Any
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A field whose resolver returns rows or a queryset; `graphql_type` is what it is outside.

    The resolver keeps its own Python type, and the optimizer sees the queryset.
    """

    def decorate(resolver: Callable[P, R]) -> Callable[P, R]:
        made: Any = strawberry_django.field(
            resolver, graphql_type=graphql_type, description=description, **options
        )
        return cast("Callable[P, R]", made)  # strawberry puts a field in the resolver's place

    return decorate


def connection(
    graphql_type: type, *, description: str, **options: Any
) -> Callable[[Callable[P, Rows]], Callable[P, Rows]]:
    """A connection over the resolver's rows; `graphql_type` is the node's type, or a (lazy) Connection of it.

    With `is_guarded` it is null where the resolver refuses; else the refusal takes the parent along.
    """

    def decorate(resolver: Callable[P, Rows]) -> Callable[P, Rows]:
        made: Callable[P, Rows] = _connection(graphql_type, description, options)(resolver)
        return made

    return decorate


def related(graphql_type: type, *, description: str, **options: Any) -> Any:
    """A connection over a related manager of the same name, prefetched for all parents at once.

    Prefetched whatever is selected below it: left alone, the optimizer does so for nodes only, and a
    `totalCount` below a list would be counted row by row.
    """
    model = get_django_definition(graphql_type, strict=True).model

    def prefetch(info: strawberry.Info) -> "Prefetch[Any]":
        return Prefetch(info.python_name, queryset=optimize(model._base_manager.all(), info))  # noqa: SLF001

    return _connection(graphql_type, description, {"prefetch_related": [prefetch], **options})


class PeopleOnly(FieldExtension):
    """Refuses who comes with an API key."""

    @override
    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        if info.context.key is not None:
            raise RequestError("NOT_FOR_KEYS", "No API key may do this, whatever it was given: sign in.")
        return next_(source, info, **kwargs)


def mutation(
    *refusals: type[Refusal], description: str, is_for_keys: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A mutation whose resolver returns its success type and raises the refusals named.

    The field's type is the union `<Name>Result` of the success type and the error types; a refusal that is
    not named here is a bug, and masked like one. InvalidInput is named for all: any input can be wrong.

    With `is_for_keys` a vendor's programs may do it too: their authority is asked of `context.visitor`, and
    `context.actor` answers for them. Every other mutation refuses them before anything is looked up.
    """
    named: tuple[type[Refusal], ...] = (
        InvalidInput,
        *(kind for kind in refusals if kind is not InvalidInput),
    )

    def decorate(resolver: Callable[..., Any]) -> Any:
        @functools.wraps(resolver)
        def resolve(*args: Any, **kwargs: Any) -> Any:
            try:
                return resolver(*args, **kwargs)
            except named as refusal:
                return as_data(refusal)
            except Refusal as refusal:
                raise UnnamedRefusal(refusal) from refusal

        name = "".join(word.capitalize() for word in resolver.__name__.split("_"))
        hints = get_type_hints(resolver, include_extras=True)
        union = strawberry.union(f"{name}Result", description=f"What `{name[0].lower()}{name[1:]}` answers.")
        members = (hints["return"], *(error_type(kind) for kind in named))
        result = Annotated[Union[members], union]  # type: ignore[valid-type]  # noqa: UP007  # built at import
        resolve.__annotations__ = {**hints, "return": result}
        resolve.__signature__ = inspect.signature(resolver).replace(return_annotation=result)  # type: ignore[attr-defined]
        people_only: list[FieldExtension] = [] if is_for_keys else [PeopleOnly()]
        return strawberry.mutation(resolve, description=description, extensions=people_only)

    return decorate


def fetch(queryset: "QuerySet[Row]", info: Info) -> Row | None:
    """The one row of the queryset, with what the selection below needs, in a constant number of queries.

    For fields that answer one row and the success types of mutations, which strawberry-django leaves alone.
    """
    return optimize(queryset, info, config=OptimizerConfig(enable_only=False)).first()


def refetch(row: Row, info: Info) -> Row:
    """The row anew, with what the selection below this field needs."""
    fresh = fetch(type(row)._default_manager.filter(pk=row.pk), info)  # noqa: SLF001  # Django's own spelling
    return cast("Row", fresh)


def filled(rows: Sequence[Row], info: Info) -> Sequence[Row]:
    """The rows in hand, with what the selection below this field needs beyond what they know already.

    The rows are whole and as they are stored now. A statement for each relation that they do not know; where
    the selection asks for what the database computes, the rows anew.
    """
    everything = type(rows[0])._default_manager.all()  # noqa: SLF001  # Django's own spelling
    wanted = optimize(everything, info, config=OptimizerConfig(enable_only=False))
    try:
        _fill(rows, wanted)
    except _Computed:
        anew = wanted.in_bulk([row.pk for row in rows])
        return [anew[row.pk] for row in rows]
    return rows


class _Computed(Exception):  # noqa: N818  # what the selection asks for
    """No row in hand can know it."""


def _fill(rows: Sequence[Model], wanted: "QuerySet[Any]") -> None:
    if wanted.query.annotations:
        raise _Computed
    joined = wanted.query.select_related
    prefetch_related_objects(rows, *_paths(joined if isinstance(joined, dict) else {}))
    for lookup in wanted._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001  # the optimizer's
        name = lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup
        if isinstance(lookup, Prefetch) and all(knows(row, name) for row in rows):
            if lookup.queryset is not None:
                _fill([each for row in rows for each in getattr(row, name).all()], lookup.queryset)
        else:
            prefetch_related_objects(rows, lookup)


def _paths(joined: dict[str, Any]) -> Iterator[str]:
    for name, below in joined.items():
        yield name
        yield from (f"{name}__{path}" for path in _paths(below))


def _connection(graphql_type: type, description: str, options: dict[str, Any]) -> Any:
    origin = get_origin(graphql_type) or graphql_type
    is_connection = origin is Annotated or issubclass(origin, Connection)
    kind: Any = graphql_type if is_connection else Connection[graphql_type]  # type: ignore[valid-type]
    if options.pop("is_guarded", False):
        kind = Optional[kind]  # noqa: UP045  # `|` knows no generic alias of strawberry's
    return StrawberryDjangoField(
        type_annotation=StrawberryAnnotation.from_annotation(kind),
        description=description,
        extensions=[_ConnectionArguments()],
        **options,
    )


class _ConnectionArguments(StrawberryDjangoConnectionExtension):
    """The four arguments of a connection, described as ours behave."""

    DESCRIPTIONS = {
        "first": f"How many, from the start of the list or from `after` on; {PAGE} if no size is given.",
        "last": "How many, from the end of the list or from `before` back.",
        "after": "Begin behind the row of this cursor.",
        "before": "End ahead of the row of this cursor.",
    }

    @override
    def apply(self, field: StrawberryField) -> None:
        super().apply(field)
        for argument in field.arguments:
            if argument.python_name in self.DESCRIPTIONS:
                argument.description = self.DESCRIPTIONS[argument.python_name]
                argument.default = UNSET
