"""What a buyer looks for, and in which order."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final

import strawberry

from catalog.selectors.listings import AttributeFilter, ProductFilter, ProductSort
from marketplace.api.choices import enum_of
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money

LARGEST: Final = Decimal(10**12)

enum_of(
    ProductSort,
    description="The order of a list of products.",
    values={
        ProductSort.RELEVANCE: "Best match of the words first; without words, newest first.",
        ProductSort.NEWEST: "Latest published first.",
        ProductSort.PRICE_ASC: "Cheapest first.",
        ProductSort.PRICE_DESC: "Dearest first.",
        ProductSort.TITLE: "By title.",
        ProductSort.RATING: "Best rated first: by the mean of many reviews more than by that of a few.",
        ProductSort.BEST_SELLING: "Most units sold in the last 90 days first.",
    },
)


@strawberry.input(description="Bounds of a price, both inclusive.")
class PriceRangeInput:
    currency: str = strawberry.field(description="ISO 4217 code; prices in other currencies are left out.")
    lowest: Decimal | None = strawberry.field(default=None, description="In major units.")
    highest: Decimal | None = strawberry.field(default=None, description="In major units.")


@strawberry.input(description="What is wanted of one attribute.")
class AttributeFilterInput:
    attribute: str = strawberry.field(description="Its slug.")
    choices: list[str] = strawberry.field(
        default_factory=list, description="Slugs, of which a product has one at least."
    )
    lowest: Decimal | None = strawberry.field(default=None, description="A number in its unit, inclusive.")
    highest: Decimal | None = strawberry.field(default=None, description="A number in its unit, inclusive.")

    def to_domain(self) -> AttributeFilter:
        """Raises InvalidInput."""
        return AttributeFilter(
            attribute=self.attribute,
            choices=tuple(self.choices),
            lowest_milli=_milli(self.lowest),
            highest_milli=_milli(self.highest),
        )


@strawberry.input(
    name="ProductFilter", description="What a buyer looks for; what is left out excludes nothing."
)
class ProductFilterInput:
    text: str = strawberry.field(default="", description='Words, "phrases", `or`, `-not`.')
    categories: list[str] = strawberry.field(
        default_factory=list, description="Slugs; the categories below are included."
    )
    vendors: list[str] = strawberry.field(default_factory=list, description="Slugs.")
    price: PriceRangeInput | None = strawberry.field(default=None, description="Bounds of the price.")
    in_stock: bool = strawberry.field(default=False, description="Only what can be bought now.")
    rating: int | None = strawberry.field(
        default=None, description="So many stars and up, 1 to 5, in the mean of its reviews."
    )
    attributes: list[AttributeFilterInput] = strawberry.field(
        default_factory=list, description="What is wanted of attributes, of each once; all of it holds."
    )
    tags: list[str] = strawberry.field(
        default_factory=list, description="Words of vendors, of which a product has one at least."
    )
    collections: list[str] = strawberry.field(
        default_factory=list, description="Slugs, of which it stands in one at least."
    )

    @cached_property
    def wanted(self) -> ProductFilter:
        """As the catalogue understands it, one and the same for the list and its facets.

        Raises InvalidInput for an amount that is none of its currency, and for a number that is none.
        """
        wanted = ProductFilter(
            text=self.text,
            categories=tuple(self.categories),
            vendors=tuple(self.vendors),
            in_stock=self.in_stock,
            least_stars=self.rating,
            attributes=tuple(each.to_domain() for each in self.attributes),
            tags=tuple(self.tags),
            collections=tuple(self.collections),
        )
        if self.price is None:
            return wanted
        currency = self.price.currency
        lowest, highest = _minor(self.price.lowest, currency), _minor(self.price.highest, currency)
        return replace(wanted, currency=currency, lowest_minor=lowest, highest_minor=highest)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else Money.from_decimal(amount, currency, field="filter.price").minor


def _milli(number: Decimal | None) -> int | None:
    """Thousandths, as they are stored; nothing is finer, and nothing larger fits its column."""
    if number is None:
        return None
    try:
        return int((number * 1000).quantize(Decimal(1))) if abs(number) < LARGEST else _refuse_number()
    except InvalidOperation:  # NaN
        return _refuse_number()


def _refuse_number() -> int:
    raise InvalidInput(field="filter.attributes", reason="This is no number an attribute can have.")
