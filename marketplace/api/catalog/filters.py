"""What a buyer looks for, and in which order."""

from dataclasses import replace
from decimal import Decimal

import strawberry

from catalog.selectors.listings import ProductFilter, ProductSort
from marketplace.api.choices import enum_of
from marketplace.kernel.money import Money

enum_of(
    ProductSort,
    description="The order of a list of products.",
    values={
        ProductSort.RELEVANCE: "Best match of the words first; without words, newest first.",
        ProductSort.NEWEST: "Latest published first.",
        ProductSort.PRICE_ASC: "Cheapest first.",
        ProductSort.PRICE_DESC: "Dearest first.",
        ProductSort.TITLE: "By title.",
    },
)


@strawberry.input(description="Bounds of a price, both inclusive.")
class PriceRangeInput:
    currency: str = strawberry.field(description="ISO 4217 code; prices in other currencies are left out.")
    lowest: Decimal | None = strawberry.field(default=None, description="In major units.")
    highest: Decimal | None = strawberry.field(default=None, description="In major units.")


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

    def to_domain(self) -> ProductFilter:
        """As the catalogue understands it; raises InvalidInput for an amount that is none of its currency."""
        wanted = ProductFilter(
            text=self.text,
            categories=tuple(self.categories),
            vendors=tuple(self.vendors),
            in_stock=self.in_stock,
        )
        if self.price is None:
            return wanted
        currency = self.price.currency
        lowest, highest = _minor(self.price.lowest, currency), _minor(self.price.highest, currency)
        return replace(wanted, currency=currency, lowest_minor=lowest, highest_minor=highest)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else Money.from_decimal(amount, currency, field="filter.price").minor
