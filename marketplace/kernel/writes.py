"""Many writes in one statement.

What an operation inserts and changes in several tables is gathered inside `together`, and sent at its end as
the parts of one statement: one round trip instead of one for each. Outside of it `insert` and `update` write
at once, so an operation need not know who gathers.

All parts see the rows as they were before the statement, and a unique index may meet them in any order. What
must find a row written beside it, such as an event's reactions, waits its turn with `then`; what must be
written first is parted from the rest by `flush`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import Case, QuerySet, Value, When
from django.db.models.constants import OnConflict
from django.db.models.functions import Cast
from django.db.models.sql import InsertQuery, UpdateQuery

# Sequences give no key twice; pairs, since nothing is promised of the order of the rows.
KEYS: Final = """
SELECT name, nextval(pg_get_serial_sequence(name, 'id')) FROM unnest(%s::text[]) AS name
"""

Values = Mapping[str, object]


@dataclass(frozen=True)
class _Part:
    sql: str
    params: Sequence[Any]
    # New rows that learn their keys.
    new: Sequence[models.Model] = ()
    rows: int = 0
    # What is raised where fewer rows were written.
    refuse: Callable[[], Exception] | None = None


@dataclass
class _Batch:
    parts: list[_Part] = field(default_factory=list)
    after: list[Callable[[], object]] = field(default_factory=list)

    def send(self) -> None:
        parts, after = self.parts, self.after
        self.parts, self.after = [], []
        if parts:
            _execute(parts)
        for run in after:
            run()


_gathering: ContextVar[_Batch | None] = ContextVar("gathering_writes", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Send what is written inside as one statement, at the end; nothing if it raises.

    Within another it adds to that. Raises what a refused `update` names, what the database refuses, and
    TransactionManagementError outside a transaction.
    """
    if _gathering.get() is not None:
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("writes are gathered inside a transaction")
    batch = _Batch()
    before = _gathering.set(batch)
    try:
        yield
    finally:
        _gathering.reset(before)
    batch.send()


def flush() -> None:
    """Send what is gathered so far, and do what waits for it."""
    batch = _gathering.get()
    if batch is None:
        return
    before = _gathering.set(None)
    try:
        batch.send()
    finally:
        _gathering.reset(before)


def then(run: Callable[[], object]) -> None:
    """Do this when what was written up to now is in the tables: at once, or after the statement."""
    batch = _gathering.get()
    if batch is None:
        run()
    else:
        batch.after.append(run)


