"""Categories, products, variants and pictures: as buyers see them, and as the vendor's people do."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from strawberry_django.optimizer import optimize

from catalog import models
from catalog.asking import asked
from catalog.selectors import facets, sellers
from checkout.models import ShippingProfile
from marketplace.api import fields
from marketplace.api.attributes.types import (
    CategoryAttribute,
    ListingAttribute,
    ProductAttribute,
    asking_category,
    attributes_of,
    kept_answers,
    listed_of,
    shown_answers,
    shown_of,
)
from marketplace.api.choices import enum_of
from marketplace.api.connections import Connection
from marketplace.api.context import Info
from marketplace.api.listings.types import WEIGHED, ListingQuality, quality_of
from marketplace.api.moderation.types import Moderated
from marketplace.api.nodes import Node
from marketplace.api.pictures import Pictured
from marketplace.api.recommend.types import bought_together, near_in_price, similar_to, together_with
from marketplace.api.reviews.types import Rated
from marketplace.api.scalars import MoneyType
from marketplace.api.snippets import SnippetType
from marketplace.api.vendors.types import VendorType, demand
from vendors.errors import NotPermitted
from vendors.models import Vendor
from vendors.permissions import VendorPermission

if TYPE_CHECKING:
    from marketplace.api.shipping.types import ShippingProfileType

enum_of(models.StockLevel, description="Stock in words; buyers do not learn the number.")
enum_of(models.ProductStatus, description="Where a listing stands.")
enum_of(models.StockReason, description="Why stock changed.")
enum_of(models.RejectionReason, description="Why a listing was sent back.")


@strawberry_django.type(models.Category, name="Category", description="A node of the category tree.")
class CategoryType(Node):
    name: str = fields.attribute(description="What buyers read.")
    slug: str = fields.attribute(description="Names the category in addresses.")
    path: str = fields.attribute(description="The slugs from the root down to here, joined by slashes.")
    parent: "CategoryType | None" = fields.attribute(description="The category above; null for a root.")

    @fields.field(
        SnippetType,
        description="What search engines show of its page.",
        only=["meta_title", "meta_description", "name"],
    )
    @staticmethod
    def seo(root: strawberry.Parent[models.Category]) -> Any:
        return root.snippet_of(root.name, "")

    @fields.field(description="How many products can be bought in it and below it.", only=["path"])
    @staticmethod
    def product_count(root: strawberry.Parent[models.Category], info: Info) -> int:
        return info.context.product_counts.get(root.path, 0)

    @fields.field(
        description="What its products are asked for, by it and by the categories above, in order.",
        annotate={"asked": asked()},
        only=["id"],
    )
    @staticmethod
    def attributes(root: strawberry.Parent[models.Category]) -> list[CategoryAttribute]:
        return attributes_of(root)


@strawberry_django.type(models.ProductImage, name="ProductImage", description="A picture of a product.")
class ProductImageType(Pictured, Node):
    pass


@strawberry.type(description="A choice a variant stands for, such as Colour: Blue.")
class SelectedOption:
    name: str = strawberry.field(description="The axis: Colour, Size ...")
    value: str = strawberry.field(description="The value on it.")


@strawberry.type(description="An axis on which the variants of a product differ.")
class ProductOption:
    name: str = strawberry.field(description="The axis: Colour, Size ...")
    values: list[str] = strawberry.field(description="The values its variants have, in their order.")


@strawberry.type(description="A choice of one kind, and how many products it leaves.")
class FacetValue:
    slug: str = strawberry.field(description="The value to filter by.")
    name: str = strawberry.field(description="What buyers read.")
    count: int = strawberry.field(
        description="How many products it leaves; a category counts those below it."
    )


@strawberry.type(description="The prices in one currency.")
class PriceFacet:
    lowest: MoneyType = strawberry.field(description="The lowest of them.")
    highest: MoneyType = strawberry.field(description="The highest of them.")
    count: int = strawberry.field(description="How many products have a price in this currency.")


@strawberry.type(description="So many stars and up, in the mean of a product's reviews.")
class RatingFacet:
    stars: int = strawberry.field(description="The value to filter by.")
    count: int = strawberry.field(description="How many products it leaves.")


@strawberry.type(description="The answers to one attribute: choices, or numbers in its unit.")
class AttributeFacet:
    slug: str = strawberry.field(description="Names the attribute in filters.")
    name: str = strawberry.field(description="What buyers read.")
    unit: str = strawberry.field(description="Of its numbers; empty where it has none.")
    count: int = strawberry.field(description="How many products have a number; 0 where it has choices.")
    values: list[FacetValue] = strawberry.field(description="Its choices, the twenty with most products.")
    lowest: Decimal | None = strawberry.field(description="The least of its numbers.")
    highest: Decimal | None = strawberry.field(description="The greatest of its numbers.")


@strawberry.type(
    description="The choices that remain; each kind is counted as if nothing of its kind were chosen."
)
class Facets:
    in_stock: int = strawberry.field(description="How many can be bought now.")
    categories: list[FacetValue] = strawberry.field(description="In the order of the tree.")
    vendors: list[FacetValue] = strawberry.field(description="The fifty with most products, largest first.")
    prices: list[PriceFacet] = strawberry.field(description="By currency.")
    ratings: list[RatingFacet] = strawberry.field(description="Four stars and up, three and up, and so on.")
    attributes: list[AttributeFacet] = strawberry.field(
        description="Those of the categories chosen, or else of the one most products are in."
    )

    @classmethod
    def of(cls, counted: facets.Facets) -> Self:
        """The domain's count as it looks outside; the two have the same shape."""
        return cast("Self", counted)


