"""The production web server: granian, forking processes that each answer on a few threads.

Every thread keeps its database connection, so the number of connections is processes x threads and a request
opens none (docs/operating.md has the arithmetic).
"""

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

# A thread that sleeps longer than this ends and takes its connection along; granian allows no more.
IDLE_THREAD_SECONDS = 600
# A request that outlives this is cut off when the server stops.
STOP_SECONDS = 10
# Requests that wait in a process while its threads work; more are left to the other processes.
WAITING_REQUESTS = 64


def serve(*, host: str, port: int, processes: int, threads: int) -> None:
    """Serve until SIGTERM or SIGINT, then let the requests at work finish.

    Forks the processes from this one, which should have loaded the application and connected to nothing.
    """
    Server(
        "marketplace.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        blocking_threads=threads,
        blocking_threads_idle_timeout=IDLE_THREAD_SECONDS,
        backpressure=threads + WAITING_REQUESTS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        # Its lines go through our own logging, which Django has configured by now.
        log_dictconfig={"incremental": True, "formatters": {}, "handlers": {}, "loggers": {}},
    ).serve()
