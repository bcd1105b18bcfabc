"""The record of every privileged change: who, what, when, before, after, why.

One append-only table (kernel_auditentry) for what people and the system do to things; moves between states
(states.py) are entries of it too. UPDATE, DELETE and TRUNCATE are refused by trigger.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from marketplace.kernel import writes
from marketplace.kernel.models import AuditEntry

Facts = Mapping[str, object]

_key: ContextVar[int | None] = ContextVar("key", default=None)
_gathering: ContextVar[list[AuditEntry] | None] = ContextVar("gathering", default=None)


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject: models.Model,
    before: Facts | None = None,
    after: Facts | None = None,
    reason: str = "",
    note: str = "",
) -> AuditEntry:
    """Write one entry, in the transaction of what it records.

    Args:
        actor: the user who did it; None for the system.
        action: a verb in the past with its app, such as "vendors.member_removed".
        subject: what it was done to, saved already.
        before, after: the values that changed, as JSON can hold them; money in minor units.
        reason: a short code or phrase; what a person wrote goes to `note`.

    Nothing secret and no personal text belongs here: what is written stays.
    """
    entry = AuditEntry(
        actor_id=None if actor is None else actor.pk,
        key_id=_key.get(),
        action=action,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        before=before,
        after=after,
        reason=reason,
        note=note,
    )
    gathering = _gathering.get()
    if gathering is None:
        entry.save()
    else:
        gathering.append(entry)
    return entry


@contextmanager
def by_key(key_id: int) -> Iterator[None]:
    """Write down with all that is recorded inside that a program did it, with this API key; the actor answers
    for it.
    """
    before = _key.set(key_id)
    try:
        yield
    finally:
        _key.reset(before)


@contextmanager
def gathered() -> Iterator[None]:
    """Write what is recorded inside in one statement, at the end; nothing if it raises.

    For an operation that changes several things, inside its transaction. Within another it adds to that.
    """
    if _gathering.get() is not None:
        yield
        return
    entries: list[AuditEntry] = []
    before = _gathering.set(entries)
    try:
        yield
    finally:
        _gathering.reset(before)
    writes.insert(entries)


def entries_of(subject: models.Model) -> models.QuerySet[AuditEntry]:
    """What happened to a thing, oldest first."""
    return AuditEntry.objects.filter(subject_type=subject._meta.label, subject_id=subject.pk)
