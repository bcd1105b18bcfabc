"""A pytest plugin: the garbage collector looks at what tests make, not at what was imported for them.

Django, GraphQL and the schema are hundreds of thousands of objects that stay; to look through them again and
again took a tenth of a run.
"""

import gc
from typing import Final

import pytest

# How many more objects are made than freed before the young are looked at; Python says 700.
YOUNG: Final = 100_000


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Collect nothing while all is imported."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Set what there is aside, and begin."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
