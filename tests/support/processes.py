"""Processes that run our own code on the test's database, and may be killed: forked where all is loaded.

To start the interpreter and import Django costs ten times what most of them do. The process they are forked
from is a new one too, knows nothing of the tests', and has opened no connection.
"""

from collections.abc import Callable
from multiprocessing import forkserver, get_context
from typing import Any, Final

import pytest
from django.db import connection

from marketplace import env
from marketplace.kernel import database

PATIENCE: Final = 60.0
_forking = get_context("forkserver")
_forking.set_forkserver_preload(["tests.support.loaded"])


class Process:
    """One that has been started; `work` is a function of a module, and its arguments can be pickled."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        server = env.current().database_url or ""
        with pytest.MonkeyPatch.context() as surroundings:
            surroundings.setenv("DATABASE_URL", database.address(server, connection.settings_dict["NAME"]))
            surroundings.setenv("PYTHONPATH", str(env.PROJECT_DIR))
            forkserver.ensure_running()
        self._process = _forking.Process(target=work, args=arguments, daemon=True)
        self._process.start()

    def kill(self) -> None:
        """As when a machine dies; nothing where it has ended."""
        self._process.kill()

    def terminate(self) -> None:
        """Tell it to stop."""
        self._process.terminate()

    def wait(self) -> int:
        """Until it has ended; its exit status, below zero the signal that killed it."""
        self._process.join(PATIENCE)
        status = self._process.exitcode
        assert status is not None, "it did not come to its end"
        return status
