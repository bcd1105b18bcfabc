"""A pytest plugin: what Python compiles in a session of tests is kept, even where it is told to keep nothing.

A session starts some thirty interpreters, and each would compile Django, GraphQL and all of ours anew:
half of its start. Where PYTHONDONTWRITEBYTECODE keeps the folders of the sources clean they stay so.
"""

import sys
from typing import Final

import pytest

from marketplace import env

FOLDER: Final = env.PROJECT_DIR / "var" / "tests" / "bytecode"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Write to a folder of our own; xdist's workers, and the servers that tests start, inherit it."""
    if not sys.dont_write_bytecode:
        return
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(FOLDER)
    env.export("PYTHONDONTWRITEBYTECODE", "")
    env.export("PYTHONPYCACHEPREFIX", str(FOLDER))
