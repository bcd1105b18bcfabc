"""The SQL of one request: counted and timed in this process, then sent again by the driver alone."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db import connection
from django.test import Client

from bench.scenarios import GRAPHQL_PATH, Scenario

ROUNDS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement as Django handed it to the driver; savepoints are some, BEGIN and COMMIT are not."""

    sql: str
    parameters: Any
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One request answered in this process."""

    statements: list[Statement]
    seconds: float
    bytes: int

    @property
    def sql_seconds(self) -> float:
        return sum(statement.seconds for statement in self.statements)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a request of one operation sends to the database; times are medians over all variables, in ms."""

    asks: str
    statements: int
    sql_ms: float
    bare_query_ms: float
    in_process_ms: float
    answer_bytes: int


def capture(scenario: Scenario) -> list[Capture]:
    """Answer the operation with each of its variables, warm, through the whole of the middleware."""
    client = Client(SERVER_NAME="localhost")
    bodies = [scenario.body(variables) for variables in scenario.variables]
    for body in bodies[:3]:
        _answer(client, body)
    return [_answer(client, body) for _ in range(ROUNDS) for body in bodies]


def profile(scenario: Scenario, url: str) -> Profile:
    """Capture the operation, and replay its statements over a connection to this database."""
    captures = capture(scenario)
    return Profile(
        asks=scenario.asks,
        statements=max(len(each.statements) for each in captures),
        sql_ms=_median_ms([each.sql_seconds for each in captures]),
        bare_query_ms=_median_ms(replay(captures, url)),
        in_process_ms=_median_ms([each.seconds for each in captures]),
        answer_bytes=round(statistics.median(each.bytes for each in captures)),
    )


def replay(captures: list[Capture], url: str) -> list[float]:
    """Seconds to send the statements of each request by psycopg alone and fetch all rows."""
    # Parameters are bound as Django binds them, by the client.
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as plain:
        for each in captures[:3]:
            _send(plain, each)
        return [_send(plain, each) for each in captures]


def _send(plain: "psycopg.Connection[Any]", request: Capture) -> float:
    begun = time.perf_counter()
    for statement in request.statements:
        cursor = plain.execute(statement.sql, statement.parameters)
        if cursor.description:
            cursor.fetchall()
    return time.perf_counter() - begun


def _answer(client: Client, body: bytes) -> Capture:
    statements: list[Statement] = []

    def record(execute: Callable[..., Any], sql: str, parameters: Any, *rest: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, parameters, *rest)
        finally:
            statements.append(Statement(sql=sql, parameters=parameters, seconds=time.perf_counter() - begun))

    begun = time.perf_counter()
    with connection.execute_wrapper(record):
        response = client.post(GRAPHQL_PATH, body, content_type="application/json")
    seconds = time.perf_counter() - begun
    if response.status_code != 200 or b'"errors"' in response.content[:20]:
        raise RuntimeError(response.content[:500].decode())
    return Capture(statements=statements, seconds=seconds, bytes=len(response.content))


def _median_ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000
