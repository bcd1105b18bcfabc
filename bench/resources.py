"""What a tree of processes has used: CPU seconds and memory, asked of the operating system."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
from psycopg import Connection

MEGABYTE = 1024 * 1024


@dataclass
class Usage:
    """CPU seconds in a stretch of time, of all processes of each kind; None where they are out of sight.

    `busiest` is the part of the application's that one of its workers took: 0.5 of two that share alike.
    """

    application: float = 0.0
    busiest: float = 0.0
    jobs: float = 0.0
    database: float | None = None
    clients: float = 0.0
    others: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Whose CPU time is told apart: the server's, PostgreSQL's, a job worker's, and our own: the clients'."""

    server: psutil.Process
    database: psutil.Process | None
    worker: psutil.Process | None = None

    @contextmanager
    def usage(self) -> Iterator[Usage]:
        """What is used until the block ends; the figures stand in the yielded object afterwards."""
        usage = Usage()
        before, worker_seconds = self._counters(), self._workers()
        yield usage
        workers_after = self._workers()
        shares = [workers_after.get(pid, start) - start for pid, start in worker_seconds.items()]
        spent = [after - start for after, start in zip(self._counters(), before, strict=True)]
        usage.application, database, usage.clients, usage.jobs, machine = spent
        usage.database = database if self.database else None
        usage.busiest = max(shares, default=0.0) / max(sum(shares), 0.01)
        usage.others = max(machine - usage.application - database - usage.clients - usage.jobs, 0.0)

    def _workers(self) -> dict[int, float]:
        return {worker.pid: tree_seconds(worker) for worker in workers(self.server)}

    def _counters(self) -> tuple[float, float, float, float, float]:
        own = psutil.Process().cpu_times()
        machine = psutil.cpu_times()
        return (
            tree_seconds(self.server),
            tree_seconds(self.database) if self.database else 0.0,
            own.user + own.system,
            tree_seconds(self.worker) if self.worker else 0.0,
            sum(machine) - machine.idle - machine.iowait - machine.guest - machine.guest_nice,
        )


def tree_seconds(root: psutil.Process) -> float:
    """CPU seconds of a process and all below it, those that have ended and been waited for included."""
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def workers(root: psutil.Process) -> list[psutil.Process]:
    """The processes that answer: those below the one we started which have none below them."""
    return [process for process in root.children(recursive=True) if not process.children()]


def memory(process: psutil.Process) -> dict[str, float]:
    """Megabytes: what the process shows (rss), and its fair part of what it shares with others (pss)."""
    full = process.memory_full_info()
    return {"rss": full.rss / MEGABYTE, "pss": getattr(full, "pss", full.rss) / MEGABYTE}


def postmaster(connection: Connection) -> psutil.Process | None:
    """PostgreSQL's first process, if it runs on this machine and we may look at it."""
    with suppress(psutil.Error):
        backend = psutil.Process(connection.info.backend_pid)
        parent = backend.parent()
        if backend.name().startswith("postgres") and parent and parent.name().startswith("postgres"):
            return parent
    return None