@strawberry_django.type(models.Variant, name="Variant", description="One combination of a product's options.")
class VariantType(Node):
    sku: str = fields.attribute(description="The vendor's own number of it.")
    price: MoneyType = fields.attribute(description="What one unit costs.", only=["price_minor", "currency"])
    compare_at_price: MoneyType | None = fields.attribute(
        description="The higher price it is compared with, if any.", only=["compare_at_minor", "currency"]
    )
    stock_level: models.StockLevel = fields.attribute(
        description="Whether it can be had.", only=["on_hand", "reserved", "is_active"]
    )
    image: ProductImageType | None = fields.attribute(description="The picture of the product that shows it.")

    @fields.field(description="What it stands for on each axis of its product.", only=["options"])
    @staticmethod
    def options(root: strawberry.Parent[models.Variant]) -> list[SelectedOption]:
        return [SelectedOption(name=name, value=value) for name, value in root.options.items()]


def live_variants(_: object) -> Any:
    """Hint to the optimizer: the variants for sale, for all products at once."""
    live = models.Variant.objects.filter(is_active=True).select_related("image")
    return Prefetch("variants", live, to_attr="prefetched_live")


def live_of(product: models.Product) -> list[models.Variant]:
    """The variants for sale, prefetched by the hint above.

    Without it (the field stands under two names with different arguments) they are asked for here.
    """
    live: list[models.Variant] | None = getattr(product, "prefetched_live", None)
    return list(product.variants.filter(is_active=True)) if live is None else live


# A product leads to products.
RANKED: Any = Annotated["RankedProducts", strawberry.lazy(__name__)]


@strawberry_django.type(models.Product, name="Product", description="Something for sale, by one vendor.")
class ProductType(Rated, Node):
    title: str = fields.attribute(description="What it is called.")
    slug: str = fields.attribute(description="Names the product in addresses.")
    description: str = fields.attribute(description="What the vendor says of it.")
    vendor: VendorType = fields.attribute(description="Who sells it.")
    category: CategoryType = fields.attribute(description="Where it stands in the category tree.")
    price: MoneyType | None = fields.attribute(
        description="The price of the variant offered first.", only=["price_minor", "currency"]
    )
    default_variant: VariantType | None = fields.attribute(description="The variant offered first.")
    images = fields.related(ProductImageType, description="Its pictures in the vendor's order.")
    tags: list[str] = fields.attribute(description="The vendor's own words for it.")

    @fields.field(
        SnippetType,
        description="What search engines show of its page.",
        only=["meta_title", "meta_description", "title", "description"],
    )
    @staticmethod
    def seo(root: strawberry.Parent[models.Product]) -> Any:
        return root.snippet_of(root.title, root.description)

    @fields.connection(
        VariantType, description="What can be put in the cart.", prefetch_related=[live_variants], only=["id"]
    )
    @staticmethod
    def variants(root: strawberry.Parent[models.Product]) -> list[models.Variant]:
        return live_of(root)

    @fields.field(
        description="The axes on which its variants differ.",
        only=["option_names"],
        prefetch_related=[live_variants],
    )
    @staticmethod
    def options(root: strawberry.Parent[models.Product]) -> list[ProductOption]:
        return [
            ProductOption(
                name=name, values=list(dict.fromkeys(variant.options[name] for variant in live_of(root)))
            )
            for name in root.option_names
        ]

    @fields.field(
        description="What its vendor says of the attributes that its category asks for, in their order.",
        prefetch_related=[shown_answers],
        only=["id"],
    )
    @staticmethod
    def attributes(root: strawberry.Parent[models.Product]) -> list[ProductAttribute]:
        return shown_of(root)

    @fields.field(
        description="Whether it can be had: that of the variant offered first.",
        select_related=["default_variant"],
        only=["default_variant__on_hand", "default_variant__reserved", "default_variant__is_active"],
    )
    @staticmethod
    def stock_level(root: strawberry.Parent[models.Product]) -> models.StockLevel:
        return root.stock_level

    @fields.field(
        MoneyType | None,
        description="The higher price that of the variant offered first is compared with, if any.",
        select_related=["default_variant"],
        only=["default_variant__compare_at_minor", "default_variant__currency"],
    )
    @staticmethod
    def compare_at_price(root: strawberry.Parent[models.Product]) -> Any:
        return root.default_variant.compare_at_price if root.default_variant else None

    @fields.connection(
        RANKED,
        description="What its buyers have bought too, by how many of them: twenty at most.",
        prefetch_related=[bought_together],
        only=["id"],
    )
    @staticmethod
    def also_bought(root: strawberry.Parent[models.Product], info: Info) -> list[models.Product]:
        return together_with(root, info)

    @fields.connection(
        RANKED,
        description="What is sold in its category at about its price, the nearest first: twenty at most.",
        prefetch_related=[near_in_price],
        only=["id"],
    )
    @staticmethod
    def similar_products(root: strawberry.Parent[models.Product], info: Info) -> list[models.Product]:
        return similar_to(root, info)


