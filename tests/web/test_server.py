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
ROUNDS = 4
WARM_UP_ROUNDS = 20
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


def _sessions() -> tuple[int, set[int]]:
    """How many sessions this database has ever had, and the backends of those that are open."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(str(env.current().database_url), autocommit=True) as observer:
        ever = observer.execute("SELECT sessions FROM pg_stat_database WHERE datname = %s", [name]).fetchone()
        backends = observer.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
    assert ever is not None
    return ever[0], {pid for (pid,) in backends}


def _warmed_up(address: str) -> tuple[int, set[int]]:
    """Drive until every thread that will be needed has its connection: until two rounds opened none."""
    quiet, sessions = 0, _sessions()
    for _ in range(WARM_UP_ROUNDS):
        _drive(address, CLIENTS * 10)
        now = _sessions()
        quiet = quiet + 1 if now == sessions else 0
        sessions = now
        if quiet == 2:
            return sessions
    raise AssertionError("the server goes on opening sessions")


def test_a_request_opens_no_database_session(address: str) -> None:
    """A thread that was never needed before opens its one session then: a busy machine gets a few rounds."""
    for _ in range(ROUNDS):
        before = _warmed_up(address)
        assert _drive(address, REQUESTS) == {200: REQUESTS}
        if _sessions() == before:
            return
    raise AssertionError("the server goes on opening sessions")


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
