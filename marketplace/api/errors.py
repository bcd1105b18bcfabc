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
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any, cast

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError

from catalog import errors as catalog_errors
from catalog.errors import RowProblem, Shortage
from checkout import errors as checkout_errors
from marketplace.accounts import errors as accounts_errors
from marketplace.api.scalars import MoneyType, encode_id
from marketplace.community import errors as community_errors
from marketplace.gateway import errors as gateway_errors
from marketplace.kernel import errors as kernel_errors
from marketplace.kernel.errors import Refusal
from marketplace.kernel.money import Money
from payouts import errors as payouts_errors
from vendors import errors as vendors_errors

logger = logging.getLogger(__name__)

# Where refusals are defined. ErrorCode lists them all, whether a mutation uses them yet or not.
REFUSING_MODULES: tuple[ModuleType, ...] = (
    kernel_errors,
    gateway_errors,
    accounts_errors,
    vendors_errors,
    catalog_errors,
    checkout_errors,
    payouts_errors,
    community_errors,
)

LONGEST_MESSAGE = 500
# graphql-core quotes what Python said of a value that is no Decimal or Date.
PYTHONS_WORDS = re.compile(r", but encountered error '.*'; found", re.DOTALL)


@strawberry.type(name="Shortage", description="A variant of which more was asked for than is left.")
class ShortageType:
    """The shape of `catalog.errors.Shortage` outside."""

    title: str = strawberry.field(description="The product.")
    sku: str = strawberry.field(description="The vendor's own number of the variant.")
    asked: int = strawberry.field(description="How many were asked for.")
    left: int = strawberry.field(description="How many can still be had.")

    @strawberry.field(description="The id of the variant.")  # type: ignore[untyped-decorator]
    @staticmethod
    def id(root: strawberry.Parent[Shortage]) -> strawberry.ID:
        return encode_id("Variant", root.variant_id)


class RequestError(GraphQLError):
    """A request that is refused before it is executed; `code` goes to `extensions.code`."""

    def __init__(self, code: str, message: str, **facts: object) -> None:
        super().__init__(message, extensions={"code": code, **facts})


class TransportError(Exception):
    """The HTTP request itself cannot be heard: answered with this status, these headers, and the facts."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.problem = RequestError(code, message, **facts)


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


_codes = {kind.code: strawberry.enum_value(kind.code, description=describe(kind)) for kind in refusals()}
# The members are what the apps define, so no type checker can know them.
ErrorCode: Any = strawberry.enum(
    cast("Any", enum.Enum)("ErrorCode", _codes), description="Why an operation was refused."
)


@strawberry.type(name="RowProblem", description="Why a row of a list in the input was refused.")
class RowProblemType:
    """The shape of `catalog.errors.RowProblem` outside."""

    index: int = strawberry.field(description="Its place in the list, from 0.")
    message: str = strawberry.field(description="What it is, for people.")
    field: str | None = strawberry.field(description="The field of the row at fault, where one is.")

    @strawberry.field(description="What it is, for programs.")  # type: ignore[untyped-decorator]
    @staticmethod
    def code(root: strawberry.Parent[RowProblem]) -> ErrorCode:
        return ErrorCode[root.code]


# What a fact of a refusal may be to become a field of its GraphQL type; keys and rows stay inside.
FACT_TYPES: dict[object, object] = {
    int: int,
    str: str,
    bool: bool,
    datetime: datetime,
    Money: MoneyType,
    tuple[Shortage, ...]: list[ShortageType],
    tuple[RowProblem, ...]: list[RowProblemType],
}


@strawberry.interface(name="Error", description="An expected refusal: nothing was changed.")
class ErrorInterface:
    code: ErrorCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is, for people.")
    field: str | None = strawberry.field(description="The input field at fault, where one is.")


def _error_type(kind: type[Refusal]) -> type[ErrorInterface]:
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


# The GraphQL type of a refusal: its name and `Error`, with its facts as fields.
error_type = cast("Callable[[type[Refusal]], type[ErrorInterface]]", cache(_error_type))


def as_data(refusal: Refusal) -> ErrorInterface:
    """A refusal as a value of its GraphQL type."""
    kind = error_type(type(refusal))
    own = {fact.name for fact in dataclasses.fields(kind)} - {"code", "message", "field"}
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
    message, extensions = _message_and_extensions(problem)
    located = {
        "locations": [{"line": place.line, "column": place.column} for place in problem.locations or ()],
        "path": problem.path,
    }
    return {
        "message": message[:LONGEST_MESSAGE],
        **{name: value for name, value in located.items() if value},
        "extensions": extensions,
    }


def _message_and_extensions(problem: GraphQLError) -> tuple[str, dict[str, Any]]:
    refusal = problem.original_error
    if isinstance(refusal, Refusal):
        field = {"field": refusal.field} if refusal.field else {}
        return refusal.message, {"code": refusal.code, **field}
    message = PYTHONS_WORDS.sub(", found", problem.message)
    if problem.extensions and "code" in problem.extensions:
        return message, problem.extensions
    if isinstance(problem, GraphQLSyntaxError):
        return message, {"code": "SYNTAX_ERROR"}
    if _is_about_variables(problem):
        return message, {"code": "INVALID_VARIABLES"}
    logger.error("A GraphQL field failed", exc_info=refusal or problem, extra={"path": problem.path})
    return "Something went wrong on our side.", {"code": "INTERNAL_ERROR"}


def _is_about_variables(problem: GraphQLError) -> bool:
    """Whether it is graphql-core that refuses what the client put into variables.

    It does so before execution, pointing at the variable (or at none, when there are too many errors), and in
    a field whose argument may not be the null its variable holds.
    """
    cause = problem.original_error
    if problem.path is None:
        return bool(problem.nodes) or cause is None
    return isinstance(cause, GraphQLError) and cause.message.startswith("Argument '")


def _describe_fact(fact: "dataclasses.Field[Any]") -> str:
    described = fact.metadata.get("description")
    return described or f"{fact.name.replace('_', ' ').capitalize()}."
