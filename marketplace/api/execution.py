"""From a document to an answer: parse, measure, validate, execute, present.

The two pure steps are remembered: documents by their text, their validation by the document. Limits are
measured on every request, for they depend on its variables.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType
from strawberry_django.optimizer import DjangoOptimizerExtension
from typing_extensions import override

from marketplace.api.context import Context
from marketplace.api.errors import RequestError, presentable
from marketplace.api.limits import LIMITS, Meter, refuse_above

REMEMBERED_DOCUMENTS = 1_000
MOST_PROBLEMS = 10


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a client asks for."""

    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    may_introspect: bool = False
    may_mutate: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What it gets: the body of the response, and whether the request was executed at all."""

    body: dict[str, Any]
    was_executed: bool
    is_wrong_method: bool = False


class Schema(strawberry.Schema):
    """Strawberry's schema, with errors left to `errors.presentable`."""

    @override
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: an error is logged once, where it is masked."""


class Gate(SchemaExtension):
    """Parses with a memory, measures before anything else happens, validates with a memory."""

    cost = 0

    @override
    def on_parse(self) -> Iterator[None]:
        execution = self.execution_context
        execution.graphql_document = parsed(execution.query or "")
        yield
        schema = execution.schema._schema  # noqa: SLF001  # strawberry has no public name for it
        meter = Meter(schema, execution.graphql_document, execution.variables or {})
        self.cost = meter.measure(
            execution.provided_operation_name,
            may_introspect=bool((execution.operation_extensions or {}).get("may_introspect")),
        )

    @override
    def on_validate(self) -> Iterator[None]:
        execution = self.execution_context
        document = execution.graphql_document
        execution.pre_execution_errors = list(validated(execution.schema._schema, document))  # noqa: SLF001
        yield

    @override
    def get_results(self) -> dict[str, Any]:
        return {"cost": {"requested": self.cost, "limit": LIMITS["TOO_EXPENSIVE"]}}


EXTENSIONS = (Gate, DjangoOptimizerExtension)


@lru_cache(maxsize=REMEMBERED_DOCUMENTS)
def parsed(text: str) -> DocumentNode:
    """Parse; raises RequestError for what is too long or too deep, GraphQLSyntaxError for what is none."""
    limit = LIMITS["TOO_MANY_TOKENS"]
    try:
        return parse(text, max_lexical_tokens=limit, max_comments=limit)
    except GraphQLError as problem:
        if "nested too deeply" in problem.message:
            refuse_above("TOO_DEEP", limit)
        if "more than" in problem.message:
            refuse_above("TOO_MANY_TOKENS", limit + 1)
        raise


@lru_cache(maxsize=REMEMBERED_DOCUMENTS)
def validated(schema: GraphQLSchema, document: DocumentNode) -> tuple[GraphQLError, ...]:
    """What is wrong with the document, at most the first ten problems, each with its code."""
    problems = validate(schema, document, max_errors=MOST_PROBLEMS)
    for problem in problems:
        problem.extensions = {"code": "INVALID_DOCUMENT"}
    return tuple(problems)


def execute(schema: strawberry.Schema, operation: Operation, context: Context) -> Answer:
    """Run one operation; never raises for what a client can cause.

    Side effects: those of the operation. A bug in a resolver is logged and answered as INTERNAL_ERROR.
    """
    allowed = {OperationType.QUERY, OperationType.MUTATION} if operation.may_mutate else {OperationType.QUERY}
    try:
        result = schema.execute_sync(
            operation.document,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
            allowed_operation_types=allowed,
            operation_extensions={"may_introspect": operation.may_introspect},
        )
    except CannotGetOperationTypeError:
        return refused(RequestError("UNKNOWN_OPERATION", "The document has no such operation, or several."))
    except InvalidOperationTypeError:
        problem = RequestError("METHOD_NOT_ALLOWED", "GET reads; mutations take POST.")
        return Answer(body=refused(problem).body, was_executed=False, is_wrong_method=True)
    problems = presentable(result.errors or ())
    was_executed = not problems or any("path" in problem for problem in problems)
    body: dict[str, Any] = {"errors": problems} if problems else {}
    if was_executed:
        body["data"] = result.data
    return Answer(body={**body, "extensions": result.extensions or {}}, was_executed=was_executed)


def refused(*problems: GraphQLError) -> Answer:
    """The answer to a request that was not executed."""
    return Answer(body={"errors": presentable(problems)}, was_executed=False)
