"""Our connections: keyset pages over any total order, bounded, with cursors that cannot be misused.

The technique is strawberry-django's cursor connection: a page is a WHERE on the order's columns, no OFFSET.
We build on its parts, and add what it lacks: a default page and a cap, refusal of both directions at once,
page flags that are right on page two, a total that is counted only when asked and stops at 10,000, and
cursors sealed with the order they belong to, so that a foreign or invented one is refused with a code.

A connection below a list (a product's variants) is prefetched whole by the optimizer, for all parents in
one statement, and paged here in memory; give connections that may grow large a resolver of their own.
"""

import base64
import dataclasses
import hmac
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Self, TypeAlias

import strawberry
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, OrderBy, QuerySet
from strawberry import relay
from strawberry.relay.utils import should_resolve_list_connection_edges
from strawberry_django.relay.cursor_connection import (
    OrderedCollectionCursor,
    OrderingDescriptor,
    annotate_ordering_fields,
    build_tuple_compare,
)
from strawberry_django.relay.utils import resolve_edge_class
from typing_extensions import override

from marketplace.api.errors import RequestError
from marketplace.api.limits import PAGE, refuse_above

SEAL_BYTES = 9
LONGEST_CURSOR = 4_000

Nodes: TypeAlias = "QuerySet[Any] | list[Any]"


@strawberry.type(name="Connection", description="A page of a list, and what is needed to get the next.")
class Connection(relay.Connection[relay.NodeType]):
    """A page over a queryset or over rows in memory; `nodes` is the whole list. Subclasses may add fields."""

    COUNT_CAP: ClassVar[int] = 10_000

    nodes: strawberry.Private["Nodes"]

    @strawberry.field(description="How many there are in all, counted up to 10,000.")  # type: ignore[untyped-decorator]
    def total_count(self) -> int:
        return min(self.counted, self.COUNT_CAP)

    @strawberry.field(description="Whether there are more than totalCount says.")  # type: ignore[untyped-decorator]
    def is_capped(self) -> bool:
        return self.counted > self.COUNT_CAP

    @cached_property
    def counted(self) -> int:
        """How many there are, up to one more than the cap; asked once."""
        rows = _in_memory(self.nodes)
        return len(rows) if isinstance(rows, list) else rows.order_by()[: self.COUNT_CAP + 1].count()

    @override
    @classmethod
    def resolve_connection(  # type: ignore[override]  # ours is synchronous
        cls,
        nodes: "Nodes",
        *,
        info: strawberry.Info,
        before: str | None = None,
        after: str | None = None,
        first: int | None = None,
        last: int | None = None,
        **kwargs: Any,
    ) -> Self:
        """The page of `nodes`; raises RequestError for sizes and cursors that cannot be used."""
        size = _page_size(first, last)
        if not should_resolve_list_connection_edges(info):
            return cls._page(nodes, [], _Window(size=0, backwards=False, after=None, before=None))
        window = _Window(size=size, backwards=last is not None, after=after, before=before)
        rows = _in_memory(nodes)
        found = window.of_rows(rows) if isinstance(rows, list) else window.of_queryset(rows)
        return cls._page(nodes, found, window)

    @classmethod
    def _page(cls, nodes: "Nodes", found: list[tuple[str, Model]], window: "_Window") -> Self:
        more = len(found) > window.size
        found = found[: window.size]
        if window.backwards:
            found.reverse()
        edge = resolve_edge_class(cls)
        edges = [edge(cursor=cursor, node=row) for cursor, row in found]
        return cls(
            nodes=nodes,
            edges=edges,
            page_info=relay.PageInfo(
                # The row a cursor was taken from is itself a row on the other side of the page.
                has_next_page=window.before is not None if window.backwards else more,
                has_previous_page=more if window.backwards else window.after is not None,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
        )


class _Window:
    """Which rows of an ordered list are asked for; it answers one row more, to tell if there are others."""

    def __init__(self, *, size: int, backwards: bool, after: str | None, before: str | None) -> None:
        self.size = size
        self.backwards = backwards
        self.after = after
        self.before = before

    def of_queryset(self, queryset: "QuerySet[Any]") -> list[tuple[str, Model]]:
        ordered, descriptors, _ = annotate_ordering_fields(queryset)
        descriptors = [_with_nulls_placed(each) for each in descriptors]
        order = order_name(queryset, descriptors)
        for cursor, is_before in ((self.after, False), (self.before, True)):
            if cursor is not None:
                values = _column_values(unseal(cursor, order), descriptors)
                ordered = ordered.filter(build_tuple_compare(descriptors, values, is_before))
        if self.backwards:
            ordered = ordered.reverse()
        return [
            (seal(OrderedCollectionCursor.from_model(row, descriptors).field_values, order), row)
            for row in ordered[: self.size + 1]
        ]

    def of_rows(self, rows: Sequence[Model]) -> list[tuple[str, Model]]:
        order = "in memory"
        keys = [str(row.pk) for row in rows]
        start, end = 0, len(rows)
        if self.after is not None:
            start = _position(keys, unseal(self.after, order)) + 1
        if self.before is not None:
            end = _position(keys, unseal(self.before, order))
        window = rows[start:end]
        window = list(reversed(window)) if self.backwards else window
        return [(seal([str(row.pk)], order), row) for row in window[: self.size + 1]]


def _in_memory(nodes: Nodes) -> Nodes:
    """The rows themselves where they are at hand, given as a list or prefetched by the optimizer."""
    if isinstance(nodes, list) or nodes._result_cache is None:  # noqa: SLF001  # Django has no public name
        return nodes
    return list(nodes)


def seal(values: Sequence[str | None], order: str) -> str:
    """A cursor: the row's place in the order, sealed with the order's name."""
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_seal_of(text, order) + text).decode().rstrip("=")


