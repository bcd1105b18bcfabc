"""Processes that are killed in the middle of their work: SIGKILL, at a statement of theirs.

The point is named by words of the statement; the process dies before it is sent or after it was answered.
Before the first statement of a step is as good as after the commit of the step before.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from checkout.models import Cart
from checkout.operations.place import place_order
from checkout.operations.settle import settle_payment
from marketplace import env
from marketplace.kernel import database
from tests.support.payments import receive_all

PROGRAM: Final = """
import sys, django
django.setup()
from tests.support import faults
faults.work(sys.argv[1])
"""
PATIENCE: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Where a process dies: at the first statement that holds all these words."""

    words: tuple[str, ...]
    is_after: bool = False


def run(action: str, fault: Fault, **arguments: Any) -> bool:
    """Run an action in a process of its own; whether it was killed at the fault."""
    plan = json.dumps({"action": action, "arguments": arguments, "fault": asdict(fault)})
    server = env.current().database_url or ""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", PROGRAM, plan],
        cwd=env.PROJECT_DIR,
        env=env.inherited(DATABASE_URL=database.address(server, connection.settings_dict["NAME"])),
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode == -signal.SIGKILL


def work(text: str) -> None:
    """What the process does."""
    plan = json.loads(text)
    fault = Fault(words=tuple(plan["fault"]["words"]), is_after=plan["fault"]["is_after"])

    def watch(connection: BaseDatabaseWrapper, **_: object) -> None:
        connection.execute_wrappers.append(_killer(fault))

    connection_created.connect(watch)
    ACTIONS[plan["action"]](**plan["arguments"])


def _killer(fault: Fault) -> Callable[..., Any]:
    def execute(send: Callable[..., Any], sql: str, *others: Any) -> Any:
        is_here = all(word in sql for word in fault.words)
        if is_here and not fault.is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(sql, *others)
        if is_here:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return execute


def _place(cart: int, key: str) -> None:
    place_order(cart=Cart.objects.get(pk=cart), idempotency_key=key)


def _settle(ref: str) -> None:
    settle_payment(provider="sandbox", ref=ref)


def _webhook() -> None:
    receive_all()


def _worker() -> None:
    call_command("worker", "--until-empty")


ACTIONS: Final[Mapping[str, Callable[..., None]]] = {
    "place": _place,
    "settle": _settle,
    "webhook": _webhook,
    "worker": _worker,
}
