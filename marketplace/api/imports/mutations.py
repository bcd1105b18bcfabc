"""Files that bring listings and stock, and that take them along."""

from typing import Annotated

import strawberry
from django.conf import settings

from catalog.models import ImportKind, ListingImport
from catalog.operations.imports.starting import Wish, start_import
from checkout.selectors.terms import tax_categories
from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.imports.inputs import ExportListingsInput, ImportListingsInput, ImportStockInput
from marketplace.api.imports.types import ListingImportType
from marketplace.api.vendors.types import own_vendor
from marketplace.kernel.errors import NotFound
from vendors.errors import NotPermitted
from vendors.permissions import VendorPermission


@strawberry.type(description="The import as it is now; a worker goes on with it.")
class ListingImportSuccess:
    row: strawberry.Private[ListingImport]
    is_known: bool = strawberry.field(
        description="Whether the same file came before: then this is its import, and nothing is done."
    )

    @fields.field(ListingImportType, name="import", description="The import as it is now.")
    def import_(self, info: Info) -> ListingImport:
        return fields.refetch(self.row, info)


@strawberry.type(description="Where the file can be had.")
class ListingExportSuccess:
    url: str = strawberry.field(
        description="By who is signed in and may see the listings, or with the key that asked; it is as long "
        "as it needs to be, and written while it is read."
    )


@strawberry.type
class Mutation:
    @fields.mutation(
        NotFound,
        NotPermitted,
        description="Bring listings by a file: what has a SKU of the vendor's is changed, the rest is made. "
        "The same file again changes nothing.",
        is_for_keys=True,
    )
    def import_listings(
        self, info: Info, input: Annotated[ImportListingsInput, INPUT]
    ) -> ListingImportSuccess:
        # It sets stock, too.
        own_vendor(input.vendor, VendorPermission.CHANGE_STOCK, info)
        return _start(input, ImportKind.LISTINGS, VendorPermission.CHANGE_LISTINGS, info)

    @fields.mutation(
        NotFound,
        NotPermitted,
        description="Set or change units on hand by a file. The same file again changes nothing.",
        is_for_keys=True,
    )
    def import_stock(self, info: Info, input: Annotated[ImportStockInput, INPUT]) -> ListingImportSuccess:
        return _start(input, ImportKind.STOCK, VendorPermission.CHANGE_STOCK, info)

    @fields.mutation(
        NotFound,
        NotPermitted,
        description="Take all listings along as a file; brought back unchanged, it changes nothing.",
        is_for_keys=True,
    )
    def export_listings(
        self, info: Info, input: Annotated[ExportListingsInput, INPUT]
    ) -> ListingExportSuccess:
        vendor = own_vendor(input.vendor, VendorPermission.VIEW_LISTINGS, info)
        place = f"account/vendors/{vendor.slug}/listings.{input.format.value}"
        return ListingExportSuccess(url=f"{settings.SITE_URL}/{place}")


def _start(
    given: ImportListingsInput | ImportStockInput, kind: ImportKind, permission: VendorPermission, info: Info
) -> ListingImportSuccess:
    vendor = own_vendor(given.vendor, permission, info)
    wish = Wish(
        kind=kind,
        columns=[(each.header, each.column or "") for each in given.columns],
        is_dry_run=given.is_dry_run,
        is_again=given.is_again,
        tax_categories=tax_categories(),
    )
    content = given.file.take(field="file")
    file, is_known = start_import(vendor=vendor, content=content, wish=wish, actor=info.context.actor)
    return ListingImportSuccess(row=file, is_known=is_known)
