"""What the columns of a file mean: guessed from their names, or said by who brings it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from marketplace.kernel.errors import InvalidInput

ATTRIBUTE: Final = "attribute:"
OPTIONS: Final = (1, 2, 3)
# Columns of a file of listings, in the order in which an export has them.
LISTING_COLUMNS: Final = (
    "product",
    "sku",
    "title",
    "description",
    "category",
    "price",
    "compare_at",
    "currency",
    "stock",
    "weight_g",
    *(f"option{number}_{part}" for number in OPTIONS for part in ("name", "value")),
    "is_shipped",
    "tax_category",
    "tags",
    "images",
    "submit",
)
STOCK_COLUMNS: Final = ("sku", "quantity", "delta", "reason", "note")
# What else a column may be called; names are compared without case, and with one underscore for what is
# neither letter nor digit.
ALSO: Final[Mapping[str, str]] = {
    "handle": "product",
    "product_handle": "product",
    "item": "sku",
    "item_number": "sku",
    "variant_sku": "sku",
    "artikelnummer": "sku",
    "name": "title",
    "product_name": "title",
    "titel": "title",
    "body": "description",
    "beschreibung": "description",
    "category_path": "category",
    "product_category": "category",
    "kategorie": "category",
    "variant_price": "price",
    "preis": "price",
    "compare_at_price": "compare_at",
    "variant_compare_at_price": "compare_at",
    "list_price": "compare_at",
    "waehrung": "currency",
    "währung": "currency",
    "inventory": "stock",
    "on_hand": "stock",
    "bestand": "stock",
    "weight": "weight_g",
    "weight_grams": "weight_g",
    "variant_grams": "weight_g",
    "gewicht_g": "weight_g",
    "image": "images",
    "image_src": "images",
    "image_urls": "images",
    "bilder": "images",
    "requires_shipping": "is_shipped",
    "tax_code": "tax_category",
    "qty": "quantity",
    "menge": "quantity",
    "change": "delta",
    "grund": "reason",
}
MOST_COLUMNS: Final = 200
LONGEST_NAME: Final = 200
_APART: Final = re.compile(r"[\W_]+")
_ATTRIBUTE_SLUG: Final = re.compile(r"attribute\s*:\s*([-a-z0-9_]{1,60})")


def guessed(name: str, known: Sequence[str]) -> str:
    """The column that is meant by a name, or "" where it is none of these."""
    attribute = _ATTRIBUTE_SLUG.fullmatch(name.strip().casefold())
    if attribute is not None:
        return ATTRIBUTE + attribute[1] if known is LISTING_COLUMNS else ""
    bare = _APART.sub("_", name.strip().casefold()).strip("_")
    meant = ALSO.get(bare, bare)
    return meant if meant in known else ""


def meanings(header: Sequence[str], said: Iterable[tuple[str, str]], known: Sequence[str]) -> list[str]:
    """For each name of a header its column, "" for none: what is said of it, else what is guessed.

    Raises InvalidInput for a name that is not there, a column that is none or that two names stand for, and
    where none is the SKU.
    """
    named = dict(said)
    for name, column in named.items():
        if name not in header:
            raise InvalidInput(field="columns", reason=f"The file has no column {name[:LONGEST_NAME]!r}.")
        if column and guessed(column, known) != column:
            raise InvalidInput(field="columns", reason=f"{column[:LONGEST_NAME]!r} is no column we know.")
    columns = [named.get(name, guessed(name, known)) for name in header]
    double = sorted({column for column in columns if column and columns.count(column) > 1})
    if double:
        raise InvalidInput(field="columns", reason=f"Two columns of the file are {', '.join(double)}.")
    if "sku" not in columns:
        raise InvalidInput(field="columns", reason="No column of the file is the SKU.")
    return columns
