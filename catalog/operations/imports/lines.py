"""What a batch of rows has in common, whatever it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.imports.cells import Texts
from catalog.imports.faults import Fault
from catalog.models import ImportRow, ListingImport, Variant
from catalog.operations.imports.staging import texts_of


class Outcome(StrEnum):
    """What has become of a row; each is a column of ListingImport that counts it."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass
class Line:
    """A row on its way: what it says, and what has become of it."""

    row: ImportRow
    texts: Texts
    fault: Fault | None = None
    outcome: Outcome = Outcome.UNCHANGED

    @property
    def sku(self) -> str:
        """Its variant."""
        return self.row.sku

    @property
    def handle(self) -> str:
        """Its product, in the file's words; empty where it says none."""
        return self.row.handle

    def refuse(self, fault: Fault) -> None:
        """Let it go, unless that was done already."""
        if self.fault is None:
            self.fault, self.outcome = fault, Outcome.FAILED


def lines_of(file: ListingImport, rows: Sequence[ImportRow]) -> list[Line]:
    """The rows with what they say."""
    return [Line(row, texts_of(file, row.cells)) for row in rows]


def by_sku(file: ListingImport, lines: Sequence[Line]) -> Mapping[str, tuple[int, int]]:
    """The keys of the live variants and products of the vendor that the rows name. One statement."""
    live = Variant.objects.filter(vendor=file.vendor_id, is_active=True)
    named = live.filter(sku__in=[each.sku for each in lines])
    return {sku: (pk, product) for sku, pk, product in named.values_list("sku", "pk", "product")}
