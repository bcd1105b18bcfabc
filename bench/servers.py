"""Start a web server as in production, wait for its first answer, stop it with all its processes."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench import clients
from marketplace import env
from marketplace.web import server

START_SECONDS: Final = 60
STOP_SECONDS: Final = server.STOP_SECONDS + 5
LOG_LINES: Final = 20


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that answers."""

    port: int
    process: psutil.Process
    start_seconds: float


class DidNotStart(Exception):  # noqa: N818  # it names the state of things
    """The server ended or did not answer in time; the message is the end of its log."""


def product() -> list[str]:
    """The command of the production server."""
    return [sys.executable, "manage.py", "serve", "--port"]


def bare() -> list[str]:
    """The same server, set alike, in front of the bare views."""
    environment = env.current()
    options = {
        "interface": "wsgi",
        "http": "1",
        "workers": environment.web_processes,
        "blocking-threads": environment.web_threads,
        "blocking-threads-idle-timeout": server.IDLE_THREAD_SECONDS,
        "backpressure": environment.web_threads + server.WAITING_REQUESTS,
        "log-level": "warning",
    }
    named = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    granian = str(Path(sys.executable).with_name("granian"))
    return [granian, "bench.bare.wsgi:application", "--no-ws", *named, "--port"]


@contextmanager
def working(port: int, *, log: Path) -> Iterator[psutil.Process]:
    """Run a job worker, which delivers the sandbox's webhooks to this port, until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--grace", "5"],
            cwd=env.PROJECT_DIR,
            env=env.inherited(SITE_URL=f"http://localhost:{port}"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        tree = psutil.Process(process.pid)
        try:
            yield tree
        finally:
            _stop(process, tree)


@contextmanager
def running(command: list[str], *, first: bytes, log: Path) -> Iterator[Running]:
    """Run a server on a free port, which is appended to the command, until the block ends.

    `first` is the request whose good answer ends the start. Raises DidNotStart.
    """
    port = _free_port()
    begun = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own commands
            [*command, str(port)], cwd=env.PROJECT_DIR, stdout=output, stderr=subprocess.STDOUT
        )
        tree = psutil.Process(process.pid)
        try:
            _await(process, port, first, log)
            yield Running(port=port, process=tree, start_seconds=time.perf_counter() - begun)
        finally:
            _stop(process, tree)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((clients.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _await(process: "subprocess.Popen[bytes]", port: int, first: bytes, log: Path) -> None:
    deadline = time.perf_counter() + START_SECONDS
    seen = "no answer"
    while time.perf_counter() < deadline and process.poll() is None:
        with suppress(OSError, clients.BrokenAnswer):
            answer = clients.ask(port, first)
            if answer.status == 200:
                return
            seen = f"{answer.status} {answer.body[:500]!r}"
        time.sleep(0.02)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    raise DidNotStart("\n".join([f"the server gave {seen}", *lines]))


def _stop(process: "subprocess.Popen[bytes]", tree: psutil.Process) -> None:
    """Ask it to stop; whatever is left then is killed, the processes below it too."""
    with suppress(psutil.NoSuchProcess):
        family = [tree, *tree.children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=STOP_SECONDS)
    process.wait(timeout=STOP_SECONDS)
