"""The tables: every cell a row, and nothing invented where nothing was seen."""

from dataclasses import replace

from bench.report import Cell, Run, Trip, markdown
from bench.statements import Profile

CELL = Cell(
    operation="product_list",
    way="POST",
    clients=8,
    requests=1000,
    errors=2,
    problems={"status 500": 2},
    rps=99.8,
    p50_ms=10.04,
    p95_ms=20,
    p99_ms=30,
    application_cpu_ms=7.25,
    database_cpu_ms=1.5,
    client_cpu_ms=0.2,
    busiest_worker=0.5,
    others_cores=0.05,
    sessions_opened=0,
)

TRIP = Trip(
    journey="guest checkout",
    buyers=4,
    journeys=200,
    errors=1,
    problems={"place_order: OUT_OF_STOCK": 1},
    per_second=19.96,
    p50_ms=180,
    p95_ms=240.04,
    steps_p50_ms={"place_order": 40, "card": 5, "confirm_payment": 50, "pay and split": 91},
    steps_p95_ms={"place_order": 60, "card": 8, "confirm_payment": 70, "pay and split": 120},
    statements={"place_order": 12, "card": 3, "confirm_payment": 13},
    application_cpu_ms=60,
    worker_cpu_ms=20,
    database_cpu_ms=15,
    jobs_left=2,
    others_cores=0.05,
    sessions_opened=0,
)


def _run(*cells: Cell) -> Run:
    return Run(
        taken_at="2026-11-21 10:00 UTC",
        command="uv run python -m bench",
        machine={"cores": 2, "processor": "some", "memory_gb": 8.2, "python": "3.11", "postgresql": "18.0"},
        conditions={
            "products": 10_000,
            "vendors": 100,
            "seconds": 10.0,
            "processes": 2,
            "threads": 4,
            "database": "embedded",
        },
        set_up={"server start": 1.2345},
        memory_mb={"marketplace": [{"rss": 100.4, "pss": 60.6}]},
        operations={
            "product_list": Profile(
                asks="the newest 24",
                statements=3,
                sql_ms=2,
                bare_query_ms=1.5,
                in_process_ms=15,
                answer_bytes=20_480,
            )
        },
        cells=[*cells],
    )


def test_each_cell_is_a_row() -> None:
    rows = markdown(_run(CELL, replace(CELL, way="bare Django", database_cpu_ms=None))).splitlines()
    assert "| product_list | POST | 8 | 1000 | 2 | 99.8 | 10.0 | 20.0 | 30.0 | 7.2 + 1.5 |" in rows
    assert "| product_list | bare Django | 8 | 1000 | 2 | 99.8 | 10.0 | 20.0 | 30.0 | 7.2 + ? |" in rows


def test_a_journey_is_a_row_and_its_steps_are_a_table() -> None:
    run = _run()
    run.trips.append(TRIP)
    rows = markdown(run).splitlines()
    assert (
        "| guest checkout | 4 | 200 | 1 | 20.0 | 180.0 | 240.0 | 91.0 | 120.0 | 28 | 25 "
        "| 60.0 + 20.0 + 15.0 | 2 |" in rows
    )
    assert "| confirm_payment | 13 | 50.0 | 70.0 |" in rows
    assert run.problems() == {"place_order: OUT_OF_STOCK": 1}


def test_an_operation_is_compared_with_its_statements_alone() -> None:
    assert (
        "| product_list | the newest 24 | 3 | 2.0 | 1.5 | 15.0 | 10.0 | 20.5 |"
        in markdown(_run(CELL)).splitlines()
    )


def test_a_run_on_a_busy_machine_says_so_first() -> None:
    loud = markdown(_run(CELL, replace(CELL, others_cores=1.26))).splitlines()
    assert loud[2] == (
        "**Provisional: other processes used up to 1.3 of the 2 cores meanwhile. "
        "Only the counts hold; the times do not.**"
    )
    assert "Provisional" not in markdown(_run(CELL))


def test_the_document_is_rounded_and_holds_every_part() -> None:
    document = _run(CELL).document()
    assert document["set_up"] == {"server start": 1.234}
    assert document["cells"][0]["p50_ms"] == 10.04
    assert document["operations"]["product_list"]["statements"] == 3


def test_the_problems_of_all_cells_are_added_up() -> None:
    assert _run(CELL, CELL).problems() == {"status 500": 4}
    assert not _run(replace(CELL, problems={})).problems()
