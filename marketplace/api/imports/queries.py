"""Which imports may be read, by their ids and as files."""

from django.db.models import QuerySet

from catalog.models import ListingImport
from marketplace.api.context import Context, Info
from marketplace.api.nodes import visible
from vendors.permissions import VendorPermission
from vendors.selectors import vendors_of


@visible("ListingImport")
def visible_imports(info: Info) -> "QuerySet[ListingImport]":
    return readable(info.context)


def readable(context: Context) -> "QuerySet[ListingImport]":
    """The imports of the vendors whose listings the visitor may see."""
    return ListingImport.objects.filter(
        vendor__in=vendors_of(context.visitor, VendorPermission.VIEW_LISTINGS)
    )
