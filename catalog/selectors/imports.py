"""Files that vendors brought, and their rows that were refused."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from catalog.models import ImportRow, ListingImport, TableFormat
from marketplace.kernel.sheets import lines, text_of
from vendors.models import Vendor

SHOWN: Final = 100
ROWS_A_PAGE: Final = 1_000
# What stands before the row as it came; an import passes these columns over.
TOLD: Final = ("error_row", "error_column", "error_code", "error_text")


def imports_of(vendor: Vendor) -> QuerySet[ListingImport]:
    """All imports of a vendor, newest first."""
    return ListingImport.objects.filter(vendor=vendor).order_by("-pk")


def refused(file: ListingImport) -> QuerySet[ImportRow]:
    """The rows of a file that were refused, in their order."""
    return ImportRow.objects.filter(file=file).exclude(code="").order_by("number")


def first_refused() -> QuerySet[ImportRow]:
    """The first of them, of any number of files at once."""
    return ImportRow.objects.exclude(code="").order_by("number")[:SHOWN]


def rejects(file: ListingImport) -> Iterator[str]:
    """The lines of a file of the refused rows: what is wrong with each, and the row as it came.

    Mended, it can be imported as it is. A page of rows is in memory at a time.
    """
    if file.format == TableFormat.CSV:
        return lines([*TOLD, *file.header], _cells(file))
    return _objects(file)


def _cells(file: ListingImport) -> Iterator[Sequence[object]]:
    for row in _pages(file):
        yield [row.number, row.column, row.code, row.fault, *map(text_of, row.cells)]


def _objects(file: ListingImport) -> Iterator[str]:
    for row in _pages(file):
        told = zip(TOLD, (str(row.number), row.column, row.code, row.fault), strict=True)
        cells = row.cells if isinstance(row.cells, Mapping) else {}
        yield json.dumps({**dict(told), **cells}, ensure_ascii=False) + "\n"


def _pages(file: ListingImport) -> Iterator[ImportRow]:
    after = 0
    while page := list(refused(file).filter(number__gt=after)[:ROWS_A_PAGE]):
        yield from page
        after = page[-1].number
