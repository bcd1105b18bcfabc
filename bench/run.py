"""One run: migrate, load, look at the SQL, start both servers, and measure every operation in every way."""

import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from django.db import connections

from bench import catalogue, clients, resources, selling, servers
from bench.plan import PARTS, Plan
from bench.report import Cell, Run
from bench.scenarios import GRAPHQL_PATH, Scenario, scenarios
from bench.statements import profile
from marketplace import env

READS, JOURNEYS = PARTS
FIRST_REQUEST: Final = clients.post(GRAPHQL_PATH, json.dumps({"query": "{ __typename }"}).encode())
# Of a page of products: whoever answers it has a database connection.
TOUCHES_DATABASE: Final = clients.post(
    GRAPHQL_PATH, json.dumps({"query": "{ products(first: 24) { edges { node { title } } } }"}).encode()
)
FILL_SECONDS: Final = 2.0
# Ours are sealed, and name their order; nobody else makes the same.
CURSOR: Final = re.compile(rb'"endCursor":"[^"]*"')


class DifferentAnswers(Exception):  # noqa: N818  # it names the state of things
    """A bare view does not answer what the API answers, so that the comparison would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How an operation is asked, and of which server."""

    name: str
    server: servers.Running
    requests: list[bytes]


def run(plan: Plan, *, folder: Path, command: str, database: str) -> Run:
    """Measure on the empty database that DATABASE_URL names, which is full afterwards.

    Side effects: log files in the folder, progress on standard error; every server it starts is stopped.
    """
    url = env.current().database_url or ""
    found = Run(
        taken_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        command=command,
        machine=_machine(url),
        conditions=_conditions(plan, database),
    )
    _say("migrating and loading")
    found.set_up["first migration"] = _timed(_migrate)
    found.set_up[f"loading {plan.products:,} products"] = _timed(
        lambda: catalogue.load(products=plan.products, vendors=plan.vendors)
    )
    catalogue.settle()
    operations = scenarios() if READS in plan.parts else []
    for each in operations:
        _say(f"counting the SQL of {each.name}")
        found.operations[each.name] = profile(each, url)
    goods = selling.prepare() if JOURNEYS in plan.parts else []
    statements = selling.statements(goods) if goods else {}
    connections.close_all()
    if operations:
        _read(plan, found, operations, folder)
    if goods:
        _sell(plan, found, (goods, statements), folder)
    return found


def _sell(plan: Plan, found: Run, shop: tuple[selling.Goods, selling.Counts], folder: Path) -> None:
    """Measure every journey, on the server and a worker that are started for it."""
    url = env.current().database_url or ""
    with ExitStack() as running, psycopg.connect(url, autocommit=True) as watch:
        server = running.enter_context(
            servers.running(servers.product(), first=FIRST_REQUEST, log=folder / "selling.log")
        )
        worker = running.enter_context(servers.working(server.port, log=folder / "worker.log"))
        found.set_up.setdefault("server start", server.start_seconds)
        _fill(server, [TOUCHES_DATABASE])
        scene = selling.Scene(server=server, worker=worker, watch=watch, goods=shop[0], statements=shop[1])
        for journey in selling.JOURNEYS:
            for number in plan.buyers:
                _say(f"{journey}, {number} buyers")
                found.trips.append(selling.measure(scene, journey, number, plan))
        found.memory_mb["marketplace, selling"] = [
            resources.memory(each) for each in resources.workers(server.process)
        ]


def _read(plan: Plan, found: Run, operations: list[Scenario], folder: Path) -> None:
    """Measure every operation in every way, on both servers."""
    url = env.current().database_url or ""
    with ExitStack() as running, psycopg.connect(url, autocommit=True) as watch:
        product, bare = (
            running.enter_context(servers.running(started, first=first, log=folder / f"{name}.log"))
            for name, started, first in (
                ("product", servers.product(), FIRST_REQUEST),
                ("bare", servers.bare(), operations[0].bares()[0]),
            )
        )
        found.set_up["server start"] = product.start_seconds
        found.set_up["bare server start"] = bare.start_seconds
        for each in operations:
            _compare(each, product, bare)
        _fill(product, operations[0].posts())
        _fill(bare, operations[0].bares())
        for each in operations:
            for number in plan.clients:
                ways = _ways(each, product, bare)
                found.cells += [_measure(way, each, number, (plan, watch)) for way in ways]
        for name, server in (("marketplace", product), ("bare Django", bare)):
            found.memory_mb[name] = [resources.memory(each) for each in resources.workers(server.process)]


