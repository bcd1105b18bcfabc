"""Run a manage.py command that never outlives the demo that started it.

Its standard input is a pipe from the demo. When that closes, however the demo ended, the command is asked to
stop as if by SIGTERM. This works on every system, and even after kill -9.
"""

import os
import signal
import threading

import manage

STDIN = 0


def _stop_with_parent() -> None:
    while os.read(STDIN, 1):  # nobody writes, so this waits for the end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    manage.main()
