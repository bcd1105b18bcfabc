"""The production web server and the worker as processes on the test's database, and a buyer's browser.

Each is a process group of its own, so that it can be killed with all it has forked, as when a machine dies.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateWorker

from marketplace import env
from marketplace.demo import processes
from marketplace.kernel import database
from tests.support import points
from tests.support.graphql import MEDIA_TYPE
from tests.support.payments import OK, body
from tests.support.points import Fault

# manage.py as it is, in a process that listens for blows.
PROGRAM: Final = """
import runpy, sys
from tests.support import points
points.listen(*sys.argv[1:3])
del sys.argv[1:3]
runpy.run_path("manage.py", run_name="__main__")
"""
START_SECONDS: Final = 60


class Shop:
    """A web server and a worker, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = processes.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._order = folder / "order"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        server = env.current().database_url or ""
        self._environment = env.inherited(
            DATABASE_URL=database.address(server, connection.settings_dict["NAME"]),
            SITE_URL=self.address,
            DEBUG="false",
            WEB_PROCESSES="2",
            WEB_THREADS="4",
            TMPDIR=str(folder),
        )

    def start(self, name: str) -> None:
        """Start the web server or the worker, as one does in production."""
        arguments = ["serve", "--port", str(self.port)] if name == "web" else ["worker"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-c", PROGRAM, str(self._order), name, *arguments],
                cwd=env.PROJECT_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Both answer: the server requests, the worker the queue."""
        _wait(lambda: ProcrastinateWorker.objects.exists() and self._answers(), self._logs)

    def order(self, fault: Fault, *, where: str, victim: str) -> None:
        """The next process that comes to the point, `where`, kills the victim."""
        points.order(self._order, fault, where=where, victim=self._running[victim].pid)

    def wait_for_the_blow(self, victim: str) -> None:
        """Until the victim is dead."""
        _wait(lambda: self._running[victim].poll() is not None, self._logs)
        # What it had forked died with it, and lets go of the port.
        _wait(lambda: not _is_alive(self._running[victim].pid), self._logs)

    def kill(self, name: str) -> None:
        """Kill it with all it has forked."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait()

    def stop(self) -> None:
        """End everything that was started here."""
        for name in self._running:
            self.kill(name)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/readyz").status_code == 200
        return False

    def _logs(self) -> str:
        return "".join(path.read_text()[-3000:] for path in sorted(self.folder.glob("*.log")))


@contextmanager
def shop(folder: Path) -> Iterator[Shop]:
    """A shop that is open until the block ends."""
    opened = Shop(folder)
    try:
        for name in ("web", "worker"):
            opened.start(name)
        opened.wait_until_ready()
        yield opened
    finally:
        opened.stop()


class Browser:
    """A buyer's: it keeps cookies and sends the token that goes with them."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=30)
        self.ask("{ csrfToken }")

    def ask(self, document: str, **variables: object) -> Any:
        """Send a document; the data of an answer that has no errors. Raises httpx.TransportError."""
        answer = self.http.post(
            "/graphql/",
            json={"query": document, "variables": variables},
            headers={"Accept": MEDIA_TYPE, "X-CSRFToken": self.http.cookies.get("csrftoken") or ""},
        ).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def pay(self, placed: Any, number: str = OK) -> int:
        """Confirm the payment with the provider, by card; the status of its answer."""
        payment = placed["order"]["payment"]
        path = f"/sandbox/v1/intents/{payment['ref']}/confirm"
        return self.http.post(path, json=body(payment["clientSecret"], number)).status_code


def _is_alive(group: int) -> bool:
    with suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False


def _wait(condition: Callable[[], bool], why: Callable[[], str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)