def number(rows: Sequence[models.Model]) -> None:
    """Give new rows, of whatever tables, the keys they will have, ascending in each table. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [[row._meta.db_table for row in rows]])
        keys: dict[str, list[int]] = defaultdict(list)
        for table, key in cursor.fetchall():
            keys[table].append(key)
    ascending = {table: iter(sorted(each)) for table, each in keys.items()}
    for row in rows:
        row.pk = next(ascending[row._meta.db_table])


def insert(rows: Sequence[models.Model], *, unique: Sequence[str] = (), change: Sequence[str] = ()) -> None:
    """Insert rows of one table, as they are now; they learn their keys when they are written.

    Where a row of the same `unique` columns stands already, its columns `change` are written instead.
    """
    batch = _gathering.get()
    if not rows:
        return
    meta = rows[0]._meta
    if batch is None:
        meta.base_manager.bulk_create(
            rows,
            update_conflicts=bool(unique),
            unique_fields=unique or None,
            update_fields=change or None,
        )
        return
    for row in rows:
        # The keys of rows that were numbered after this one came to refer to them.
        row._prepare_related_fields_for_save(operation_name="insert")  # type: ignore[attr-defined]  # noqa: SLF001
    fields = [each for each in meta.local_concrete_fields if not each.primary_key or rows[0].pk is not None]
    query = InsertQuery(
        type(rows[0]),
        on_conflict=OnConflict.UPDATE if unique else None,
        unique_fields=[meta.get_field(name) for name in unique],
        update_fields=[meta.get_field(name) for name in change],
    )
    query.insert_values(fields, list(rows))
    ((sql, params),) = query.get_compiler(connection=connection).as_sql()
    batch.parts.append(_Part(sql, params, new=rows))


def update(
    queryset: QuerySet[Any],
    values: Values,
    *,
    rows: int = 0,
    refuse: Callable[[], Exception] | None = None,
) -> None:
    """Change the rows of a queryset over one table; raises `refuse()` where they are fewer than `rows`."""
    batch = _gathering.get()
    if batch is None:
        if queryset.update(**values) < rows and refuse is not None:
            raise refuse()
        return
    # The stubs do not know what chain() makes.
    query: Any = queryset.order_by().query.chain(UpdateQuery)
    query.add_update_values(dict(values))
    query.clear_select_clause()
    sql, params = query.get_compiler(connection=connection).as_sql()
    batch.parts.append(_Part(sql, params, rows=rows, refuse=refuse))


def send(sql: str, params: Sequence[Any]) -> None:
    """Send an INSERT or UPDATE in SQL, of one table whose rows have an `id`."""
    batch = _gathering.get()
    if batch is not None:
        batch.parts.append(_Part(sql, params))
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def save(rows: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Write these columns of rows of one table that the caller holds locked, each row its own values."""
    if not rows:
        return
    meta = rows[0]._meta
    values = {}
    for name in columns:
        column = meta.get_field(name)
        assert isinstance(column, models.Field)  # noqa: S101  # no relation from elsewhere
        each = [When(pk=row.pk, then=Value(getattr(row, column.attname), column)) for row in rows]
        values[name] = Cast(Case(*each, output_field=column), column)
    update(meta.base_manager.filter(pk__in=[row.pk for row in rows]), values)


def rewrite(
    rows: Sequence[models.Model], columns: Sequence[str], *, also: Values = MappingProxyType({})
) -> None:
    """Write these columns of rows of one table that the caller holds locked, each row its own values, and
    `also` the same in all of them. At once, and in one statement whose cost grows with the rows and not
    faster, as that of `save` does.
    """
    if not rows:
        return
    meta, quoted = rows[0]._meta, connection.ops.quote_name
    own, shared = _columns(rows[0], columns), _columns(rows[0], also)
    facts = [{"id": row.pk, **{name: getattr(row, each) for name, each, _ in own}} for row in rows]
    given = ", ".join(f"{quoted(name)} {kind}" for name, _, kind in own)
    changes = [
        *(f"{quoted(name)} = given.{quoted(name)}" for name, *_ in own),
        *(f"{quoted(name)} = %s" for name, *_ in shared),
    ]
    params: list[Any] = [*also.values(), json.dumps(facts, cls=DjangoJSONEncoder)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(meta.db_table)} AS here SET {', '.join(changes)} "  # noqa: S608  # names of our own
            f"FROM jsonb_to_recordset(%s::jsonb) AS given(id bigint, {given}) WHERE here.id = given.id",
            params,
        )


def _columns(row: models.Model, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Of each column its name in the table, that on the row, and its type."""
    found: list[Any] = [row._meta.get_field(name) for name in names]  # no relation from elsewhere
    return [(each.column, each.attname, each.db_type(connection)) for each in found]


def _execute(parts: Sequence[_Part]) -> None:
    texts = [f"part{place} AS ({part.sql} RETURNING id)" for place, part in enumerate(parts)]
    # Keys come from a sequence, so that they ascend as the rows do.
    keys = [f"ARRAY (SELECT id FROM part{place} ORDER BY id)" for place in range(len(parts))]  # noqa: S608  # ours
    sql = f"WITH {', '.join(texts)} SELECT {', '.join(keys)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for part in parts for value in part.params])
        written = cursor.fetchone()
    for part, found in zip(parts, written, strict=True):
        if len(found) < part.rows and part.refuse is not None:
            raise part.refuse()
        for row, key in zip(part.new, found, strict=bool(part.new)):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  # Django's own spelling
