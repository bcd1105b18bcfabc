"""A file that a vendor brought."""

from catalog.models import ImportKind
from catalog.operations.imports.starting import Wish, start_import
from marketplace.api.scalars import encode_id
from vendors.models import Vendor


def brought(vendor: Vendor, words: set[str]) -> str:
    """The id of the import; a word that stands in it goes to these."""
    word = f"Column of {vendor.slug}"
    content = f"sku,{word}\nA,1\n".encode()
    file, _ = start_import(vendor=vendor, content=content, wish=Wish(kind=ImportKind.STOCK), actor=None)
    words.add(word)
    return encode_id("ListingImport", file.pk)
