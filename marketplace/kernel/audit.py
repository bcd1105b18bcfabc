"""The record of every privileged change: who, what, when, before, after, why.

One append-only table (kernel_auditentry) for what people and the system do to things; moves between states
(states.py) are entries of it too. UPDATE, DELETE and TRUNCATE are refused by trigger.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.module_loading import import_string

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
        scope=_scope_of(subject),
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


def log_of(*scopes: str) -> models.QuerySet[AuditEntry]:
    """All that happened in these scopes, such as that of one vendor, newest first; one index answers it."""
    return AuditEntry.objects.filter(scope__in=scopes).exclude(scope="").order_by("-pk")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value that an entry tells of, before and after, as text; None where it tells nothing."""

    name: str
    before: str | None
    after: str | None


def changes(entry: AuditEntry) -> list[Change]:
    """What an entry says was changed, by name."""
    before: Mapping[str, object] = entry.before or {}
    after: Mapping[str, object] = entry.after or {}
    return [
        Change(name=name, before=_text(before, name), after=_text(after, name))
        for name in dict.fromkeys([*before, *after])
    ]


def told(entry: AuditEntry) -> str:
    """The changes in one line."""
    return "; ".join(
        f"{each.name}: {each.after}"
        if each.before is None
        else f"{each.name}: {each.before} → {each.after or 'none'}"
        for each in changes(entry)
    )


def _text(facts: Mapping[str, object], name: str) -> str | None:
    value = facts.get(name)
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _scope_of(subject: models.Model) -> str:
    """Whose matter it is: an app above says so, by the function that the setting AUDIT_SCOPE names."""
    scope_of: Callable[[models.Model], str] = import_string(settings.AUDIT_SCOPE)
    return scope_of(subject)
