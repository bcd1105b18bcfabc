"""A statement as a table for spreadsheets."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from marketplace.kernel import sheets
from marketplace.kernel.money import Money
from payouts.models import Statement
from payouts.statements.figures import Component, Row

HEAD: Final = (
    "Recorded at (UTC)",
    "Occurred at (UTC)",
    "What",
    "Order",
    *(each.value.replace("_", " ").capitalize() for each in Component),
    "Amount",
    "Balance",
    "Currency",
    "Reference",
)


def lines(statement: Statement, rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the table: what stood there before, what came and went, and what stood there after."""
    yield from sheets.lines(HEAD, _table(statement, rows))


def _table(statement: Statement, rows: Iterable[Row]) -> Iterator[Sequence[object]]:
    yield _edge(statement.starts_at, "opening", statement.opening)
    for row in rows:
        yield (
            _at(row.recorded_at),
            _at(row.occurred_at),
            row.kind,
            row.order_number,
            *(_amount(row.components.get(each)) for each in Component),
            row.amount.to_decimal(),
            row.balance.to_decimal(),
            row.amount.currency,
            row.reference,
        )
    yield _edge(statement.ends_at, "closing", statement.closing)


def _edge(moment: datetime, name: str, balance: Money) -> Sequence[object]:
    nothing = ("",) * len(Component)
    return (_at(moment), "", name, "", *nothing, "", balance.to_decimal(), balance.currency, "")


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _amount(money: Money | None) -> object:
    return "" if money is None else money.to_decimal()
