"""Variants as they shall be: what may be said of one, and all the combinations of a product's axes."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import slugify

from catalog.errors import OptionsMismatch, TooManyVariants
from catalog.models import MAX_OPTIONS
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound
from marketplace.kernel.money import Money
from marketplace.kernel.texts import line

HEAVIEST_G: Final = 10_000_000
LAST_POSITION: Final = 10_000
# That are for sale at once.
MOST_VARIANTS: Final = 100
LONGEST_SKU: Final = 64
LONGEST_VALUE: Final = 100


@dataclass(frozen=True, kw_only=True)
class VariantDraft:
    """A variant as it shall be.

    Attributes:
        variant: the key of the one to change; without it, the one with these options, or a new one.
        options: a value for each of the product's option names, and for no other.
        compare_at: the higher price shown struck through.
        is_active: whether it is for sale. A variant is never deleted.
        image: the key of the product's picture that shows it.
    """

    sku: str
    price: Money
    options: Mapping[str, str]
    variant: int | None = None
    compare_at: Money | None = None
    weight_g: int = 0
    position: int = 0
    is_active: bool = True
    image: int | None = None


def columns(
    draft: VariantDraft, *, names: Sequence[str], currency: str, images: Collection[int]
) -> dict[str, object]:
    """What the row shall hold, for a product of these option names, currency and pictures.

    Raises InvalidInput, CurrencyMismatch, OptionsMismatch, and NotFound for a picture of another product.
    """
    sku = line(draft.sku, field="sku", longest=LONGEST_SKU)
    _refuse_out_of_range(draft.weight_g, HEAVIEST_G, field="weightG")
    _refuse_out_of_range(draft.position, LAST_POSITION, field="position")
    for field, money in (("price", draft.price), ("compareAtPrice", draft.compare_at)):
        if money is not None and money.currency != currency:
            raise CurrencyMismatch(expected=currency, given=money.currency, field=field)
    compare_at = None if draft.compare_at is None else draft.compare_at.minor
    refuse_price(draft.price.minor, compare_at)
    if draft.image is not None and draft.image not in images:
        raise NotFound(thing="picture", field="image")
    return {
        "sku": sku,
        "options": _options(draft.options, names),
        "price_minor": draft.price.minor,
        "compare_at_minor": compare_at,
        "weight_g": draft.weight_g,
        "position": draft.position,
        "is_active": draft.is_active,
        "image_id": draft.image,
    }


def refuse_price(price: int, compare_at: int | None) -> None:
    """Raises InvalidInput for a negative price, and for one that is not below what it is compared with."""
    if price < 0:
        raise InvalidInput(field="price", reason="A price is not negative.")
    if compare_at is not None and compare_at <= price:
        raise InvalidInput(field="compareAtPrice", reason="It must be above the price.")


def option_names(names: Sequence[str]) -> list[str]:
    """The names of a product's axes, clean. Raises InvalidInput for too many, and for two that are alike."""
    if len(names) > MAX_OPTIONS:
        raise InvalidInput(field="optionNames", reason=f"A product has at most {MAX_OPTIONS} options.")
    clean = [line(name, field="optionNames", longest=40) for name in names]
    if len({name.casefold() for name in clean}) < len(clean):
        raise InvalidInput(field="optionNames", reason="Each option has a name of its own.")
    return clean


def combinations(axes: Sequence[tuple[str, Sequence[str]]]) -> list[dict[str, str]]:
    """Every combination of the values of these axes, the last axis turning fastest.

    Raises InvalidInput for an axis without values or with the same one twice, TooManyVariants.
    """
    names = option_names([name for name, _ in axes])
    values = [_values(each) for _, each in axes]
    count = 1
    for each in values:
        count *= len(each)
    if count > MOST_VARIANTS:
        raise TooManyVariants(limit=MOST_VARIANTS)
    return [dict(zip(names, each, strict=True)) for each in itertools.product(*values)]


def sku_of(prefix: str, options: Mapping[str, str], *, taken: Collection[str]) -> str:
    """A number for a variant, made of words for its options, that none of these has."""
    words = [prefix, *(slugify(value).upper()[:12] for value in options.values())]
    stem = "-".join(filter(None, words))[: LONGEST_SKU - 4] or "VARIANT"
    sku, number = stem, 1
    while sku in taken:
        number += 1
        sku = f"{stem}-{number}"
    return sku


def _values(values: Sequence[str]) -> list[str]:
    clean = [line(value, field="axes", longest=LONGEST_VALUE) for value in values]
    if not clean or len({value.casefold() for value in clean}) < len(clean):
        raise InvalidInput(field="axes", reason="Each axis has values, and each of them once.")
    return clean


def _options(options: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The options in the product's own order."""
    if set(options) != set(names):
        raise OptionsMismatch(expected=", ".join(names) or "none")
    return {name: line(options[name], field="options", longest=LONGEST_VALUE) for name in names}


def _refuse_out_of_range(number: int, most: int, *, field: str) -> None:
    if not 0 <= number <= most:
        raise InvalidInput(field=field, reason=f"This must be between 0 and {most:,}.")
