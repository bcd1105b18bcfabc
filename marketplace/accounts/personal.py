"""What the apps above keep about a person, by a table this app reads and does not know.

Accounts stand below everything that is bought with them. So who exports or erases a person asks the table
that the setting PERSONAL_RECORDS names, one line for each kind of record, as events ask SUBSCRIPTIONS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.accounts.models import User


def nothing(user: User) -> None:
    """There is none of that for these records."""


@dataclass(frozen=True, kw_only=True)
class PersonalRecords:
    """One line of the table.

    Args:
        name: under which these records stand in an export.
        export: what is kept, as JSON can hold it.
        refuse: raises AccountInUse while the records still need the person; may lock.
        erase: takes the person out of the records, inside the transaction that erases the account.
    """

    name: str
    export: Callable[[User], Iterable[dict[str, Any]]]
    refuse: Callable[[User], None] = nothing
    erase: Callable[[User], None] = nothing


def table() -> tuple[PersonalRecords, ...]:
    """All lines, in the order in which they lock."""
    lines: tuple[PersonalRecords, ...] = import_string(settings.PERSONAL_RECORDS)
    return lines
