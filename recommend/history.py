"""The purchases as the database has them: all at once, to build the matrix, and what has come and gone since.

Keys grow in the order rows are written, not in that in which they are committed, so no key can say what is
new. Each row bears its transaction instead, and PostgreSQL says which transactions a snapshot has not seen.
So nothing is missed, and what is read twice does no harm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
from django.db import connection

from recommend.matrix import Matrix, Numbers, assemble
from recommend.overlay import Bought, Gone

# The one definition of what breaks ties, in byte order: the reference of an import, else our own.
BUYER_REFERENCE: Final = "coalesce(nullif(profile.reference, ''), profile.uuid::text)"
PRODUCT_REFERENCE: Final = "coalesce(nullif(product.reference, ''), product.slug)"

# A file belongs to the rows it was built of. Tables that are emptied, restored or rewritten are other rows,
# and what a transaction is called there says nothing.
_HOME: Final = """
(SELECT system_identifier FROM pg_control_system()) || '/'
    || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/'
    || pg_relation_filenode('recommend_purchase')
"""

# A restored database counts transactions anew: rows of its future would be news for ever.
_DATE_BACK: Final = """
UPDATE recommend_purchase SET product_id = product_id
 WHERE transaction_number >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
_OWN: Final = "pg_current_xact_id_if_assigned()::text::bigint"
_MARK: Final = f"SELECT pg_current_snapshot()::text, {_OWN}, {_HOME}, now()"

_BUYERS: Final = f"""
COPY (
    SELECT profile.id, profile.reference, profile.uuid
      FROM accounts_billingprofile profile
     WHERE EXISTS (SELECT FROM recommend_purchase WHERE billing_profile_id = profile.id)
     ORDER BY {BUYER_REFERENCE} COLLATE "C", profile.uuid
) TO STDOUT
"""  # noqa: S608
_PRODUCTS: Final = f"""
COPY (
    SELECT product.id
      FROM catalog_product product
     WHERE EXISTS (SELECT FROM recommend_purchase WHERE product_id = product.id)
     ORDER BY {PRODUCT_REFERENCE} COLLATE "C", product.slug COLLATE "C"
) TO STDOUT
"""  # noqa: S608
_PAIRS: Final = (
    "COPY (SELECT billing_profile_id, product_id FROM recommend_purchase) TO STDOUT (FORMAT binary)"
)

# The index finds the few rows written since the oldest transaction that was open; of them, those not seen.
_NEWS: Final = f"""
SELECT 0, 0, coalesce({_OWN}, 0), pg_current_snapshot()::text, {_HOME}
UNION ALL
SELECT 1, billing_profile_id, product_id, '', ''
  FROM recommend_removal
 WHERE transaction_number >= %(oldest)s
   AND NOT pg_visible_in_snapshot(transaction_number::text::xid8, %(seen)s::pg_snapshot)
UNION ALL
SELECT 2, profile.id, purchase.product_id, profile.reference, profile.uuid::text
  FROM recommend_purchase purchase
  JOIN accounts_billingprofile profile ON profile.id = purchase.billing_profile_id
 WHERE purchase.transaction_number >= %(oldest)s
   AND NOT pg_visible_in_snapshot(purchase.transaction_number::text::xid8, %(seen)s::pg_snapshot)
"""  # noqa: S608

_HOW_MUCH: Final = f"""
SELECT CASE WHEN {_HOME} = %(home)s THEN
       (SELECT count(*) FROM recommend_removal
         WHERE transaction_number >= %(oldest)s
           AND NOT pg_visible_in_snapshot(transaction_number::text::xid8, %(seen)s::pg_snapshot))
     + (SELECT count(*) FROM recommend_purchase
         WHERE transaction_number >= %(oldest)s
           AND NOT pg_visible_in_snapshot(transaction_number::text::xid8, %(seen)s::pg_snapshot))
       END
"""  # noqa: S608

