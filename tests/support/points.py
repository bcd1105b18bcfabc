"""Points in the middle of a process's work, and what strikes there: SIGKILL, at a statement it sends.

A point is named by words of the statement; the blow falls before it is sent or after it was answered. Before
the first statement of a step is as good as after the commit of the step before. Nothing here needs Django to
be set up, so that a process can listen from its first breath.
"""

import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Where a process dies: at the first statement that holds all these words, with these values."""

    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    is_after: bool = False

    def is_at(self, sql: str, parameters: object) -> bool:
        """Whether this is the statement."""
        given = " ".join(map(str, parameters)) if isinstance(parameters, tuple | list) else str(parameters)
        return all(word in sql for word in self.words) and all(value in given for value in self.values)


def read(fields: dict[str, Any]) -> Fault:
    """A fault that came as JSON."""
    return Fault(words=tuple(fields["words"]), values=tuple(fields["values"]), is_after=fields["is_after"])


def install(wrapper: Callable[..., Any]) -> None:
    """Let every statement of every connection to come go through it."""

    def watch(connection: BaseDatabaseWrapper, **_: object) -> None:
        connection.execute_wrappers.append(wrapper)

    connection_created.connect(watch, weak=False)


def die_at(fault: Fault) -> None:
    """Let this process end at the point."""
    install(partial(_pass, fault=fault, strike=partial(os.kill, os.getpid(), signal.SIGKILL)))


def order(path: Path, fault: Fault, *, where: str, victim: int) -> None:
    """Whichever process listens there under the name `where` kills the victim's process group at the point.

    Once: the order is taken away with the blow, so a process that is started again works on.
    """
    text = json.dumps({"fault": asdict(fault), "where": where, "victim": victim})
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)


def listen(path: str, name: str) -> None:
    """Obey orders from now on, and in the processes forked from this one."""
    install(partial(_obey, path=Path(path), name=name))


def _obey(send: Callable[..., Any], sql: str, params: object, *others: Any, path: Path, name: str) -> Any:
    try:
        plan = json.loads(path.read_text())
    except FileNotFoundError:
        return send(sql, params, *others)
    if plan["where"] != name:
        return send(sql, params, *others)
    strike = partial(_strike_once, path, plan["victim"])
    return _pass(send, sql, params, *others, fault=read(plan["fault"]), strike=strike)


def _strike_once(path: Path, victim: int) -> None:
    with suppress(FileNotFoundError):
        path.rename(path.with_suffix(".done"))
        os.killpg(victim, signal.SIGKILL)


def _pass(
    send: Callable[..., Any],
    sql: str,
    params: object,
    *others: Any,
    fault: Fault,
    strike: Callable[[], None],
) -> Any:
    is_here = fault.is_at(sql, params)
    if is_here and not fault.is_after:
        strike()
    answer = send(sql, params, *others)
    if is_here and fault.is_after:
        strike()
    return answer
