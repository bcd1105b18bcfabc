"""A file as it comes: looked at, and kept until a worker has read it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from django.db import IntegrityError, transaction

from catalog.events import ListingImportStarted
from catalog.imports import reading
from catalog.imports.columns import LISTING_COLUMNS, MOST_COLUMNS, STOCK_COLUMNS, meanings
from catalog.models import ImportChunk, ImportKind, ImportStatus, ListingImport, TableFormat
from marketplace.accounts.models import User
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from vendors.models import Vendor

LARGEST_FILE: Final = 50 * 1024 * 1024
KNOWN: Final = {ImportKind.LISTINGS: LISTING_COLUMNS, ImportKind.STOCK: STOCK_COLUMNS}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What shall be done with a file.

    Attributes:
        columns: what some names of its header stand for, "" for nothing; the rest is guessed.
        is_dry_run: read and check it all, and change nothing.
        is_again: apply it although the same file came before.
        tax_categories: the words by which rules of tax know goods.
    """

    kind: ImportKind = ImportKind.LISTINGS
    columns: Sequence[tuple[str, str]] = ()
    is_dry_run: bool = False
    is_again: bool = False
    tax_categories: Sequence[str] = ()


def start_import(
    *, vendor: Vendor, content: bytes, wish: Wish, actor: User | None
) -> tuple[ListingImport, bool]:
    """Keep a file and have it read; whether it is one that came before, and nothing is done.

    The same file under the same wish comes to the import it came to before, unless that failed, or it is
    wished `again`. Raises InvalidInput for a file without rows, one that is too large, and columns that
    cannot be. Publishes ListingImportStarted.
    """
    if len(content) > LARGEST_FILE:
        raise InvalidInput(field="file", reason=f"The limit is {LARGEST_FILE // 1024**2} MB.")
    file = _looked_at(content, wish)
    file.vendor, file.actor = vendor, actor
    before = None if wish.is_dry_run or wish.is_again else _before(file)
    if before is not None:
        return before, True
    try:
        with transaction.atomic():
            file.save()
            for place, chunk in enumerate(reading.recoded(content)):
                ImportChunk.objects.create(file=file, place=place, content=chunk)
            publish(ListingImportStarted(import_id=file.pk))
    except IntegrityError:
        # The same file came twice at once.
        before = _before(file)
        if before is None:
            raise
        return before, True
    return file, False


def _looked_at(content: bytes, wish: Wish) -> ListingImport:
    """The file's row, unsaved, with what its beginning tells."""
    begins = reading.first_line(reading.recoded(content))
    if not begins.strip():
        raise InvalidInput(field="file", reason="The file is empty.")
    is_json = begins.lstrip().startswith("{")
    separator = "" if is_json else reading.separator_of(begins)
    records = (
        reading.lines_of_json(reading.recoded(content))
        if is_json
        else reading.lines_of_csv(reading.recoded(content), separator)
    )
    header = _header(records)
    columns = meanings(header, wish.columns, KNOWN[wish.kind])
    facts = [wish.kind.value, header, columns]
    digest = hashlib.sha256(content + json.dumps(facts).encode()).hexdigest()
    return ListingImport(
        kind=wish.kind,
        format=TableFormat.JSONL if is_json else TableFormat.CSV,
        is_dry_run=wish.is_dry_run,
        is_known_again=not wish.is_again,
        digest=digest,
        separator=separator,
        header=header,
        columns=columns,
        tax_categories=list(wish.tax_categories),
    )


def _header(records: Iterator[reading.Record]) -> list[str]:
    """The names of the columns; of JSON lines, those of the first object. Leaves the rows unread."""
    first = next(records, None)
    if first is None or first.code is not None:
        raise InvalidInput(field="file", reason="The first line names no columns that we can read.")
    if len(first.cells) > MOST_COLUMNS:
        raise InvalidInput(field="file", reason=f"A file has at most {MOST_COLUMNS} columns.")
    rest = chain([first], records) if isinstance(first.cells, dict) else records
    if next(iter(rest), None) is None:
        raise InvalidInput(field="file", reason="The file has no rows.")
    return [name.strip() for name in first.cells]


def _before(file: ListingImport) -> ListingImport | None:
    alike = ListingImport.objects.filter(
        vendor=file.vendor,
        kind=file.kind,
        digest=file.digest,
        is_dry_run=False,
        is_known_again=True,
    )
    return alike.exclude(status=ImportStatus.FAILED).first()