# What PostgreSQL's binary COPY writes: this header, a row of two keys each, and an end.
_HEADER: Final = 19
_ROW: Final = np.dtype(
    [("columns", ">i2"), ("size", ">i4"), ("buyer", ">i8"), ("other_size", ">i4"), ("product", ">i8")]
)
_CHUNK: Final = 1 << 22


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The moment of a copy.

    Attributes:
        seen: the snapshot, as PostgreSQL writes it: every transaction it does not see comes later.
        home: which database, and which rows of it.
        taken_at: when, by the clock of the database.
    """

    seen: str
    home: str
    taken_at: datetime


class News(NamedTuple):
    """What a snapshot has not seen.

    Attributes:
        seen: the snapshot that has.
        home: whose news they are.
        is_own: whether the open transaction has written something, so that its news may yet be undone.
    """

    seen: str
    home: str
    is_own: bool
    gone: list[Gone]
    bought: list[Bought]


def whole() -> tuple[Matrix, Mark]:
    """All purchases, and a moment before they were read.

    Five statements, not one snapshot: whatever happens between them is news to the mark, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DATE_BACK)
        cursor.execute(_MARK)
        seen, own, home, taken_at = cursor.fetchone()
    buyer_keys, references = [], []
    for key, reference, uuid in _rows(_BUYERS):
        buyer_keys.append(int(key))
        references.append(_sortable(reference, uuid))
    product_keys = [int(key) for (key,) in _rows(_PRODUCTS)]
    pairs = _numbered(_ByKey(buyer_keys), _ByKey(product_keys))
    matrix = assemble(buyer_keys=buyer_keys, references=references, product_keys=product_keys, pairs=pairs)
    return matrix, Mark(seen=_without(seen, own), home=home, taken_at=taken_at)


def news(seen: str) -> News:
    """What has come and gone since a snapshot. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, {"seen": seen, "oldest": _oldest(seen)})
        (_, _, own, now_seen, home), *rows = sorted(cursor.fetchall())
    return News(
        seen=_without(now_seen, own or None),
        home=home,
        is_own=own > 0,
        gone=[Gone(buyer, product) for kind, buyer, product, _, _ in rows if kind == 1],
        bought=[
            Bought(buyer, product, _sortable(*named)) for kind, buyer, product, *named in rows if kind == 2
        ],
    )


def how_much_news(mark: Mark) -> int | None:
    """How many purchases came or went since; None where the mark is of other rows. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MUCH, {"home": mark.home, "seen": mark.seen, "oldest": _oldest(mark.seen)})
        (count,) = cursor.fetchone()
    return None if count is None else int(count)


def _without(seen: str, own: int | None) -> str:
    """The snapshot without the open transaction, which it never lists, so that its writes are news to it."""
    oldest, end, open_then = seen.split(":")
    if own is None or own >= int(end):
        return seen
    numbers = sorted({own, *map(int, filter(None, open_then.split(",")))})
    return f"{min(own, int(oldest))}:{end}:{','.join(map(str, numbers))}"


def _oldest(seen: str) -> int:
    """The oldest transaction that was open then: all before it are seen."""
    return int(seen.partition(":")[0])


def _sortable(reference: str, uuid: str) -> bytes:
    """What sorts a buyer by BUYER_REFERENCE, then the UUID; no text of PostgreSQL's holds a zero byte."""
    return f"{reference}\0{uuid}".encode() if reference else uuid.encode()


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from copy.rows()


class _ByKey:
    """Numbers by primary key."""

    def __init__(self, keys: list[int]) -> None:
        self.keys = np.array(keys, np.int64)
        self.order = np.argsort(self.keys)

    def find(self, wanted: Any) -> tuple[Any, Any]:
        """The number of each of the wanted, and whether it has one."""
        if not len(self.keys):
            return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
        places = np.searchsorted(self.keys, wanted, sorter=self.order)
        numbers = self.order[places.clip(max=len(self.keys) - 1)]
        return numbers, self.keys[numbers] == wanted


def _numbered(buyers: _ByKey, products: _ByKey) -> tuple[Numbers, Numbers]:
    """The pairs by number; one whose buyer or product has none came later, and is news."""
    found: tuple[list[Numbers], list[Numbers]] = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for rows in _pairs():
        (buyer, is_buyer), (product, is_product) = buyers.find(rows["buyer"]), products.find(rows["product"])
        for column, numbers in zip(found, (buyer, product), strict=True):
            column.append(numbers[is_buyer & is_product].astype(np.int32))
    return np.concatenate(found[0]), np.concatenate(found[1])


def _pairs() -> Iterator[Any]:
    """The rows of purchases, some megabytes at a time."""
    waiting, skipped = bytearray(), _HEADER
    with connection.cursor() as cursor, cursor.copy(_PAIRS) as copy:
        for piece in copy:
            waiting += piece
            if len(waiting) >= _CHUNK:
                rows = (len(waiting) - skipped) // _ROW.itemsize
                yield np.frombuffer(bytes(waiting[skipped : skipped + rows * _ROW.itemsize]), _ROW)
                del waiting[: skipped + rows * _ROW.itemsize]
                skipped = 0
    # The end is two bytes, so never a row.
    yield np.frombuffer(bytes(waiting[skipped:]), _ROW, (len(waiting) - skipped) // _ROW.itemsize)
