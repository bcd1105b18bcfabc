"""States and the moves between them, as tables.

An app declares one table for each status column, in its own module of decisions:

    VENDOR_MOVES = Transitions(VendorStatus, {
        VendorStatus.APPLIED: {VendorStatus.APPROVED, VendorStatus.REJECTED},
        VendorStatus.REJECTED: set(),
        ...
    })
    VENDOR_MOVES.move(vendor, VendorStatus.APPROVED, actor=user, reason="documents verified")

Only operations move a row, on one they hold locked. Each move is an audit entry (audit.py).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction

from marketplace.kernel import audit, clock, writes
from marketplace.kernel.errors import TransitionNotAllowed
from marketplace.kernel.models import AuditEntry

MOVED: Final = "moved"

State = TypeVar("State", bound=models.TextChoices)


@dataclass(frozen=True)
class Transitions(Generic[State]):
    """Which states a column knows, and which may follow each. A state that leads nowhere is an end."""

    states: type[State]
    moves: Mapping[State, Collection[State]]
    field: str = "status"

    def __post_init__(self) -> None:
        forgotten = [state.name for state in self.states if state not in self.moves]
        if forgotten:
            raise ValueError(f"the table of {self.states.__name__} does not mention {', '.join(forgotten)}")

    def allows(self, current: str, to: State) -> bool:
        """Whether a thing in this state may become that."""
        return to in self.moves[self.states(current)]

    def move(
        self,
        row: models.Model,
        to: State,
        *,
        actor: AbstractBaseUser | None,
        reason: str = "",
        note: str = "",
        also: Mapping[str, object] | None = None,
    ) -> None:
        """Move a row to another state and record it; the row in hand changes with the table.

        Other columns that change with the state, such as its date, are written along (`also`).

        Locks: none of its own. The caller holds the row by `lock()`; one that moved behind our back is not
        overwritten but refused.
        Raises TransitionNotAllowed, and TransactionManagementError outside a transaction.
        """
        self.move_all([row], to, actor=actor, reason=reason, note=note, also=also)

    def move_all(
        self,
        rows: Sequence[models.Model],
        to: State,
        *,
        actor: AbstractBaseUser | None,
        reason: str = "",
        note: str = "",
        also: Mapping[str, object] | None = None,
    ) -> None:
        """Move rows of one table in two statements, however many, or in those of `writes.together`; else like
        `move`.

        A refusal for one is a refusal for all. Where it comes of a row that moved behind our back others have
        been written: the caller lets the transaction end.
        """
        if not rows:
            return
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("a row is moved in one transaction with its record")
        states = [self.states(getattr(row, self.field)) for row in rows]
        refused = [current for current in states if not self.allows(current, to)]
        thing, current = str(rows[0]._meta.verbose_name), (refused or states)[0].value
        refuse = partial(TransitionNotAllowed, thing=thing, current=current, asked=to.value)
        if refused:
            raise refuse()
        self._update(rows, states, to, also or {}, refuse=refuse)
        with audit.gathered():
            for row, current in zip(rows, states, strict=True):
                audit.record(
                    actor=actor,
                    action=MOVED,
                    subject=row,
                    before={self.field: current.value},
                    after={self.field: to.value},
                    reason=reason,
                    note=note,
                )

    def as_markdown(self) -> str:
        """The table for the docs: one line a state."""
        leads_to = {
            state: [to.value for to in self.states if to in self.moves[state]] for state in self.states
        }
        lines = [f"| {state.value} | {', '.join(to) or 'nothing'} |" for state, to in leads_to.items()]
        return "\n".join(["| from | to |", "|---|---|", *lines])

    def _update(
        self,
        rows: Sequence[models.Model],
        states: Sequence[State],
        to: State,
        also: Mapping[str, object],
        *,
        refuse: Callable[[], Exception],
    ) -> None:
        """Write the moves, unless a row is not where it is in hand any more."""
        now = clock.now()
        stamps = {field.attname: now for field in rows[0]._meta.fields if getattr(field, "auto_now", False)}
        changes = {self.field: to, **stamps, **also}
        unmoved = rows[0]._meta.base_manager.filter(
            **{"pk__in": [row.pk for row in rows], f"{self.field}__in": set(states)}
        )
        writes.update(unmoved, changes, rows=len(rows), refuse=refuse)
        for row in rows:
            for name, value in changes.items():
                setattr(row, name, value)


def moves_of(row: models.Model) -> models.QuerySet[AuditEntry]:
    """The moves of a row, oldest first; `before` and `after` hold the column's values."""
    return audit.entries_of(row).filter(action=MOVED)
