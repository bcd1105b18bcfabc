"""Root: the thread of a web process that writes what buyers looked for (catalog/operations/tallies.py)."""

import logging
import os
import threading
import time
from typing import Final

from django.db import Error, close_old_connections

from catalog.operations import tallies

logger = logging.getLogger(__name__)

NAME: Final = "tallies of searches"


def write_by_itself() -> None:
    """Let a process that notes a search write what it noted every few seconds, for as long as it lives.

    The thread begins with the first search, for a process that is forked afterwards has no thread of before.
    It has a connection of its own while it writes.
    """
    tallies.observers.append(_Writer().begin)


class _Writer:
    def __init__(self) -> None:
        self.process = 0

    def begin(self) -> None:
        if self.process != os.getpid():
            self.process = os.getpid()
            threading.Thread(target=_forever, name=NAME, daemon=True).start()


def _forever() -> None:
    while True:
        time.sleep(tallies.EVERY_SECONDS)
        try:
            tallies.write()
        except Error:
            logger.exception("tallies of searches are lost")
        finally:
            close_old_connections()
