"""Giving a setting another value, and taking it back: what is asked before, and what is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from marketplace.kernel import adjustable, audit, clock
from marketplace.kernel.adjustable import Adjustable
from marketplace.kernel.errors import InvalidInput, NotFound, SettingChanged
from marketplace.kernel.locking import lock_one
from marketplace.kernel.models import AdjustedSetting, AuditEntry
from marketplace.kernel.texts import prose

VIEW: Final = "kernel.view_adjustedsetting"
CHANGE: Final = "kernel.change_adjustedsetting"
ADJUSTED: Final = "kernel.setting_adjusted"
RESET: Final = "kernel.setting_reset"
LONGEST_REASON: Final = 4000


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A setting as it stands in the database.

    Attributes:
        value: what it is.
        is_adjusted: whether somebody gave it; else it is the file's.
        changed_at, changed_by: when and by whose address it was last given or taken back; None where never,
            and where the account is gone.
    """

    declared: Adjustable[Any]
    value: Any
    is_adjusted: bool = False
    changed_at: datetime | None = None
    changed_by: str | None = None

    @property
    def shown(self) -> str:
        """The value for people."""
        return self.declared.kind.show(self.value)

    @property
    def file_value(self) -> str:
        """The file's value for people."""
        return self.declared.kind.show(self.declared.default)


def standings() -> list[Standing]:
    """All settings, as the database has them at this moment; one statement."""
    rows = {row.name: row for row in _rows()}
    return [_standing(each, rows.get(name)) for name, each in adjustable.declared().items()]


def standing(name: str) -> Standing:
    """One of them. Raises NotFound. One statement."""
    return _standing(_declared(name), _rows().filter(name=name).first())


def outlook(now: Standing, value: object) -> list[str]:
    """What would follow if a setting were given this value now, None for the file's, in sentences.

    Raises InvalidInput.
    """
    each = now.declared
    return each.impact(now.value, each.default if value is None else _checked(each, value))


def history(name: str) -> "QuerySet[Any]":
    """The audit entries of a setting, newest first, each with the `actor_email` of who did it."""
    label = AdjustedSetting._meta.label
    keys = AdjustedSetting.objects.filter(name=name).values("pk")
    people = get_user_model().objects.filter(pk=OuterRef("actor_id"))
    entries = AuditEntry.objects.filter(subject_type=label, subject_id__in=keys).order_by("-pk")
    return entries.annotate(actor_email=Subquery(people.values("email")[:1]))


def adjust_setting(
    *, actor: AbstractBaseUser, name: str, value: object, expected: object, reason: str
) -> AdjustedSetting:
    """Give a setting another value, for every process within seconds.

    Args:
        expected: what the one who decides saw; where it is something else by now, nothing is changed.
        reason: in their own words; kept with the entry.

    Locks the setting; audited with the value before and after. What was decided under the old value stays as
    it was decided.
    Raises NotFound for who may not and for what there is not, InvalidInput, SettingChanged.
    """
    each = _permitted(actor, name)
    given = _checked(each, value)
    return _write(each, given, actor=actor, action=ADJUSTED, expected=expected, reason=reason)


def reset_setting(*, actor: AbstractBaseUser, name: str, expected: object, reason: str) -> AdjustedSetting:
    """Let the file's value hold again. As `adjust_setting`; InvalidInput where it holds already."""
    each = _permitted(actor, name)
    return _write(each, None, actor=actor, action=RESET, expected=expected, reason=reason)


def _write(
    each: Adjustable[Any],
    given: object,
    *,
    actor: AbstractBaseUser,
    action: str,
    expected: object,
    reason: str,
) -> AdjustedSetting:
    """Keep a value, or None for the file's."""
    note = prose(reason, field="reason", longest=LONGEST_REASON, shortest=1)
    with transaction.atomic():
        AdjustedSetting.objects.bulk_create([AdjustedSetting(name=each.name)], ignore_conflicts=True)
        row = lock_one(AdjustedSetting.objects.filter(name=each.name))
        before = _standing(each, row)
        if _plain(before.value) != _plain(expected):
            raise SettingChanged(setting=each.label, value=before.shown)
        if given is None and not before.is_adjusted:
            raise InvalidInput(field="value", reason="The file's value holds already.")
        if given is not None and _plain(given) == _plain(before.value):
            raise InvalidInput(field="value", reason="This is its value already.")
        row.value, row.changed_at = _plain(given), clock.now()
        row.save(update_fields=["value", "changed_at"])
        after = each.default if given is None else given
        audit.record(
            actor=actor,
            action=action,
            subject=row,
            before={each.name: _plain(before.value)},
            after={each.name: _plain(after)},
            note=note,
        )
        transaction.on_commit(partial(adjustable.forget), robust=True)
    return row


def _permitted(actor: AbstractBaseUser, name: str) -> Adjustable[Any]:
    if not (isinstance(actor, PermissionsMixin) and actor.has_perm(CHANGE)):
        raise NotFound(thing="setting", field="name")
    return _declared(name)


def _declared(name: str) -> Adjustable[Any]:
    each = adjustable.declared().get(name)
    if each is None:
        raise NotFound(thing="setting", field="name")
    return each


def _checked(each: Adjustable[Any], value: object) -> Any:
    try:
        return each.kind.read(value)
    except ValueError as fault:
        raise InvalidInput(field="value", reason=str(fault)) from fault


def _standing(each: Adjustable[Any], row: AdjustedSetting | None) -> Standing:
    if row is None:
        return Standing(declared=each, value=each.default)
    facts: Mapping[str, Any] = {"changed_at": row.changed_at, "changed_by": getattr(row, "changed_by", None)}
    try:
        if row.value is not None:
            return Standing(declared=each, value=each.kind.read(row.value), is_adjusted=True, **facts)
    except ValueError:
        pass  # declared more narrowly by now: the file's value holds (adjustable.py)
    return Standing(declared=each, value=each.default, **facts)


def _rows() -> "QuerySet[AdjustedSetting]":
    entries = AuditEntry.objects.filter(
        subject_type=AdjustedSetting._meta.label, subject_id=OuterRef("pk")
    ).order_by("-pk")
    last = Subquery(entries.values("actor_id")[:1])
    people = get_user_model().objects.filter(pk=OuterRef("last_actor"))
    named = AdjustedSetting.objects.annotate(last_actor=last)
    return named.annotate(changed_by=Subquery(people.values("email")[:1]))


def _plain(value: object) -> Any:
    """A value as JSON holds it."""
    return list(value) if isinstance(value, tuple) else value
