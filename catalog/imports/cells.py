"""Cells to values, each fault with its column and code. Money is exact, in whole minor units.

A column that is not there leaves what is as it is; an empty cell says that there is none of it, but for
those where that cannot be: a title, a price, a category. What is said of a product as a whole stands in any
of its rows, and is the same wherever it stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from catalog.imports.columns import ATTRIBUTE, OPTIONS
from catalog.imports.faults import Fault, FaultCode
from catalog.tags import tags_of
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money, exponent
from marketplace.kernel.texts import line, prose

LONGEST_SKU: Final = 64
LONGEST_HANDLE: Final = 220
LONGEST_TITLE: Final = 200
LONGEST_DESCRIPTION: Final = 20_000
LONGEST_OPTION_NAME: Final = 40
LONGEST_OPTION: Final = 100
LONGEST_ADDRESS: Final = 1_000
MOST_ON_HAND: Final = 1_000_000_000
HEAVIEST_G: Final = 10_000_000
# What is said of a product, not of one of its variants; beside them its attributes.
OF_PRODUCTS: Final = (
    "title",
    "description",
    "category",
    "is_shipped",
    "tax_category",
    "tags",
    "images",
    "submit",
    *(f"option{number}_name" for number in OPTIONS),
)
YES: Final = frozenset({"yes", "true", "1", "y", "ja", "oui", "sí"})
NO: Final = frozenset({"no", "false", "0", "n", "nein", "non", ""})
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,12}")
_WEIGHT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_COMMA: Final = re.compile(r"([0-9]+),([0-9]+)")
_APART: Final = re.compile(r"[\s|]+")

Texts = Mapping[str, str]


class VariantCells(NamedTuple):
    """What a row says of its variant; None where the file does not say it."""

    price_minor: int | None
    compare_at_minor: int | None
    has_compare_at: bool
    stock: int | None
    weight_g: int | None


@dataclass(frozen=True, kw_only=True)
class ProductCells:
    """What the rows of a product say of it; None where the file does not say it."""

    title: str | None = None
    description: str | None = None
    category: str | None = None
    is_shipped: bool | None = None
    tax_category: str | None = None
    option_names: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    images: tuple[str, ...] = ()
    is_submitted: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


def text(value: str, column: str, *, longest: int, is_needed: bool = True) -> str:
    """One line of text. Raises Fault."""
    value = " ".join(value.split())
    if not value and is_needed:
        raise Fault(column, FaultCode.MISSING_VALUE)
    if len(value) > longest:
        raise Fault(column, FaultCode.TOO_LONG, f"at most {longest:,} characters")
    try:
        return line(value, field=column, longest=longest, shortest=0)
    except InvalidInput as fault:
        raise Fault(column, FaultCode.BAD_CHARACTER) from fault


def variant_cells(texts: Texts, *, currency: str, has_decimal_commas: bool) -> VariantCells:
    """What a row says of its variant. Raises Fault."""
    if texts.get("currency", "").strip().upper() not in {"", currency}:
        raise Fault("currency", FaultCode.OTHER_CURRENCY, f"prices are in {currency}")
    price = _amount(texts, "price", currency, has_decimal_commas=has_decimal_commas)
    if "price" in texts and price is None:
        raise Fault("price", FaultCode.MISSING_VALUE)
    compare_at = _amount(texts, "compare_at", currency, has_decimal_commas=has_decimal_commas)
    return VariantCells(
        price_minor=price,
        compare_at_minor=compare_at,
        has_compare_at="compare_at" in texts,
        stock=whole(texts.get("stock", ""), "stock", FaultCode.BAD_STOCK),
        weight_g=_weight(texts.get("weight_g")),
    )


def whole(value: str, column: str, code: FaultCode, *, lowest: int = 0) -> int | None:
    """A number of units; None where nothing is said. Raises Fault, also for fewer than that."""
    value = value.strip()
    if not value:
        return None
    if not _WHOLE.fullmatch(value):
        raise Fault(column, code, "it is no whole number")
    number = int(value)
    if number < lowest:
        raise Fault(column, FaultCode.NEGATIVE_STOCK)
    if abs(number) > MOST_ON_HAND:
        raise Fault(column, code, f"at most {MOST_ON_HAND:,}")
    return number


def product_cells(texts: Texts) -> ProductCells:
    """What is said of a product. Raises Fault."""
    category = texts.get("category")
    if category is not None:
        category = category_word(category)
        if not category:
            raise Fault("category", FaultCode.MISSING_VALUE)
    return ProductCells(
        title=text(texts["title"], "title", longest=LONGEST_TITLE) if "title" in texts else None,
        description=_prose(texts.get("description")),
        category=category,
        is_shipped=yes_or_no(texts, "is_shipped") if texts.get("is_shipped", "").strip() else None,
        tax_category=texts.get("tax_category", "").strip() or None,
        option_names=_option_names(texts),
        tags=_tags(texts.get("tags")),
        images=addresses(texts.get("images", "")),
        is_submitted=yes_or_no(texts, "submit"),
        attributes={name: value.strip() for name, value in texts.items() if name.startswith(ATTRIBUTE)},
    )


def category_word(cell: str) -> str:
    """A slug or a path as the tree has it."""
    return cell.strip(" /").casefold()


def yes_or_no(texts: Texts, column: str) -> bool:
    """Raises Fault."""
    word = texts.get(column, "").strip().casefold()
    if word not in YES | NO:
        raise Fault(column, FaultCode.NOT_YES_OR_NO)
    return word in YES


def option_values(texts: Texts, names: Sequence[str]) -> dict[str, str] | None:
    """The value on each of a product's axes, in their order; None where the file has no such columns.

    Raises Fault for a value that is missing, and for one beyond the axes.
    """
    columns = [f"option{number}_value" for number in OPTIONS]
    if not any(column in texts for column in columns):
        return None
    values = {}
    for place, column in enumerate(columns):
        value = text(texts.get(column, ""), column, longest=LONGEST_OPTION, is_needed=place < len(names))
        if place < len(names):
            values[names[place]] = value
        elif value:
            raise Fault(column, FaultCode.OPTIONS_MISMATCH, "the product has no such option")
    return values


def addresses(value: str) -> tuple[str, ...]:
    """The addresses of pictures in a cell, each once. Raises Fault."""
    found = tuple(dict.fromkeys(each for each in _APART.split(value) if each))
    for address in found:
        try:
            parts = urlsplit(address)
            is_one = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_one = False
        if not is_one or len(address) > LONGEST_ADDRESS:
            raise Fault("images", FaultCode.BAD_ADDRESS, address[:100])
    return found


def merged(rows: Sequence[Texts]) -> tuple[dict[str, str], dict[str, int], list[int]]:
    """What the rows of one product say of it together, where each is said, and which rows say otherwise.

    Of the rows that say something the first one counts; the others are told by their places.
    """
    said: dict[str, str] = {}
    where: dict[str, int] = {}
    others: list[int] = []
    for place, texts in enumerate(rows):
        here = {
            column: value.strip()
            for column, value in texts.items()
            if column in OF_PRODUCTS or column.startswith(ATTRIBUTE)
        }
        if any(value and said.get(column, "") not in {"", value} for column, value in here.items()):
            others.append(place)
            continue
        for column, value in here.items():
            if column not in said or (value and not said[column]):
                said[column], where[column] = value, place
    return said, where, others


def _amount(texts: Texts, column: str, currency: str, *, has_decimal_commas: bool) -> int | None:
    value = texts.get(column, "").strip()
    if not value:
        return None
    code = FaultCode.BAD_PRICE if column == "price" else FaultCode.BAD_COMPARE_AT
    comma = _COMMA.fullmatch(value) if has_decimal_commas else None
    if comma is not None and len(comma[2]) <= exponent(currency):
        value = f"{comma[1]}.{comma[2]}"
    try:
        minor = Money.parse(value, currency).minor
    except InvalidInput as fault:
        raise Fault(column, code, fault.reason) from fault
    if minor < 0:
        raise Fault(column, code, "a price is not negative")
    return minor


def _weight(value: str | None) -> int | None:
    if value is None:
        return None
    value = value.strip() or "0"
    if not _WEIGHT.fullmatch(value) or int(value.partition(".")[0]) > HEAVIEST_G:
        raise Fault("weight_g", FaultCode.BAD_WEIGHT)
    return int(value.partition(".")[0])


def _prose(value: str | None) -> str | None:
    if value is None:
        return None
    if len(value.strip()) > LONGEST_DESCRIPTION:
        raise Fault("description", FaultCode.TOO_LONG, f"at most {LONGEST_DESCRIPTION:,} characters")
    try:
        return prose(value, field="description", longest=LONGEST_DESCRIPTION)
    except InvalidInput as fault:
        raise Fault("description", FaultCode.BAD_CHARACTER) from fault


def _tags(value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    try:
        return tuple(tags_of(each for each in value.split("|") if each.strip()))
    except InvalidInput as fault:
        raise Fault("tags", FaultCode.BAD_TAGS, fault.reason) from fault


def _option_names(texts: Texts) -> tuple[str, ...] | None:
    columns = [f"option{number}_name" for number in OPTIONS]
    if not any(column in texts for column in columns):
        return None
    names = [
        text(texts.get(column, ""), column, longest=LONGEST_OPTION_NAME, is_needed=False)
        for column in columns
    ]
    given = [name for name in names if name]
    if names[: len(given)] != given or len({name.casefold() for name in given}) < len(given):
        raise Fault(columns[0], FaultCode.OPTIONS_MISMATCH, "name them from the first on, each once")
    # Without one, those that the product has stay: its variants answer them.
    return tuple(given) or None
