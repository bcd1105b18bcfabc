"""An import from its file to the last of its rows, in short transactions of its own.

Each batch is committed with the position behind it: a process that is killed leaves whole batches, and
whoever runs the import next goes on from there. Two that run it at once do each batch once.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import IntegrityError, transaction

from catalog.events import ListingImportEnded
from catalog.imports.faults import Fault
from catalog.models import ImportKind, ImportRow, ImportStatus, ListingImport, TableFormat
from catalog.models.imports import LONGEST_FAULT
from catalog.operations.imports.arriving import Arrival, arrivals
from catalog.operations.imports.lines import Line, Outcome, lines_of
from catalog.operations.imports.listings import apply_listings
from catalog.operations.imports.staging import stage
from catalog.operations.imports.stock import apply_stock
from marketplace.kernel import clock
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one

logger = logging.getLogger(__name__)

ROWS_A_BATCH: Final = 500
# Rows of one product are applied together, so a batch may be longer by that much.
MOST_OF_ONE: Final = 500
PICTURES_A_BATCH: Final = 50
TRIES: Final = 3
# Whoever has begun so often has died of it as often, or met a bug.
MOST_STARTS: Final = 5

Apply = Callable[[ListingImport, Sequence[Line], Mapping[str, Arrival]], None]
APPLY: Final[dict[str, Apply]] = {ImportKind.LISTINGS: apply_listings, ImportKind.STOCK: apply_stock}


def run_import(*, import_id: int) -> None:
    """Read a file's rows and apply them, batch by batch; nothing where it has ended.

    Runs outside any transaction. Raises what a batch raises; an import that has been begun too often ends as
    failed, with what was applied until then. Publishes ListingImportEnded.
    """
    file = _begin(import_id)
    if file is None:
        return
    stage(file)
    while _advance(import_id):
        pass


def _begin(import_id: int) -> ListingImport | None:
    with transaction.atomic():
        file = lock_one(ListingImport.objects.filter(pk=import_id))
        if file.status not in {ImportStatus.WAITING, ImportStatus.RUNNING}:
            return None
        file.starts += 1
        file.status = ImportStatus.RUNNING if file.starts <= MOST_STARTS else ImportStatus.FAILED
        if file.status == ImportStatus.FAILED:
            logger.error("import %s was begun %s times and never ended", file.pk, MOST_STARTS)
            file.finished_at = clock.now()
            publish(ListingImportEnded(import_id=file.pk))
        file.save(update_fields=["starts", "status", "finished_at"])
    return file if file.status == ImportStatus.RUNNING else None


def _advance(import_id: int) -> bool:
    """Do the next batch, or end where there is none; whether there may be more."""
    for tries_left in reversed(range(TRIES)):
        file = ListingImport.objects.select_related("vendor", "actor").get(pk=import_id)
        rows = _next_rows(file)
        try:
            return _do(file, rows)
        except IntegrityError:
            # Somebody took a SKU or a slug between a look and a write: the next look sees it.
            if not tries_left:
                raise
    return False


def _do(file: ListingImport, rows: Sequence[ImportRow]) -> bool:
    lines = lines_of(file, rows)
    with arrivals(file, lines) as arrived, transaction.atomic():
        held = lock_one(ListingImport.objects.filter(pk=file.pk))
        if (held.position, held.status) != (file.position, ImportStatus.RUNNING):
            return held.status == ImportStatus.RUNNING
        if not rows:
            _end(held)
            return False
        with transaction.atomic():
            APPLY[file.kind](file, lines, arrived)
            if file.is_dry_run:
                transaction.set_rollback(True)
        _note(held, lines)
    return True


def _next_rows(file: ListingImport) -> list[ImportRow]:
    """The next rows in their order, and after them those of the same product as the last; fewer rows where
    they bring pictures along.
    """
    waiting = ImportRow.objects.filter(file=file, code="").order_by("place")
    rows = list(waiting.filter(place__gt=file.position)[:ROWS_A_BATCH])
    if "images" in file.columns or file.format == TableFormat.JSONL:
        rows = _with_few_pictures(file, rows)
    if len(rows) >= ROWS_A_BATCH and rows[-1].handle:
        last = rows[-1]
        rows += waiting.filter(place__gt=last.place, handle=last.handle)[:MOST_OF_ONE]
    return rows


def _with_few_pictures(file: ListingImport, rows: list[ImportRow]) -> list[ImportRow]:
    """So many rows that PICTURES_A_BATCH of them bring pictures, or all; a product's rows stay together."""
    bringing = 0
    for place, line in enumerate(lines_of(file, rows)):
        is_next_product = not line.handle or place == 0 or line.handle != rows[place - 1].handle
        if bringing >= PICTURES_A_BATCH and is_next_product:
            return rows[:place]
        bringing += bool(line.texts.get("images", "").strip())
    return rows


def _note(file: ListingImport, lines: Sequence[Line]) -> None:
    """Write down how far it has come, and what was refused."""
    for each in lines:
        counted = each.outcome.value
        setattr(file, counted, getattr(file, counted) + 1)
    file.position = lines[-1].row.place
    file.save(update_fields=["position", *(outcome.value for outcome in Outcome)])
    refused = [_told(each.row, each.fault) for each in lines if each.fault is not None]
    if refused:
        ImportRow.objects.bulk_update(refused, ["code", "column", "fault"])


def _told(row: ImportRow, fault: Fault) -> ImportRow:
    row.code, row.column, row.fault = fault.code.value, fault.column, fault.words[:LONGEST_FAULT]
    return row


def _end(file: ListingImport) -> None:
    """Keep of the rows those that were refused."""
    ImportRow.objects.filter(file=file, code="").delete()
    file.status, file.finished_at = ImportStatus.DONE, clock.now()
    file.save(update_fields=["status", "finished_at"])
    publish(ListingImportEnded(import_id=file.pk))
