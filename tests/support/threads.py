"""Real threads with real connections, for races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")

PATIENCE = 30.0


def at_once(*runs: Callable[[], Result]) -> list[Result]:
    """Run each in a thread of its own, all started at one moment; their results in this order.

    Each thread closes its connection. The first exception is raised when all have ended.
    """
    barrier = Barrier(len(runs))

    def start(run: Callable[[], Result]) -> Result:
        barrier.wait(PATIENCE)
        return closing(run)

    with ThreadPoolExecutor(len(runs)) as pool:
        started = [pool.submit(start, run) for run in runs]
        return [one.result() for one in started]


def closing(run: Callable[[], Result]) -> Result:
    """Run it, and close the connection of this thread."""
    try:
        return run()
    finally:
        connection.close()
