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

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction

from marketplace.kernel import audit, clock
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
    ) -> None:
        """Move a row to another state and record it; the row in hand changes with the table.

        Locks: none of its own. The caller holds the row by `lock()`; one that moved behind our back is not
        overwritten but refused.
        Raises TransitionNotAllowed, and TransactionManagementError outside a transaction.
        """
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("a row is moved in one transaction with its record")
        current = self.states(getattr(row, self.field))
        if not self.allows(current, to) or not self._update(row, current, to):
            thing = str(row._meta.verbose_name)
            raise TransitionNotAllowed(thing=thing, current=current.value, asked=to.value)
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

    def _update(self, row: models.Model, current: State, to: State) -> bool:
        now = clock.now()
        stamps = {field.attname: now for field in row._meta.fields if getattr(field, "auto_now", False)}
        changes = {self.field: to, **stamps}
        unmoved = row._meta.base_manager.filter(**{"pk": row.pk, self.field: current})
        if unmoved.update(**changes) == 0:
            return False
        for name, value in changes.items():
            setattr(row, name, value)
        return True


def moves_of(row: models.Model) -> models.QuerySet[AuditEntry]:
    """The moves of a row, oldest first; `before` and `after` hold the column's values."""
    return audit.entries_of(row).filter(action=MOVED)
