"""What the mutations on the catalogue take."""

from decimal import Decimal

import strawberry

from catalog.models import RejectionReason, StockReason
from marketplace.api.attributes.inputs import ProductAttributeInput
from marketplace.api.moderation.inputs import ListingFaultInput
from marketplace.api.snippets import SnippetInput
from marketplace.api.uploads import Upload


@strawberry.input(description="The value a variant has on one axis of its product.")
class OptionInput:
    name: str = strawberry.field(description="The axis: Colour, Size ...")
    value: str = strawberry.field(description="The value on it.")


@strawberry.input(description="A new listing; it begins as a draft.")
class CreateProductInput:
    vendor: strawberry.ID = strawberry.field(description="The vendor's account.")
    category: strawberry.ID = strawberry.field(description="Where it stands in the category tree.")
    title: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(default="", description="What buyers read of it.")
    option_names: list[str] = strawberry.field(
        default_factory=list, description="The axes on which its variants differ: at most three."
    )
    tags: list[str] = strawberry.field(
        default_factory=list, description="Your own words for it, by which it is found: twenty at most."
    )
    seo: SnippetInput | None = strawberry.field(
        default=None, description="What search engines shall show of its page."
    )
    is_shipped: bool = strawberry.field(
        default=True, description="Whether it is sent; what is digital is not."
    )
    tax_category: str | None = strawberry.field(
        default=None, description="How rules of tax know it: one of the account's `taxCategories`."
    )
    attributes: list[ProductAttributeInput] = strawberry.field(
        default_factory=list, description="What it says of the attributes that its category asks for."
    )
    shipping_profile: strawberry.ID | None = strawberry.field(
        default=None,
        description="By which profile it ships; by the default one it ships wherever that is.",
    )


@strawberry.input(description="A change of a listing; what is left out stays as it is.")
class UpdateProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    category: strawberry.ID | None = strawberry.field(default=None, description="Where it shall stand.")
    title: str | None = strawberry.field(default=None, description="What it shall be called.")
    description: str | None = strawberry.field(default=None, description="What buyers shall read of it.")
    option_names: list[str] | None = strawberry.field(
        default=None, description="The axes on which its variants differ; each live variant must answer them."
    )
    tags: list[str] | None = strawberry.field(
        default=None, description="Your own words for it, twenty at most; they replace those it had."
    )
    seo: SnippetInput | None = strawberry.field(
        default=None, description="What search engines shall show of its page."
    )
    is_shipped: bool | None = strawberry.field(
        default=None, description="Whether it is sent; what is digital is not."
    )
    tax_category: str | None = strawberry.field(
        default=None, description="How rules of tax know it: one of the account's `taxCategories`."
    )
    attributes: list[ProductAttributeInput] = strawberry.field(
        default_factory=list,
        description="What it shall say of these attributes; it keeps what it says of others.",
    )
    shipping_profile: strawberry.ID | None = strawberry.field(
        default=None,
        description="By which profile it ships; by the default one it ships wherever that is.",
    )


@strawberry.input(description="A variant of a listing, new or changed.")
class SaveVariantInput:
    listing: strawberry.ID = strawberry.field(description="The listing it belongs to.")
    variant: strawberry.ID | None = strawberry.field(
        default=None, description="The variant to change; new if absent."
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
    position: int = strawberry.field(default=0, description="Its place among the variants.")
    is_active: bool = strawberry.field(default=True, description="Whether it is for sale.")
    image: strawberry.ID | None = strawberry.field(
        default=None, description="The picture of the product that shows it."
    )


@strawberry.input(description="A change of the units on hand.")
class AdjustStockInput:
    variant: strawberry.ID = strawberry.field(description="The variant.")
    delta: int = strawberry.field(description="How many more; negative: fewer.")
    reason: StockReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="For the record.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Names this request, so that it may be repeated without a second effect."
    )


@strawberry.input(description="What who has bought a digital variant reads once it is paid.")
class SetDeliveryNoteInput:
    variant: strawberry.ID = strawberry.field(description="The variant.")
    note: str = strawberry.field(description="Where it is had, and how it is opened; empty: nothing.")


@strawberry.input(description="Ask the platform to review a listing.")
class SubmitProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")


@strawberry.input(description="Take a listing out of the catalogue.")
class ArchiveProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Publish a listing.")
class ApproveProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    version: int | None = strawberry.field(
        default=None, description="Its version that was looked at: what was changed since is not approved."
    )
    note: str = strawberry.field(default="", description="For the record.")


@strawberry.input(description="Send a listing back.")
class RejectProductInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    reason: RejectionReason | None = strawberry.field(
        default=None, description="Why, as a whole; left out, it is that of the first fault."
    )
    note: str = strawberry.field(default="", description="What the vendor should mend.")
    faults: list[ListingFaultInput] = strawberry.field(
        default_factory=list, description="What is wrong with which field, twenty at most."
    )
    version: int | None = strawberry.field(
        default=None, description="Its version that was looked at: what was changed since is not rejected."
    )


@strawberry.input(description="Add a picture to a listing, after its others.")
class UploadProductImageInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    image: Upload = strawberry.field(description="The file: JPEG, PNG, WebP or GIF, 20 MB at most.")
    alt: str = strawberry.field(default="", description="What it shows, for those who do not see it.")


@strawberry.input(description="Put the pictures of a listing in another order; the first stands in lists.")
class ReorderProductImagesInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    images: list[strawberry.ID] = strawberry.field(
        description="All its pictures, each once; with a change that waits, all of that one's."
    )


@strawberry.input(description="Take a picture off a listing.")
class RemoveProductImageInput:
    listing: strawberry.ID = strawberry.field(description="The listing.")
    image: strawberry.ID = strawberry.field(description="The picture, be it one that only waits.")