@strawberry.type(name="RankedProductConnection", description="A page of products, the most fitting first.")
class RankedProducts(Connection[ProductType]):
    pass


@strawberry_django.type(
    models.Variant, name="ListingVariant", description="A variant as the vendor's people see it."
)
class ListingVariantType(VariantType):
    is_active: bool = fields.attribute(description="Whether it is for sale.")
    delivery_note: str = fields.attribute(
        description="What who has bought it reads once it is paid, where it needs no shipping."
    )
    on_hand: int = fields.attribute(description="Units in the house.")
    reserved: int = fields.attribute(description="Units promised to buyers who have not paid yet.")
    available: int = fields.attribute(
        description="Units that can still be sold.", only=["on_hand", "reserved"]
    )
    weight_g: int = fields.attribute(description="What one unit weighs, in grams.")


# How it ships leads to what is above the catalogue.
PROFILE: Any = Annotated["ShippingProfileType", strawberry.lazy("marketplace.api.shipping.types")]


def shipped_by(info: strawberry.Info) -> "Prefetch[Any]":
    """The profiles that products name, with what is asked of them, for all at once."""
    return Prefetch("shipping__profile", queryset=optimize(ShippingProfile.objects.all(), info))


@strawberry_django.type(
    models.Product, name="Listing", description="A product as the vendor's people see it."
)
class ListingType(Moderated, Node):
    title: str = fields.attribute(description="What it is called.")
    slug: str = fields.attribute(description="Names the product in addresses.")
    description: str = fields.attribute(description="What buyers read of it.")
    status: models.ProductStatus = fields.attribute(description="Where it stands.")
    category: CategoryType = fields.attribute(description="Where it stands in the category tree.")
    option_names: list[str] = fields.attribute(description="The axes on which its variants differ.")
    is_shipped: bool = fields.attribute(description="Whether it is sent; what is digital is not.")
    tax_category: str = fields.attribute(description="How rules of tax know it.")
    price: MoneyType | None = fields.attribute(
        description="The price of the variant offered first.", only=["price_minor", "currency"]
    )
    images = fields.related(ProductImageType, description="Its pictures in their order.")
    tags: list[str] = fields.attribute(description="Your own words for it.")
    variants = fields.related(ListingVariantType, description="All its variants, those not for sale too.")

    @fields.field(
        description="What its category asks for, answered or not, and after it what else it says.",
        prefetch_related=[kept_answers, asking_category],
        only=["id", "category_id"],
    )
    @staticmethod
    def attributes(root: strawberry.Parent[models.Product]) -> list[ListingAttribute]:
        return listed_of(root)

    @fields.field(
        description="How good it is, and what would make it better.",
        prefetch_related=WEIGHED,
        only=["id", "category_id", "title", "description", "currency", "sold_lately"],
    )
    @staticmethod
    def quality(root: strawberry.Parent[models.Product]) -> ListingQuality:
        return quality_of(root)

    @fields.field(
        PROFILE | None,
        description="By which profile it ships; null for the vendor's default one.",
        prefetch_related=[shipped_by],
        only=["id", "vendor_id"],
    )
    @staticmethod
    def shipping_profile(root: strawberry.Parent[models.Product], info: Info) -> ShippingProfile | None:
        if VendorPermission.VIEW_VENDOR not in info.context.permissions.get(root.vendor_id, ()):
            raise NotPermitted(permission=VendorPermission.VIEW_VENDOR)
        shipped = getattr(root, "shipping", None)
        return None if shipped is None else cast("ShippingProfile", shipped.profile)


@strawberry_django.type(Vendor)
class Account:
    """The part of VendorAccount that this package provides."""

    @fields.connection(
        ListingType, description="All its products, newest first.", only=["id"], is_guarded=True
    )
    @staticmethod
    def listings(root: strawberry.Parent[Vendor], info: Info) -> "QuerySet[models.Product]":
        demand(VendorPermission.VIEW_LISTINGS, root, info)
        return sellers.listings_for_vendor(root)