def unseal(cursor: str, order: str) -> list[str | None]:
    """The place a cursor of this order names; raises RequestError for anything we did not seal."""
    problem = RequestError("BAD_CURSOR", "This cursor does not belong to this list and order.")
    if len(cursor) > LONGEST_CURSOR:
        raise problem
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
    except ValueError:
        raise problem from None
    text = raw[SEAL_BYTES:]
    if not hmac.compare_digest(raw[:SEAL_BYTES], _seal_of(text, order)):
        raise problem
    values: list[str | None] = json.loads(text)
    return values


def _seal_of(text: bytes, order: str) -> bytes:
    key = f"cursor:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, order.encode() + b"\0" + text, "sha256")[:SEAL_BYTES]


def order_name(queryset: "QuerySet[Any]", descriptors: Sequence[OrderingDescriptor]) -> str:
    """What PostgreSQL is told to order by: the same in every process, and another for another search."""
    compiler = queryset.query.get_compiler(using=queryset.db)
    return repr([compiler.compile(each.order_by) for each in descriptors])


def _with_nulls_placed(descriptor: OrderingDescriptor) -> OrderingDescriptor:
    """What PostgreSQL does unasked: in descending order nulls come first. The library compares as if last."""
    order = descriptor.order_by
    if not order.descending or order.nulls_first or order.nulls_last:
        return descriptor
    return dataclasses.replace(
        descriptor, order_by=OrderBy(order.expression, descending=True, nulls_first=True)
    )


def _column_values(values: Sequence[str | None], descriptors: Sequence[OrderingDescriptor]) -> list[Any]:
    try:
        return [
            None if value is None else _column(each).to_python(value)
            for value, each in zip(values, descriptors, strict=True)
        ]
    except (ValidationError, ValueError) as fault:
        raise RequestError("BAD_CURSOR", "This cursor does not belong to this list and order.") from fault


def _column(descriptor: OrderingDescriptor) -> Any:
    return descriptor.order_by.expression.output_field  # type: ignore[union-attr]  # resolved: no bare F


def _position(keys: list[str], values: Sequence[str | None]) -> int:
    if len(values) == 1 and values[0] in keys:
        return keys.index(str(values[0]))
    raise RequestError("BAD_CURSOR", "The row this cursor names is gone.")


def _page_size(first: int | None, last: int | None) -> int:
    if first is not None and last is not None:
        raise RequestError("BAD_PAGE", "Ask for `first` or `last`, not for both.")
    size = first if first is not None else last
    if size is None:
        return PAGE
    if size < 0:
        raise RequestError("BAD_PAGE", "A page has no negative size.")
    refuse_above("PAGE_TOO_LARGE", size)
    return size
