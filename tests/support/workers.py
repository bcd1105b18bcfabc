"""Worker processes on the test's own database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from django.core.management import execute_from_command_line
from django.db import connection

from marketplace import env
from marketplace.kernel import database
from tests.support.processes import PATIENCE, Process


@contextmanager
def worker(*arguments: str) -> Iterator[Process]:
    """A worker that is killed on leaving, unless it has left by itself; it knows the tests' jobs too."""
    process = Process(execute_from_command_line, ["manage.py", "worker", *arguments])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run_worker(*arguments: str) -> int:
    """Let a worker run until no job is due; returns its exit status."""
    with worker("--until-empty", *arguments) as process:
        return process.wait()


def run_worker_from_the_shell() -> int:
    """The same as one types it, in the surroundings of now."""
    server = env.current().database_url or ""
    done = subprocess.run(  # our own program
        [sys.executable, "manage.py", "worker", "--until-empty"],
        cwd=env.PROJECT_DIR,
        env=env.inherited(DATABASE_URL=database.address(server, connection.settings_dict["NAME"])),
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode


def wait_for(condition: Callable[[], bool]) -> None:
    """Look until it holds."""
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline, "it did not come to pass"
        sleep(0.02)
