"""What the mutations take that work on many variants, or on a whole listing, at once."""

from decimal import Decimal

import strawberry

from catalog.drafting import VariantDraft
from catalog.models import StockReason
from catalog.operations.bulk import Edit
from marketplace.api.catalog.inputs import OptionInput
from marketplace.api.scalars import decode_key
from marketplace.kernel.money import Money


@strawberry.input(description="A variant as it shall be.")
class VariantDraftInput:
    variant: strawberry.ID | None = strawberry.field(
        default=None, description="The one to change; without it the one with these options, or a new one."
    )
    sku: str = strawberry.field(description="Your own number of it, unique among your live variants.")
    price: Decimal = strawberry.field(description="What one unit costs, in the vendor's currency.")
    compare_at_price: Decimal | None = strawberry.field(
        default=None, description="A higher price to compare it with."
    )
    options: list[OptionInput] = strawberry.field(
        default_factory=list, description="Its value on each axis of the product."
    )
    weight_g: int = strawberry.field(default=0, description="What one unit weighs, in grams.")
    position: int | None = strawberry.field(
        default=None, description="Its place among the variants; that in this list, if it is left out."
    )
    is_active: bool = strawberry.field(default=True, description="Whether it is for sale.")
    image: strawberry.ID | None = strawberry.field(
        default=None, description="The picture of the product that shows it."
    )

    def to_domain(self, index: int, currency: str) -> VariantDraft:
        """As the catalogue understands it; raises InvalidInput."""
        compare_at = self.compare_at_price
        return VariantDraft(
            variant=None
            if self.variant is None
            else decode_key(self.variant, "ListingVariant", field="variant"),
            sku=self.sku,
            price=Money.from_decimal(self.price, currency, field="price"),
            compare_at=None
            if compare_at is None
            else Money.from_decimal(compare_at, currency, field="compareAtPrice"),
            options={each.name: each.value for each in self.options},
            weight_g=self.weight_g,
            position=index if self.position is None else self.position,
            is_active=self.is_active,
            image=None if self.image is None else decode_key(self.image, "ProductImage", field="image"),
        )


@strawberry.input(description="Any number of variants of a listing, new and changed: all of them, or none.")
class SaveVariantsInput:
    listing: strawberry.ID = strawberry.field(description="The listing they belong to.")
    option_names: list[str] | None = strawberry.field(
        default=None, description="The axes from now on; left out, they stay."
    )
    variants: list[VariantDraftInput] = strawberry.field(description="The variants, at most 100.")
    is_complete: bool = strawberry.field(
        default=False, description="Whether these are all: the others are taken off sale."
    )


@strawberry.input(description="An axis on which variants differ, with all the values on it.")
class AxisInput:
    name: str = strawberry.field(description="The axis: Colour, Size ...")
    values: list[str] = strawberry.field(description="The values, each once.")


@strawberry.input(description="A variant for every combination of some values.")
class CreateVariantsInput:
    listing: strawberry.ID = strawberry.field(description="The listing they belong to.")
    axes: list[AxisInput] = strawberry.field(description="At most three, of at most 100 combinations.")
    price: Decimal = strawberry.field(description="What one unit of a new one costs.")
    compare_at_price: Decimal | None = strawberry.field(
        default=None, description="A higher price to compare it with."
    )
    weight_g: int = strawberry.field(default=0, description="What one unit of a new one weighs, in grams.")
    sku_prefix: str = strawberry.field(
        default="", description="How the SKUs of new ones begin; left out, as the listing's slug."
    )


@strawberry.input(description="Begin a listing like another one.")
class DuplicateProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing to copy.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Names this request, so that it may be repeated without a second effect."
    )


@strawberry.input(description="What shall change of one variant; what is left out stays.")
class VariantEditInput:
    variant: strawberry.ID = strawberry.field(description="The variant.")
    price: Decimal | None = strawberry.field(default=None, description="What one unit shall cost.")
    compare_at_price: Decimal | None = strawberry.field(
        default=None, description="The higher price it shall be compared with."
    )
    is_compared: bool | None = strawberry.field(
        default=None, description="False takes away what it is compared with."
    )
    stock_delta: int = strawberry.field(
        default=0, description="How many more units are on hand; negative: fewer."
    )
    is_active: bool | None = strawberry.field(default=None, description="Whether it shall be for sale.")

    def to_domain(self) -> Edit:
        """As the catalogue understands it; raises InvalidInput for an id that is none."""
        return Edit(
            variant=decode_key(self.variant, "ListingVariant", field="variant"),
            price=self.price,
            compare_at=self.compare_at_price,
            is_compared=self.is_compared,
            delta=self.stock_delta,
            is_active=self.is_active,
        )

    @property
    def is_of_the_listing(self) -> bool:
        """Whether it changes more than the stock."""
        changes = (self.price, self.compare_at_price, self.is_compared, self.is_active)
        return any(each is not None for each in changes)


@strawberry.input(description="Prices, stock and sale of many variants at once.")
class UpdateVariantsInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    variants: list[VariantEditInput] = strawberry.field(description="The changes, at most 100.")
    reason: StockReason = strawberry.field(
        default=StockReason.CORRECTION, description="Why stock changes, for the record."
    )
    note: str = strawberry.field(default="", description="For the record.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Names this request, so that it may be repeated without a second effect."
    )
