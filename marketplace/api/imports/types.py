"""Files that a vendor brought, and what has come of their rows."""

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.conf import settings
from django.db.models import Prefetch, QuerySet

from catalog import models
from catalog.imports.faults import FaultCode
from catalog.models import ImportKind, ImportStatus, TableFormat
from catalog.selectors import imports
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.context import Info
from marketplace.api.nodes import Node
from marketplace.api.vendors.types import demand
from vendors.models import Vendor
from vendors.permissions import VendorPermission

enum_of(
    ImportKind,
    description="What a file is about.",
    values={ImportKind.LISTINGS: "Listings with their variants.", ImportKind.STOCK: "Units on hand."},
)
enum_of(
    ImportStatus,
    description="How far an import has come.",
    values={
        ImportStatus.WAITING: "Nobody has begun with it.",
        ImportStatus.RUNNING: "Its rows are applied.",
        ImportStatus.DONE: "Each of its rows was applied, or refused.",
        ImportStatus.FAILED: "It could not be ended; what was applied until then stays.",
    },
)
enum_of(
    FaultCode,
    description="Why a row of a file was refused.",
    values={code: f"`{code.value}` in the file of refused rows." for code in FaultCode},
)


@strawberry.type(description="A column of a file, and what it stands for.")
class ImportColumn:
    header: str = strawberry.field(description="What it is called in the file.")
    column: str | None = strawberry.field(description="What it means; null: it is passed over.")


@strawberry.type(description="A row that was refused, and why.")
class ImportFault:
    row: int = strawberry.field(description="The row as a spreadsheet counts, the line of names being 1.")
    column: str | None = strawberry.field(description="The column at fault, where one is.")
    code: FaultCode = strawberry.field(description="Why, for programs.")
    message: str = strawberry.field(description="More of it, for people; may be empty.")

    @classmethod
    def of(cls, row: models.ImportRow) -> "ImportFault":
        """A row that was refused, as it looks outside."""
        return cls(row=row.number, column=row.column or None, code=FaultCode(row.code), message=row.fault)


def first_refused(_: object) -> Any:
    """Hint to the optimizer: the first rows that were refused, of all imports at once."""
    return Prefetch("staged", imports.first_refused(), to_attr="prefetched_refused")


@strawberry_django.type(
    models.ListingImport,
    name="ListingImport",
    description="A file of listings or of stock, and what has come of it so far.",
)
class ListingImportType(Node):
    kind: ImportKind = fields.attribute(description="What it is about.")
    format: TableFormat = fields.attribute(description="How its rows stand.")
    status: ImportStatus = fields.attribute(description="How far it has come.")
    is_dry_run: bool = fields.attribute(description="Whether it is only read and checked.")
    progress: int = fields.attribute(
        description="In percent.", only=["status", "rows", "created", "updated", "unchanged", "failed"]
    )
    rows: int | None = fields.attribute(description="How many it has; null until that is known.")
    applied: int = fields.attribute(
        description="Rows that are in the tables: created, updated and unchanged together.",
        only=["created", "updated", "unchanged"],
    )
    created: int = fields.attribute(description="Rows whose variant is new.")
    updated: int = fields.attribute(description="Rows that changed something.")
    unchanged: int = fields.attribute(description="Rows that say what was so already.")
    failed: int = fields.attribute(description="Rows that were refused.")
    created_at: datetime = fields.attribute(description="When it was brought.")
    finished_at: datetime | None = fields.attribute(description="When it ended; null until then.")

    @fields.field(description="Its columns, and what they stand for.", only=["header", "columns"])
    @staticmethod
    def columns(root: strawberry.Parent[models.ListingImport]) -> list[ImportColumn]:
        pairs = zip(root.header, root.columns, strict=True)
        return [ImportColumn(header=header, column=column or None) for header, column in pairs]

    @fields.field(
        description="The first hundred rows that were refused; all of them are in the file of `rejectsUrl`.",
        prefetch_related=[first_refused],
        only=["id"],
    )
    @staticmethod
    def errors(root: strawberry.Parent[models.ListingImport]) -> list[ImportFault]:
        known: list[models.ImportRow] | None = getattr(root, "prefetched_refused", None)
        return [ImportFault.of(row) for row in (imports.refused(root)[:100] if known is None else known)]

    @fields.field(
        description="Where the refused rows can be had as a file to mend, by who is signed in; null where "
        "there is none.",
        select_related=["vendor"],
        only=["failed", "format", "vendor__slug"],
    )
    @staticmethod
    def rejects_url(root: strawberry.Parent[models.ListingImport]) -> str | None:
        place = f"account/vendors/{root.vendor.slug}/imports/{root.pk}.{root.format}"
        return f"{settings.SITE_URL}/{place}" if root.failed else None


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        ListingImportType,
        description="Files of listings and of stock that were brought, newest first.",
        only=["id"],
        is_guarded=True,
    )
    @staticmethod
    def imports(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.ListingImport]":
        demand(VendorPermission.VIEW_LISTINGS, root, info)
        return imports.imports_of(root)
