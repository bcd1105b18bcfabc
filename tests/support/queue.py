"""The jobs that wait: to look at, and to run as a worker would."""

from typing import Any

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from marketplace.kernel.events import OCCASION


def queued() -> list[tuple[str, dict[str, Any]]]:
    """Each waiting job: the name of its function and its arguments, the oldest first.

    Without the name of the publication it came of, which is another one each time.
    """
    return [
        (name.rpartition(".")[2], {key: value for key, value in arguments.items() if key != OCCASION})
        for _, name, arguments in _waiting()
    ]


def run_queued() -> None:
    """Run what waits, and what that queues in turn, in this thread and transaction."""
    while waiting := _waiting():
        for key, name, arguments in waiting:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [key])
            app.tasks[name].func(**arguments)


def _waiting() -> list[tuple[int, str, dict[str, Any]]]:
    waiting = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return list(waiting.values_list("id", "task_name", "args"))
