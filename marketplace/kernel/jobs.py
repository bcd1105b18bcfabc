"""Jobs: work that happens after the transaction that asked for it, or not at all.

An app's jobs.py declares them; procrastinate keeps them in a table of the same database and workers take them
from there (`manage.py worker`). A job is deferred on Django's own connection: it commits with the rows that
need it and vanishes with them.

A job may run twice: its worker may die after the work and before the note that it is done. So each job looks
at the rows before it acts, or acts with a key that the other side knows again.
"""

import asyncio
import contextlib
import inspect
import logging
import os
import signal
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, ParamSpec, Union

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import JobDeferrer, Status
from procrastinate.manager import JobManager
from procrastinate.middleware import SyncCallNext
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.tasks import Task, configure_task
from procrastinate.worker import Worker
from typing_extensions import override

from marketplace.kernel import adjustable, clock

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 10
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)

# A worker reports every 10 s; one that has been silent this long is dead, and so is what it was doing.
SILENCE: Final = timedelta(seconds=30)

PRIMITIVES: Final = frozenset({int, str, bool, type(None)})

P = ParamSpec("P")


class WorkerDied(Exception):  # noqa: N818  # what happened to the job, in procrastinate's terms an exception
    """A worker stopped reporting while it ran a job."""


@dataclass(frozen=True)
class Backoff(BaseRetryStrategy):
    """Try again after 5 s, 10 s, 20 s ... at most an hour, and give up after so many attempts."""

    attempts: int = MOST_ATTEMPTS

    @override
    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """`job.attempts` counts the attempts before the one that failed just now."""
        if job.attempts + 1 >= self.attempts:
            return None
        return RetryDecision(retry_at=clock.now() + wait_after(job.attempts + 1))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts (1 or more)."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 30)), LONGEST_WAIT)


