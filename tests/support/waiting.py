"""Wait for what other processes do."""

import time
from collections.abc import Callable

PATIENCE = 10


def until(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
