"""A running server, as `manage.py serve` starts it: what it costs the database, and how it ends."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import psycopg
import pytest
from django.db import connection

from marketplace import env
from marketplace.demo import processes
from marketplace.kernel import database
from tests.support.waiting import until

CLIENTS = 8
REQUESTS = 504  # 63 for each client
# One request in a hundred, at most.
LATE_SESSIONS = 5
POSTED = 'django_http_requests_total_by_method_total{method="POST"} '
PRODUCTS = {"query": "{ products(first: 24) { edges { node { title } } } }"}


@contextmanager
def _serving() -> Iterator[processes.Running]:
    """The server on the test database, which must be set up; its name is its address."""
    url = database.address(str(env.current().database_url), connection.settings_dict["NAME"])
    port = processes.free_port()
    address = f"http://127.0.0.1:{port}"
    environment = env.inherited(DATABASE_URL=url, DEBUG="false", WEB_PROCESSES="2", WEB_THREADS="4")
    with processes.running({address: ["serve", "--port", str(port)]}, environment=environment) as started:
        processes.wait_until_ready(address, started)
        yield started[0]


@pytest.fixture(scope="module")
def address(django_db_setup: None) -> Iterator[str]:
    """Of a server that the tests of this module share."""
    with _serving() as server:
        yield server.name


def _drive(address: str, requests: int) -> Counter[int]:
    """Ask for products from CLIENTS clients at once, each on a connection it keeps; counts the statuses."""
    statuses: Counter[int] = Counter()

    def client() -> None:
        with httpx.Client(base_url=address, timeout=30) as http:
            for _ in range(requests // CLIENTS):
                statuses[http.post("/graphql/", json=PRODUCTS).status_code] += 1

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def _sessions() -> int:
    """How many sessions this database has ever had."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(str(env.current().database_url), autocommit=True) as observer:
        row = observer.execute("SELECT sessions FROM pg_stat_database WHERE datname = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


def test_requests_open_no_database_sessions(address: str) -> None:
    """A thread opens its one session when it is first needed, which on a busy machine may be late.

    On one that does nothing else none is opened at all; with a session for each request there were 504.
    """
    _drive(address, CLIENTS * 30)
    before = _sessions()
    assert _drive(address, REQUESTS) == {200: REQUESTS}
    assert _sessions() - before <= LATE_SESSIONS


def test_metrics_add_up_all_processes(address: str) -> None:
    def posted() -> float:
        page = httpx.get(f"{address}/metrics").text
        (line,) = [line for line in page.splitlines() if line.startswith(POSTED)]
        return float(line.removeprefix(POSTED))

    _drive(address, CLIENTS)
    before = posted()
    _drive(address, CLIENTS * 5)
    assert {posted() for _ in range(CLIENTS)} == {before + CLIENTS * 5}


@pytest.mark.usefixtures("django_db_setup")
def test_a_process_that_dies_is_replaced_and_none_is_left_at_the_end() -> None:
    with _serving() as server:
        master = psutil.Process(server.process.pid)
        first = master.children()
        first[0].kill()
        assert until(lambda: len(set(master.children()) - set(first)) == 1)
        assert httpx.get(f"{server.name}/healthz").status_code == 200
        family = [*first, *master.children()]
    assert server.process.returncode == 0
    assert [each for each in family if each.is_running()] == []
