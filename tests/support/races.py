"""Real threads on real connections, let loose at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Outcome = TypeVar("Outcome")


def at_once(*actions: Callable[[], Outcome]) -> Sequence[Outcome | Exception]:
    """Run the actions in a thread each, started together; returns what each returned or raised, in order."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Outcome]) -> Outcome | Exception:
        try:
            # The connection is opened before the start: opening takes longer than most races.
            connection.ensure_connection()
            start.wait(timeout=10)
            return action()
        except Exception as raised:  # noqa: BLE001  # whatever it is, it is the outcome
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
