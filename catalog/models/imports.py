"""Files that vendors bring: what they are, their bytes, and their rows until these are applied."""

from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from vendors.models import Vendor

LONGEST_FAULT: Final = 300


class ImportKind(models.TextChoices):
    LISTINGS = "listings", "Listings"
    STOCK = "stock", "Stock"


class ImportStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class TableFormat(models.TextChoices):
    CSV = "csv", "CSV"
    JSONL = "jsonl", "JSON lines"


class ListingImport(models.Model):
    """A file of listings or of stock, how it is read, and what has come of it so far.

    `position` is the place of the last row that is done: the rows up to it were applied or refused, and that
    is committed with them. `header` holds the names in the file's first line (of JSON lines, the keys of the
    first), and `columns` for each what it stands for, "" for nothing.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=ImportKind)
    format = models.CharField(max_length=5, choices=TableFormat)
    status = models.CharField(max_length=7, choices=ImportStatus, default=ImportStatus.WAITING)
    is_dry_run = models.BooleanField(default=False)
    # Whether the file counts as one that came before, and comes to nothing when it comes again.
    is_known_again = models.BooleanField(default=True)
    digest = models.CharField(max_length=64)
    separator = models.CharField(max_length=1, blank=True)
    header = ArrayField(models.TextField(), default=list)
    columns = ArrayField(models.TextField(), default=list)
    # The words by which rules of tax know goods, as they were when it began.
    tax_categories = ArrayField(models.TextField(), default=list)
    rows = models.PositiveIntegerField(null=True)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    starts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="an_import_kind_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="an_import_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["vendor", "kind", "digest"],
                condition=Q(is_known_again=True, is_dry_run=False) & ~Q(status=ImportStatus.FAILED),
                name="a_file_is_imported_once",
            ),
        ]
        indexes = [models.Index(fields=["vendor", "-id"], name="import_by_vendor")]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"

    @property
    def applied(self) -> int:
        """Rows that are in the tables, or would be: made, changed, or there already as they are."""
        return self.created + self.updated + self.unchanged

    @property
    def progress(self) -> int:
        """How many of a hundred rows are done."""
        if self.status == ImportStatus.DONE:
            return 100
        return 100 * (self.applied + self.failed) // self.rows if self.rows else 0


class ImportChunk(models.Model):
    """A piece of a file, in UTF-8; kept until its rows are read."""

    file = models.ForeignKey(ListingImport, models.CASCADE, related_name="chunks")
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["place"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["file", "place"], name="a_chunk_has_its_place")]

    @override
    def __str__(self) -> str:
        return f"{self.file} {self.place}"


class ImportRow(models.Model):
    """A row of a file: one that waits, or one that was refused, with its code.

    `number` is the row as a spreadsheet counts, the header being 1; `place` the order in which rows are
    applied, in which those of one product stand together.
    """

    file = models.ForeignKey(ListingImport, models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    sku = models.TextField(blank=True)
    handle = models.TextField(blank=True)
    # A list of texts below the header's, or an object of JSON lines.
    cells = models.JSONField()
    code = models.CharField(max_length=40, blank=True)
    column = models.TextField(blank=True)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["file", "place"], condition=Q(code=""), name="import_row_waiting"),
            models.Index(fields=["file", "number"], condition=~Q(code=""), name="import_row_refused"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.file} {self.number}"
