"""The rows of a file in a table, in the order in which they are applied."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from catalog.imports import reading
from catalog.imports.cells import LONGEST_HANDLE, LONGEST_SKU, Texts, text
from catalog.imports.columns import LISTING_COLUMNS, STOCK_COLUMNS, guessed
from catalog.imports.faults import Fault, FaultCode
from catalog.imports.reading import Record
from catalog.models import ImportChunk, ImportKind, ImportRow, ListingImport, TableFormat
from marketplace.kernel.locking import lock_one
from marketplace.kernel.sheets import text_of

ROWS_A_COPY: Final = 2_000
COPY: Final = """
COPY catalog_importrow (file_id, number, place, sku, handle, cells, code, "column", fault) FROM STDIN
"""
# The second row with a SKU is refused: the first one counts.
DOUBLE: Final = """
UPDATE catalog_importrow AS double SET code = %(code)s, "column" = 'sku'
FROM (SELECT id, row_number() OVER (PARTITION BY sku ORDER BY number) AS nth
      FROM catalog_importrow WHERE file_id = %(file)s AND code = '') AS each
WHERE double.id = each.id AND nth > 1
"""
# Rows of a product that stand apart are brought together.
GROUP: Final = """
UPDATE catalog_importrow AS row SET place = ranked.place
FROM (SELECT id, row_number() OVER (ORDER BY first, number) AS place
      FROM (SELECT id, number,
                   min(number) OVER (PARTITION BY coalesce(nullif(handle, ''), id::text)) AS first
            FROM catalog_importrow WHERE file_id = %(file)s AND code = '') AS each) AS ranked
WHERE row.id = ranked.id AND row.place <> ranked.place
"""


def stage(file: ListingImport) -> ListingImport:
    """Write all rows of a file down, in one transaction: all of them or none. Locks the import.

    The memory it takes depends on the longest row, not on the file.
    """
    with transaction.atomic():
        file = lock_one(ListingImport.objects.filter(pk=file.pk))
        if file.rows is not None:
            return file
        found = _staged(file)
        count = 0
        while batch := list(islice(found, ROWS_A_COPY)):
            count += len(batch)
            with connection.cursor() as cursor, cursor.copy(COPY) as copy:
                for row in batch:
                    copy.write_row(row)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE catalog_importrow")
            cursor.execute(DOUBLE, {"file": file.pk, "code": FaultCode.DUPLICATE_SKU.value})
            cursor.execute(GROUP, {"file": file.pk})
        file.rows = count
        file.failed = ImportRow.objects.filter(file=file).exclude(code="").count()
        file.save(update_fields=["rows", "failed"])
        ImportChunk.objects.filter(file=file).delete()
    return file


def texts_of(file: ListingImport, cells: Any) -> dict[str, str]:
    """The cells of a row by what they stand for."""
    if isinstance(cells, Mapping):
        known = LISTING_COLUMNS if file.kind == ImportKind.LISTINGS else STOCK_COLUMNS
        said = dict(zip(file.header, file.columns, strict=True))
        named = {said.get(name.strip(), guessed(name, known)): cell for name, cell in cells.items()}
    else:
        named = {column: text_of(cell) for column, cell in zip(file.columns, cells, strict=True)}
    named.pop("", None)
    return named


def _staged(file: ListingImport) -> Iterator[tuple[object, ...]]:
    """The rows as the table has them."""
    if file.format == TableFormat.CSV:
        records = reading.lines_of_csv(_chunks(file), file.separator)
        next(records)
    else:
        records = reading.lines_of_json(_chunks(file))
    for record in records:
        sku, handle, fault = _named(file, record)
        code, column, words = ("", "", "") if fault is None else (fault.code.value, fault.column, fault.words)
        cells = json.dumps(record.cells if isinstance(record.cells, Mapping) else list(record.cells))
        yield file.pk, record.number, record.number, sku, handle, cells, code, column, words


def _chunks(file: ListingImport) -> Iterator[bytes]:
    place = 0
    while (chunk := ImportChunk.objects.filter(file=file, place=place).first()) is not None:
        yield bytes(chunk.content)
        place += 1


def _named(file: ListingImport, record: Record) -> tuple[str, str, Fault | None]:
    """The SKU and the handle of a row, or what is the matter with it."""
    if record.code is not None:
        return "", "", Fault(_column(file, record), record.code)
    texts: Texts = texts_of(file, record.cells)
    try:
        sku = text(texts.get("sku", ""), "sku", longest=LONGEST_SKU)
        handle = text(texts.get("product", ""), "product", longest=LONGEST_HANDLE, is_needed=False)
    except Fault as fault:
        return "", "", fault
    return sku, handle, None


def _column(file: ListingImport, record: Record) -> str:
    """What the column at fault is called in the file."""
    if isinstance(record.place, int) and record.place < len(file.header):
        return file.columns[record.place] or file.header[record.place]
    return record.place if isinstance(record.place, str) else ""
