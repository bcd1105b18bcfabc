"""The processes of the demo: a web server and a job worker, watched, and stopped together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from marketplace import env

START_SECONDS = 120
STOP_SECONDS = 15
GLANCE_SECONDS = 0.1


class ProcessEnded(Exception):  # noqa: N818  # it names what happened
    """A process of the demo ended by itself."""


@dataclass(frozen=True)
class Running:
    """A child process and what to call it."""

    name: str
    process: subprocess.Popen[bytes]


def is_free(port: int) -> bool:
    """Whether nobody listens at this port of 127.0.0.1."""
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was just left is free; on Windows this option means otherwise
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def child_environment(**changes: str) -> dict[str, str]:
    """What a child inherits. An embedded server it joins by itself, for whoever leaves last stops it."""
    if env.current().database_is_embedded:
        changes |= {"DATABASE_URL": "", "DATABASE_IS_EMBEDDED": ""}
    return env.inherited(**changes)


@contextlib.contextmanager
def running(
    commands: Mapping[str, Sequence[str]], *, environment: Mapping[str, str], output: BinaryIO | None = None
) -> Iterator[list[Running]]:
    """Run manage.py commands, by name, until the block is left; then stop them all and wait for their end.

    They write where we write, or to `output`.
    """
    started: list[Running] = []
    try:
        for name, command in commands.items():
            started.append(Running(name, _start(command, environment, output)))
        yield started
    finally:
        _stop(started)


def wait_until_ready(address: str, processes: Sequence[Running]) -> None:
    """Wait for the web server at http://host:port to answer /readyz. Raises ProcessEnded, TimeoutError."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        refuse_ended(processes)
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310
            return
        time.sleep(GLANCE_SECONDS)
    raise TimeoutError(f"{address} did not answer within {START_SECONDS} seconds")


def refuse_ended(processes: Sequence[Running]) -> None:
    """Raise ProcessEnded if one of them has ended."""
    for each in processes:
        if each.process.poll() is not None:
            raise ProcessEnded(f"the {each.name} ended with status {each.process.returncode}")


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Until the block is left, SIGTERM and a closed terminal raise KeyboardInterrupt, as Ctrl-C does."""
    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, disposition in before.items():
            signal.signal(number, disposition)


def _start(
    command: Sequence[str], environment: Mapping[str, str], output: BinaryIO | None
) -> subprocess.Popen[bytes]:
    # In a session of its own, so that Ctrl-C reaches us alone and we stop the children in order.
    return subprocess.Popen(  # noqa: S603  # our own commands
        [sys.executable, "-m", "marketplace.demo.child", *command],
        cwd=env.PROJECT_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _stop(started: Sequence[Running]) -> None:
    """Ask all to stop, and end those that do not; a second Ctrl-C meanwhile changes nothing."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for each in started:
            each.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for each in started:
            try:
                each.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _end_group(each.process)
            if each.process.stdin is not None:
                each.process.stdin.close()
    finally:
        signal.signal(signal.SIGINT, before)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that does not listen, with the processes it forked."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
