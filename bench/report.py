"""One measured run, as JSON for machines and as Markdown tables for people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bench.journeys import PAY_AND_SPLIT, SPLIT
from bench.statements import Profile

# More than this, and the times of a run are those of a shared machine.
QUIET_CORES: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One operation, asked in one way by so many clients; times in milliseconds, CPU for each request."""

    operation: str
    way: str
    clients: int
    requests: int
    errors: int
    problems: dict[str, int]
    rps: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    application_cpu_ms: float
    database_cpu_ms: float | None
    client_cpu_ms: float
    busiest_worker: float
    others_cores: float
    sessions_opened: int


@dataclass(frozen=True, kw_only=True)
class Trip:
    """A journey, gone by so many buyers at once; times in milliseconds, CPU for each journey.

    `statements` counts the SQL of one by step; `jobs_left` is what the worker had not done at its end.
    `sessions_opened` are the worker's too, whose threads come and go.
    """

    journey: str
    buyers: int
    journeys: int
    errors: int
    problems: dict[str, int]
    per_second: float
    p50_ms: float
    p95_ms: float
    steps_p50_ms: dict[str, float]
    steps_p95_ms: dict[str, float]
    statements: dict[str, int]
    application_cpu_ms: float
    worker_cpu_ms: float
    database_cpu_ms: float | None
    jobs_left: int
    others_cores: float
    sessions_opened: int


@dataclass(kw_only=True)
class Run:
    """Everything a run found out."""

    taken_at: str
    command: str
    machine: dict[str, Any]
    conditions: dict[str, Any]
    set_up: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    operations: dict[str, Profile] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """All of it in JSON's own types, floats to a thousandth."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded

    def problems(self) -> Counter[str]:
        return sum((Counter(each.problems) for each in self.measured), Counter[str]())

    @property
    def measured(self) -> list[Cell | Trip]:
        return [*self.cells, *self.trips]


def markdown(run: Run) -> str:
    """A page of its own, which docs/performance.md explains."""
    reads = (_cells(run), _operations(run)) if run.cells else ()
    journeys = (_trips(run), _steps(run)) if run.trips else ()
    parts = ("# Measured", *_warning(run), _heading(run), *reads, *journeys, _set_up(run))
    return "\n\n".join(parts) + "\n"


def _warning(run: Run) -> list[str]:
    """What must not be overlooked: that the machine was not ours alone."""
    others = max((each.others_cores for each in run.measured), default=0.0)
    if others <= QUIET_CORES:
        return []
    taken = f"up to {others:.1f} of the {run.machine['cores']} cores"
    return [
        f"**Provisional: other processes used {taken} meanwhile. Only the counts hold; the times do not.**"
    ]


def _heading(run: Run) -> str:
    machine, conditions = run.machine, run.conditions
    sessions = sum(cell.sessions_opened for cell in run.cells)
    return (
        f"`{run.command}` on {run.taken_at}: "
        f"{conditions['products']:,} products of {conditions['vendors']} vendors; "
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gb']:.0f} GB, "
        "shared by the clients, the server "
        f"({conditions['processes']} processes of {conditions['threads']} threads) and "
        f"PostgreSQL {machine['postgresql']} ({conditions['database']}); Python {machine['python']}. "
        f"{conditions['seconds']:g} s a row. "
        f"Database sessions opened while measuring: {sessions}."
    )


def _cells(run: Run) -> str:
    heads = (
        "operation",
        "way",
        "clients",
        "requests",
        "errors",
        "rps",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "CPU ms app + db",
    )
    rows = [
        (
            cell.operation,
            cell.way,
            cell.clients,
            cell.requests,
            cell.errors,
            f"{cell.rps:.1f}",
            f"{cell.p50_ms:.1f}",
            f"{cell.p95_ms:.1f}",
            f"{cell.p99_ms:.1f}",
            f"{cell.application_cpu_ms:.1f} + {_or_unseen(cell.database_cpu_ms)}",
        )
        for cell in run.cells
    ]
    return _table(heads, rows)


def _operations(run: Run) -> str:
    heads = (
        "operation",
        "asked for",
        "SQL",
        "SQL ms",
        "bare query ms",
        "in process ms",
        "of a bare query",
        "KB",
    )
    rows = [
        (
            name,
            each.asks,
            each.statements,
            f"{each.sql_ms:.1f}",
            f"{each.bare_query_ms:.1f}",
            f"{each.in_process_ms:.1f}",
            f"{each.in_process_ms / each.bare_query_ms:.1f}",
            f"{each.answer_bytes / 1000:.1f}",
        )
        for name, each in run.operations.items()
    ]
    return _table(heads, rows)


def _trips(run: Run) -> str:
    heads = (
        "journey",
        "buyers",
        "journeys",
        "errors",
        "a second",
        "p50 ms",
        "p95 ms",
        "pay and split p50 ms",
        "p95 ms",
        "SQL",
        "of it pay and split",
        "CPU ms app + worker + db",
        "jobs left",
    )
    rows = [
        (
            each.journey,
            each.buyers,
            each.journeys,
            each.errors,
            f"{each.per_second:.1f}",
            f"{each.p50_ms:.1f}",
            f"{each.p95_ms:.1f}",
            _of(each.steps_p50_ms),
            _of(each.steps_p95_ms),
            sum(each.statements.values()),
            sum(each.statements.get(step, 0) for step in PAY_AND_SPLIT) or "",
            f"{each.application_cpu_ms:.1f} + {each.worker_cpu_ms:.1f} + {_or_unseen(each.database_cpu_ms)}",
            each.jobs_left,
        )
        for each in run.trips
    ]
    return _table(heads, rows)


def _steps(run: Run) -> str:
    """The steps of the longest journey, as its last row found them."""
    trip = max(run.trips, key=lambda each: (len(each.steps_p50_ms), each.buyers))
    rows = [
        (step, trip.statements.get(step, 0), f"{p50:.1f}", f"{trip.steps_p95_ms[step]:.1f}")
        for step, p50 in trip.steps_p50_ms.items()
        if step != SPLIT
    ]
    return _table((f"{trip.journey}, {trip.buyers} buyers", "SQL", "p50 ms", "p95 ms"), rows)


def _of(steps: dict[str, float]) -> str:
    return f"{steps[SPLIT]:.1f}" if steps.get(SPLIT) else ""


def _set_up(run: Run) -> str:
    rows: list[tuple[object, ...]] = [(what, f"{seconds:.1f} s") for what, seconds in run.set_up.items()]
    for server, workers in run.memory_mb.items():
        own = ", ".join(f"{each['rss']:.0f} ({each['pss']:.0f})" for each in workers)
        rows.append((f"memory of each worker, {server}: resident (fair share)", f"{own} MB"))
    return _table(("set-up", ""), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def _or_unseen(milliseconds: float | None) -> str:
    return "?" if milliseconds is None else f"{milliseconds:.1f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value