def _fill(server: servers.Running, requests: list[bytes]) -> None:
    """Keep every thread of the server busy at once, so that each has its connection and its caches."""
    environment = env.current()
    threads = environment.web_processes * environment.web_threads
    clients.drive(server.port, requests, clients=2 * threads, seconds=FILL_SECONDS)


def _ways(scenario: Scenario, product: servers.Running, bare: servers.Running) -> list[_Way]:
    return [
        _Way(name="POST", server=product, requests=scenario.posts()),
        _Way(name="GET registered", server=product, requests=scenario.gets()),
        _Way(name="bare Django", server=bare, requests=scenario.bares()),
    ]


def _measure(way: _Way, scenario: Scenario, number: int, run: "tuple[Plan, psycopg.Connection[Any]]") -> Cell:
    """Warm up, then count for so long."""
    plan, watch = run
    _say(f"{scenario.name}, {way.name}, {number} clients")
    clients.drive(way.server.port, way.requests, clients=number, seconds=plan.warm_up)
    observed = resources.Observed(server=way.server.process, database=resources.postmaster(watch))
    sessions = selling.sessions(watch)
    with observed.usage() as usage:
        outcome = clients.drive(way.server.port, way.requests, clients=number, seconds=plan.seconds)
    per_request = 1000 / max(outcome.requests, 1)
    p50, p95, p99 = (clients.percentile(outcome.latencies, percent) * 1000 for percent in (50, 95, 99))
    return Cell(
        operation=scenario.name,
        way=way.name,
        clients=number,
        requests=outcome.requests,
        errors=outcome.problems.total(),
        problems=dict(outcome.problems),
        rps=len(outcome.latencies) / outcome.seconds,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        application_cpu_ms=usage.application * per_request,
        database_cpu_ms=None if usage.database is None else usage.database * per_request,
        client_cpu_ms=usage.clients * per_request,
        busiest_worker=usage.busiest,
        others_cores=usage.others / outcome.seconds,
        sessions_opened=selling.sessions(watch) - sessions,
    )


def _compare(scenario: Scenario, product: servers.Running, bare: servers.Running) -> None:
    """Raises DifferentAnswers unless all three ways answer the same."""
    ways = _ways(scenario, product, bare)
    for asked in zip(*(way.requests for way in ways), strict=True):
        answers = [clients.ask(way.server.port, request) for way, request in zip(ways, asked, strict=True)]
        said = [CURSOR.sub(b'"endCursor":"*"', answer.body) for answer in answers]
        first, second, plain = (json.loads(body).get("data", body) for body in said)
        if not first == second == plain:
            raise DifferentAnswers("\n".join([scenario.name, *(body.decode() for body in said)]))


def _migrate() -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=env.PROJECT_DIR, check=True)  # noqa: S603  # our own command


def _timed(step: Callable[[], None]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def _machine(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        postgresql = connection.info.parameter_status("server_version")
    return {
        "cores": psutil.cpu_count(),
        "processor": _processor(),
        "memory_gb": psutil.virtual_memory().total / 1024**3,
        "system": platform.system(),
        "python": platform.python_version(),
        "postgresql": postgresql,
        "load_before": psutil.getloadavg()[0],
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _conditions(plan: Plan, database: str) -> dict[str, Any]:
    environment = env.current()
    return {
        "products": plan.products,
        "vendors": plan.vendors,
        "seconds": plan.seconds,
        "warm_up_seconds": plan.warm_up,
        "processes": environment.web_processes,
        "threads": environment.web_threads,
        "database": database,
    }


def _say(progress: str) -> None:
    sys.stderr.write(f"{progress}\n")
