"""Worker processes on the test's own database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from django.db import connection

from marketplace import env
from marketplace.kernel import database

# `manage.py worker`, which knows the jobs of the tests too.
PROGRAM = """
import sys, django
django.setup()
import tests.support.worker_jobs
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "worker", *sys.argv[1:]])
"""

PATIENCE = 60.0


@contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is killed on leaving, unless it has left by itself."""
    server = env.current().database_url or ""
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=env.PROJECT_DIR,
        env=env.inherited(DATABASE_URL=database.address(server, connection.settings_dict["NAME"])),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run_worker(*arguments: str) -> int:
    """Let a worker run until no job is due; returns its exit status."""
    with worker("--until-empty", *arguments) as process:
        return process.wait(PATIENCE)


def wait_for(condition: Callable[[], bool]) -> None:
    """Look until it holds."""
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline, "it did not come to pass"
        sleep(0.02)
