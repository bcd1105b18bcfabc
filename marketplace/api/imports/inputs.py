"""What the mutations on files of listings and of stock take."""

import strawberry

from catalog.models import TableFormat
from marketplace.api.choices import enum_of
from marketplace.api.uploads import Upload

enum_of(
    TableFormat,
    description="How rows stand in a file.",
    values={
        TableFormat.CSV: "A table with a line of names above it.",
        TableFormat.JSONL: "A JSON object in each line.",
    },
)


@strawberry.input(description="What a column of a file stands for.")
class ImportColumnInput:
    header: str = strawberry.field(description="What it is called in the file.")
    column: str | None = strawberry.field(
        default=None, description="What it means, such as `price`; null to pass it over."
    )


@strawberry.input(description="A file of listings: CSV, or JSON lines.")
class ImportListingsInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    file: Upload = strawberry.field(description="The file, 50 MB at most.")
    columns: list[ImportColumnInput] = strawberry.field(
        default_factory=list, description="What columns stand for; the others are guessed from their names."
    )
    is_dry_run: bool = strawberry.field(default=False, description="Read and check it, and change nothing.")
    is_again: bool = strawberry.field(
        default=False, description="Apply it although the same file was imported before."
    )


@strawberry.input(description="A file of stock: a SKU in each row, and a quantity or a change.")
class ImportStockInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    file: Upload = strawberry.field(description="The file, 50 MB at most.")
    columns: list[ImportColumnInput] = strawberry.field(
        default_factory=list, description="What columns stand for; the others are guessed from their names."
    )
    is_dry_run: bool = strawberry.field(default=False, description="Read and check it, and change nothing.")
    is_again: bool = strawberry.field(
        default=False, description="Apply it although the same file was imported before."
    )


@strawberry.input(description="All listings of a vendor as a file.")
class ExportListingsInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    format: TableFormat = strawberry.field(default=TableFormat.CSV, description="How it is written.")
