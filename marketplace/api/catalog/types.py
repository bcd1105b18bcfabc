"""Categories, products, variants and pictures as buyers see them."""

import strawberry
import strawberry_django
from django.core.files.storage import default_storage
from strawberry import relay

from catalog import models
from marketplace.api import fields
from marketplace.api.scalars import MoneyType
from marketplace.api.vendors.types import VendorType


@strawberry_django.type(models.Category, name="Category", description="A node of the category tree.")
class CategoryType(relay.Node):
    name: str = strawberry_django.field(description="What buyers read.")
    slug: str = strawberry_django.field(description="Names the category in addresses.")
    path: str = strawberry_django.field(
        description="The slugs from the root down to here, joined by slashes."
    )
    parent: "CategoryType | None" = strawberry_django.field(
        description="The category above; null for a root."
    )


@strawberry.type(description="One size a picture is kept in.")
class Rendition:
    width: int = strawberry.field(description="In pixels.")
    height: int = strawberry.field(description="In pixels.")
    url: str = strawberry.field(description="Where it is; WebP.")


@strawberry_django.type(models.ProductImage, name="ProductImage", description="A picture of a product.")
class ProductImageType(relay.Node):
    alt: str = strawberry_django.field(description="What it shows, for those who do not see it.")
    width: int = strawberry_django.field(description="Of the largest size, in pixels.")
    height: int = strawberry_django.field(description="Of the largest size, in pixels.")
    placeholder: str = strawberry_django.field(description="A tiny blurred version as a data address.")

    @fields.field(description="Where the largest size is.", only=["file"])
    def url(self) -> str:
        return default_storage.url(self.file.name)

    @fields.field(description="The sizes it is kept in, smallest first.", only=["renditions"])
    def renditions(self) -> list[Rendition]:
        return [
            Rendition(width=each["width"], height=each["height"], url=default_storage.url(each["name"]))
            for each in self.renditions
        ]


@strawberry.type(description="A choice a variant stands for, such as Colour: Blue.")
class SelectedOption:
    name: str = strawberry.field(description="The axis: Colour, Size ...")
    value: str = strawberry.field(description="The value on it.")


@strawberry_django.type(models.Variant, name="Variant", description="One combination of a product's options.")
class VariantType(relay.Node):
    sku: str = strawberry_django.field(description="The vendor's own number of it.")
    price: MoneyType = strawberry_django.field(
        description="What one unit costs.", only=["price_minor", "currency"]
    )
    compare_at_price: MoneyType | None = strawberry_django.field(
        description="The higher price it is compared with, if any.", only=["compare_at_minor", "currency"]
    )

    @fields.field(description="What it stands for on each axis of its product.", only=["options"])
    def options(self) -> list[SelectedOption]:
        return [SelectedOption(name=name, value=value) for name, value in self.options.items()]


@strawberry_django.type(models.Product, name="Product", description="A listing of one vendor.")
class ProductType(relay.Node):
    title: str = strawberry_django.field(description="What it is called.")
    slug: str = strawberry_django.field(description="Names the product in addresses.")
    description: str = strawberry_django.field(description="What the vendor says of it.")
    vendor: VendorType = strawberry_django.field(description="Who sells it.")
    category: CategoryType = strawberry_django.field(description="Where it stands in the category tree.")
    price: MoneyType | None = strawberry_django.field(
        description="The price of its cheapest variant.", only=["price_minor", "currency"]
    )
    default_variant: VariantType | None = strawberry_django.field(
        description="The variant its price is taken from."
    )
    variants = fields.related(VariantType, description="What can be put in the cart.")
    images = fields.related(ProductImageType, description="Its pictures in the vendor's order.")
