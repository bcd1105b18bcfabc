"""Errors as data, and the few that stand in `errors`.

    what happened                       where the client reads it
    an expected refusal of a mutation   its result union: OutOfStock -> OutOfStockError implements Error
    an expected refusal of a query      `errors[]` with the refusal's code, on the field's path
    a request we cannot execute         `errors[]` with the code of a RequestError
    a bug                               `errors[]`, INTERNAL_ERROR: masked for the client, logged in full

Nothing else reaches a client: no stack trace, no text of Python's, PostgreSQL's or a library's.
"""

import dataclasses
import enum
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError

from marketplace.api.scalars import MoneyType
from marketplace.kernel import errors as kernel_errors
from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import Money

logger = logging.getLogger(__name__)

# Where refusals are defined. ErrorCode lists them all, whether a mutation uses them yet or not.
REFUSING_MODULES: tuple[ModuleType, ...] = (kernel_errors,)

# What a fact of a refusal may be to become a field of its GraphQL type; keys and rows stay inside.
FACT_TYPES: dict[object, object] = {int: int, str: str, bool: bool, datetime: datetime, Money: MoneyType}


class RequestError(GraphQLError):
    """A request that is refused before it is executed; `code` goes to `extensions.code`."""

    def __init__(self, code: str, message: str, **facts: object) -> None:
        super().__init__(message, extensions={"code": code, **facts})


def refusals() -> Iterator[type[Refusal]]:
    """Every refusal the domain knows, by code."""
    found = {
        kind.code: kind
        for module in REFUSING_MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
    }
    return iter(found[code] for code in sorted(found))


def describe(kind: type) -> str:
    """The docstring as a description in the schema."""
    return " ".join((kind.__doc__ or "").split())


ErrorCode: Any = strawberry.enum(
    enum.Enum(  # type: ignore[misc]  # the members are what the apps define
        "ErrorCode",
        {kind.code: strawberry.enum_value(kind.code, description=describe(kind)) for kind in refusals()},
    ),
    description="Why an operation was refused.",
)


@strawberry.interface(name="Error", description="An expected refusal: nothing was changed.")
class ErrorInterface:
    code: ErrorCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is, for people.")
    field: str | None = strawberry.field(description="The input field at fault, where one is.")


@cache
def error_type(kind: type[Refusal]) -> type[ErrorInterface]:
    """The GraphQL type of a refusal: its name and `Error`, with its facts as fields."""
    facts = {
        fact.name: (FACT_TYPES[fact.type], strawberry.field(description=_describe_fact(fact)))
        for fact in dataclasses.fields(kind)  # type: ignore[arg-type]  # every refusal is a dataclass
        if fact.type in FACT_TYPES and not fact.name.endswith("_id") and fact.name not in {"field", "reason"}
    }
    body = {
        "__annotations__": {name: annotation for name, (annotation, _) in facts.items()},
        "__module__": __name__,
        **{name: field for name, (_, field) in facts.items()},
    }
    return strawberry.type(type(f"{kind.__name__}Error", (ErrorInterface,), body), description=describe(kind))


def as_data(refusal: Refusal) -> ErrorInterface:
    """A refusal as a value of its GraphQL type."""
    kind = error_type(type(refusal))
    own = {fact.name for fact in dataclasses.fields(kind)} - {"code", "message", "field"}  # type: ignore[arg-type]
    return kind(
        code=ErrorCode[refusal.code],
        message=refusal.message,
        field=refusal.field,
        **{name: getattr(refusal, name) for name in own},
    )


def presentable(problems: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """The errors of a result as the client may see them: each with a code, bugs masked and logged."""
    return [_presentable(problem) for problem in problems]


def _presentable(problem: GraphQLError) -> dict[str, Any]:
    cause = problem.original_error
    extensions: dict[str, Any] = dict(problem.extensions or {})
    message = problem.message
    if isinstance(cause, Refusal):
        message, extensions = (
            cause.message,
            {"code": cause.code, **({"field": cause.field} if cause.field else {})},
        )
    elif "code" not in extensions:
        message, extensions = _unlisted(problem)
    located = {
        "locations": [{"line": place.line, "column": place.column} for place in problem.locations or ()],
        "path": problem.path,
    }
    return {
        "message": message,
        **{name: value for name, value in located.items() if value},
        "extensions": extensions,
    }


def _unlisted(problem: GraphQLError) -> tuple[str, dict[str, Any]]:
    if isinstance(problem, GraphQLSyntaxError):
        return problem.message, {"code": "SYNTAX_ERROR"}
    if problem.path is None and isinstance(problem.original_error, GraphQLError | None):
        # graphql-core's own words about the variables.
        return problem.message, {"code": "BAD_REQUEST"}
    logger.error(
        "A GraphQL field failed", exc_info=problem.original_error or problem, extra={"path": problem.path}
    )
    return "Something went wrong on our side.", {"code": "INTERNAL_ERROR"}


def _describe_fact(fact: "dataclasses.Field[Any]") -> str:
    described = fact.metadata.get("description")
    return described or f"{fact.name.replace('_', ' ').capitalize()}."
