"""From a document to an answer: parse, measure, validate, execute, present.

What depends on the text alone (the parsed document, its figures, its validity) is remembered; what depends on
the variables (the cost of its pages) is added up for every request.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType
from strawberry_django.optimizer import DjangoOptimizerExtension
from typing_extensions import override

from marketplace.api.context import Context
from marketplace.api.errors import RequestError, presentable
from marketplace.api.limits import LIMITS, Survey, refuse_above

# An abstract syntax tree takes up to 160 bytes for each character of its text: some 300 MB at worst.
REMEMBERED_DOCUMENTS = 200
LONGEST_REMEMBERED = 10_000
MOST_PROBLEMS = 10
# PostgreSQL stores every character but this one.
ESCAPED_NUL = re.compile(r"\\u(0000|\{0+\})")
# Whether fields overlap is asked of every pair; graphql-core counts its comparisons and gives up beyond this.
# The figure is a fiftieth of its own default and stands for some 10 ms.
overlapping.MAX_COMPLEXITY_BUDGET = 10_000


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a client asks for."""

    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    may_mutate: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What it gets: the body of the response, and whether the request was executed at all."""

    body: dict[str, Any]
    was_executed: bool
    is_wrong_method: bool = False
    is_forbidden: bool = False


class Schema(strawberry.Schema):
    """Strawberry's schema, with errors left to `errors.presentable`."""

    @override
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: an error is logged once, where it is masked."""


class Prepared:
    """A document read and measured; raises RequestError or GraphQLSyntaxError for what cannot be used."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        self._schema = schema
        self.document = _parsed(text)
        self.survey = Survey(schema, self.document)

    @cached_property
    def problems(self) -> tuple[GraphQLError, ...]:
        """What is wrong with the document, at most the first ten problems, each with its code."""
        problems = validate(self._schema, self.document, max_errors=MOST_PROBLEMS)
        for problem in problems:
            problem.extensions = {"code": "INVALID_DOCUMENT"}
        return tuple(problems)


class Gate(SchemaExtension):
    """Parses with a memory, measures before anything else happens, validates with a memory."""

    cost = 0

    @override
    def on_parse(self) -> Iterator[None]:
        execution = self.execution_context
        schema = execution.schema._schema  # noqa: SLF001  # strawberry has no public name for it
        self.prepared = prepared(schema, execution.query or "")
        execution.graphql_document = self.prepared.document
        yield
        survey = self.prepared.survey
        if survey.introspects and not execution.context.may_introspect:
            raise RequestError(
                "INTROSPECTION_OFF", "The schema is published as a file, not by introspection."
            )
        self.cost = survey.cost(
            execution._provided_operation_name,  # noqa: SLF001  # operation_name guesses where none was given
            execution.variables or {},
        )

    @override
    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = list(self.prepared.problems)
        yield

    @override
    def get_results(self) -> dict[str, Any]:
        return {"cost": {"requested": self.cost, "limit": LIMITS["TOO_EXPENSIVE"]}}


EXTENSIONS = (Gate, DjangoOptimizerExtension)


def prepared(schema: GraphQLSchema, text: str) -> Prepared:
    """The document of this text, remembered unless it is long."""
    return (_remembered if len(text) <= LONGEST_REMEMBERED else Prepared)(schema, text)


@lru_cache(maxsize=REMEMBERED_DOCUMENTS)
def _remembered(schema: GraphQLSchema, text: str) -> Prepared:
    return Prepared(schema, text)


def _parsed(text: str) -> DocumentNode:
    limit = LIMITS["TOO_MANY_TOKENS"]
    if ESCAPED_NUL.search(text):
        raise RequestError("SYNTAX_ERROR", "No text may hold the character U+0000.")
    try:
        return parse(text, max_lexical_tokens=limit, max_comments=limit)
    except GraphQLError as problem:
        if "nested too deeply" in problem.message:
            refuse_above("TOO_DEEP", limit)
        if "more than" in problem.message:
            refuse_above("TOO_MANY_TOKENS", limit + 1)
        raise


def execute(schema: strawberry.Schema, operation: Operation, context: Context) -> Answer:
    """Run one operation; never raises for what a client can cause.

    Side effects: those of the operation. A bug in a resolver is logged and answered as INTERNAL_ERROR.
    """
    may_mutate = operation.may_mutate and context.viewing is None
    allowed = {OperationType.QUERY, OperationType.MUTATION} if may_mutate else {OperationType.QUERY}
    try:
        result = schema.execute_sync(
            operation.document,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
            allowed_operation_types=allowed,
        )
    except InvalidOperationTypeError as problem:
        return _wrong_kind(problem, context)
    problems = presentable(result.errors or ())
    was_executed = not problems or any("path" in problem for problem in problems)
    body: dict[str, Any] = {"errors": problems} if problems else {}
    if was_executed:
        body["data"] = result.data
    return Answer(body={**body, "extensions": result.extensions or {}}, was_executed=was_executed)


def refused(*problems: GraphQLError) -> Answer:
    """The answer to a request that was not executed."""
    return Answer(body={"errors": presentable(problems)}, was_executed=False)


def _wrong_kind(problem: InvalidOperationTypeError, context: Context) -> Answer:
    if problem.operation_type == OperationType.SUBSCRIPTION:
        return refused(RequestError("UNKNOWN_OPERATION", "There are no subscriptions; poll instead."))
    if context.viewing is not None:
        answer = refused(RequestError("VIEWING_ONLY", "You look as somebody else, and change nothing."))
        return Answer(body=answer.body, was_executed=False, is_forbidden=True)
    answer = refused(RequestError("METHOD_NOT_ALLOWED", "GET reads; mutations take POST."))
    return Answer(body=answer.body, was_executed=False, is_wrong_method=True)