@dataclass(frozen=True)
class Job(Generic[P]):
    """A function that workers run. Calling it runs it here and now."""

    run: Callable[P, None]
    task: Task[..., None, ...]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.run(*args, **kwargs)

    @property
    def name(self) -> str:
        """The dotted path of the function; it stands in the table, so renaming orphans queued jobs."""
        return self.task.name

    def defer(self, *args: P.args, **kwargs: P.kwargs) -> int:
        """Queue it, with the open transaction; returns the key of the queued job."""
        return self._defer(self._named(args, kwargs))

    def defer_at(self, moment: datetime, *args: P.args, **kwargs: P.kwargs) -> int:
        """Queue it for a moment to come, with the open transaction."""
        return self._defer(self._named(args, kwargs), schedule_at=moment)

    def defer_once(self, waiting_as: str, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Queue it unless one waits under this name already; returns whether it was queued.

        Locks: waits for a transaction that has queued the same name and is still open. Take row locks first.
        """
        try:
            # A savepoint: the duplicate is found by a unique index, and its error would end the transaction.
            with transaction.atomic():
                self._defer(self._named(args, kwargs), queueing_lock=f"{self.name}:{waiting_as}")
        except exceptions.AlreadyEnqueued:
            return False
        return True

    def queued_with(self, arguments: dict[str, Any]) -> QueuedJob:
        """A row of the queue for it, unwritten."""
        return self._deferrer().make_new_job(**arguments)

    def _named(self, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, Any]:
        return dict(inspect.signature(self.run).bind(*args, **kwargs).arguments)

    def _defer(
        self,
        arguments: dict[str, Any],
        *,
        schedule_at: datetime | None = None,
        queueing_lock: str | None = None,
    ) -> int:
        return self._deferrer(schedule_at=schedule_at, queueing_lock=queueing_lock).defer(**arguments)

    def _deferrer(
        self, *, schedule_at: datetime | None = None, queueing_lock: str | None = None
    ) -> JobDeferrer:
        return configure_task(
            name=self.name,
            job_manager=_on_djangos_connection,
            queue=self.task.queue,
            lock=self.task.lock,
            queueing_lock=queueing_lock,
            schedule_at=schedule_at,
        )


def defer_all(calls: Sequence[tuple[Job[...], dict[str, Any]]]) -> None:
    """Queue jobs with their arguments, in this order and with the open transaction. One statement."""
    if calls:
        _on_djangos_connection.batch_defer_jobs([job.queued_with(arguments) for job, arguments in calls])


# Inside a worker procrastinate's own app speaks through another connection, and a job deferred there would
# outlive the transaction that is rolled back. So we always defer through Django's.
_on_djangos_connection = JobManager(DjangoConnector())


def job(
    *, attempts: int = MOST_ATTEMPTS, one_at_a_time: str | None = None
) -> Callable[[Callable[P, None]], Job[P]]:
    """Declare a function of an app's jobs.py as a job.

    Args:
        attempts: how often it is tried in all, when it raises or its worker dies.
        one_at_a_time: a name; jobs that share it never run at the same time.

    Its parameters are primitives (ids, texts, flags): rows are read anew when it runs.
    """

    def declare(function: Callable[P, None]) -> Job[P]:
        _check_parameters(function)
        task = app.task(
            retry=Backoff(attempts), lock=one_at_a_time, task_middleware=[_give_name_back, _refresh_settings]
        )(function)
        return Job(function, task)

    return declare


def periodic(cron: str) -> Callable[[Callable[[], None]], Job[[]]]:
    """Declare a function that workers run by the clock (cron syntax, UTC; a sixth field holds the seconds).

    Any number of workers run it once a tick; a tick is left out while the one before still waits.
    """

    def declare(function: Callable[[], None]) -> Job[[]]:
        name = f"{function.__module__}.{function.__qualname__}"

        def tick(timestamp: int) -> None:  # noqa: ARG001  # procrastinate names the tick, we look at the rows
            function()

        task = app.task(name=name, queueing_lock=name, task_middleware=[_refresh_settings])(tick)
        app.periodic(cron=cron)(task)
        return Job(function, task)

    return declare


def work(*, threads: int, grace: float, until_empty: bool) -> None:
    """Be a worker, until SIGTERM or SIGINT, or until no job is due.

    Side effects: runs jobs in so many threads, each with a database connection of its own that is closed and
    reopened as Django does between requests; reports every 10 s that it lives. When told to stop it takes no
    new job and lets running ones finish. A thread cannot be stopped, so after `grace` seconds the process
    ends with status 1 whatever runs, and what it was doing rolls back and is left to the sweep.
    """
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        asyncio.run(_work(threads, grace, until_empty=until_empty))


async def _work(threads: int, grace: float, *, until_empty: bool) -> None:
    loop = asyncio.get_running_loop()
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                # One at a time to the end: whoever looks while another runs misses what that one queues.
                concurrency=1 if until_empty else threads,
                wait=not until_empty,
                listen_notify=not until_empty,
                stalled_worker_timeout=SILENCE.total_seconds(),
                install_signal_handlers=False,
            )
        )

        def stop() -> None:
            # Cancelled once, procrastinate's worker takes no new job and waits for those that run.
            if not working.cancelling():
                working.cancel()
                loop.call_later(grace, _leave)

        # Windows has no such handlers: Ctrl-C ends the process there, and the sweep sees to the rest.
        with contextlib.suppress(NotImplementedError):
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await working


def _leave() -> None:
    logger.warning("jobs still run after the time of grace; they are left to the sweep")
    logging.shutdown()
    os._exit(1)


def retry_stalled(*, silence: timedelta = SILENCE) -> list[int]:
    """Give the jobs of dead workers to the living, or give them up; returns their keys.

    procrastinate leaves such a job `doing` for ever. Each counts as a failed attempt, so that a job that
    kills its workers ends after as many attempts as it has.
    """
    find = async_to_sync(_on_djangos_connection.get_stalled_jobs)
    stalled = find(seconds_since_heartbeat=silence.total_seconds())
    return [key for key in map(_settle, stalled) if key is not None]


def delete_finished(*, older_than: timedelta) -> None:
    """Delete jobs that succeeded or were cancelled so long ago. Failed ones stay for people to look at."""
    async_to_sync(_on_djangos_connection.delete_old_jobs)(
        nb_hours=int(older_than / timedelta(hours=1)), include_cancelled=True
    )


def _give_name_back(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:  # noqa: ARG001
    """Around each job: free the name it waited under, since a name is for those who wait.

    procrastinate keeps it. Put back after a failure, the job would then collide with the next one of its name
    and stay `doing` for as long as its worker lives.
    """
    if context.job.queueing_lock is not None and context.job.id is not None:
        _free_name(context.job.id)
    return call_next()


def _refresh_settings(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:  # noqa: ARG001
    """Before each job: what staff may have set meanwhile (adjustable.py)."""
    adjustable.refresh()
    return call_next()


def _free_name(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = %s", [key])


def _settle(stalled: QueuedJob) -> int | None:
    """Queue one stalled job anew or fail it; None when its worker was alive after all and finished it."""
    assert stalled.id is not None  # noqa: S101  # it was read from the table
    task = app.tasks.get(stalled.task_name)
    # A job that only newer workers know is theirs to judge.
    has_attempts_left = task is None or task.get_retry_exception(WorkerDied(), stalled) is not None
    try:
        with transaction.atomic():
            if has_attempts_left:
                _free_name(stalled.id)
                _on_djangos_connection.retry_job_by_id(stalled.id, clock.now())
            else:
                async_to_sync(_on_djangos_connection.finish_job)(stalled, Status.FAILED, delete_job=False)
    except exceptions.ConnectorException:
        return None
    logger.warning("stalled job %s: %s", stalled.id, "queued anew" if has_attempts_left else "failed")
    return stalled.id


def _check_parameters(function: Callable[..., None]) -> None:
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    for name, hint in hints.items():
        if not set(_members(hint)) <= PRIMITIVES:
            raise TypeError(
                f"{function.__qualname__}({name}): a job takes int, str, bool or None, not {hint}"
            )


def _members(hint: object) -> Iterable[object]:
    return typing.get_args(hint) if typing.get_origin(hint) in {Union, types.UnionType} else (hint,)
