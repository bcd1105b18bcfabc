"""What may be read of the catalogue: by anyone, by the vendor's people, by the platform."""

from typing import Annotated, Any, Self

import strawberry
from django.db.models import Q, QuerySet
from typing_extensions import override

from catalog import models
from catalog.permissions import VIEW_PRODUCTS
from catalog.selectors import categories, facets, listings, sellers
from catalog.selectors.listings import ANYTHING, ProductSort
from marketplace.api import fields
from marketplace.api.catalog.filters import ProductFilterInput
from marketplace.api.catalog.types import CategoryType, Facets, ListingType, ProductType
from marketplace.api.connections import Connection, Nodes
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from vendors.permissions import VendorPermission

Slug = Annotated[str, strawberry.argument(description="The name in addresses.")]
Filter = Annotated[ProductFilterInput | None, strawberry.argument(description="What is looked for.")]
Sort = Annotated[
    ProductSort | None,
    strawberry.argument(description="Default: by relevance with words, else newest first."),
]


@strawberry.type(
    name="ProductConnection", description="A page of products, and the choices that narrow them."
)
class ProductConnection(Connection[ProductType]):
    wanted: strawberry.Private[listings.ProductFilter] = ANYTHING

    @fields.field(description="How many products each further choice would leave.")
    def facets(self) -> Facets:
        return Facets.of(facets.facet_counts(self.wanted))

    @override
    @classmethod
    def resolve_connection(  # type: ignore[override]  # the arguments of `products` come along
        cls, nodes: Nodes, *, info: strawberry.Info, filter: ProductFilterInput | None = None, **kwargs: Any
    ) -> Self:
        made = super().resolve_connection(nodes, info=info, **kwargs)
        made.wanted = filter.wanted if filter else ANYTHING
        return made


@visible("Category")
def visible_categories(_: Info) -> "QuerySet[models.Category]":
    return categories.categories()


@visible("Product")
def visible_products(_: Info) -> "QuerySet[models.Product]":
    return models.Product.objects.visible()


@visible("Variant")
def visible_variants(_: Info) -> "QuerySet[models.Variant]":
    return models.Variant.objects.filter(is_active=True, product__in=models.Product.objects.visible())


@visible("ProductImage")
def visible_images(info: Info) -> "QuerySet[models.ProductImage]":
    visible = models.Product.objects.visible()
    return models.ProductImage.objects.filter(Q(product__in=visible) | Q(product__in=visible_listings(info)))


@visible("Listing")
def visible_listings(info: Info) -> "QuerySet[models.Product]":
    return sellers.listings_of(info.context.visitor, VendorPermission.VIEW_LISTINGS)


@visible("ListingVariant")
def visible_listing_variants(info: Info) -> "QuerySet[models.Variant]":
    return models.Variant.objects.filter(product__in=visible_listings(info))


@strawberry.type
class Query:
    @fields.connection(ProductConnection, description="Products for sale.")
    def products(self, filter: Filter = None, sort_by: Sort = None) -> "QuerySet[models.Product]":
        return listings.buyable_products(filter.wanted if filter else ANYTHING, sort_by)

    @fields.field(
        ProductType | None,
        description="The product of this slug, if it is for sale; one that it has borne leads to it too.",
    )
    def product(self, info: Info, slug: Slug) -> models.Product | None:
        return fields.fetch(listings.product_by_slug(slug), info)

    @fields.field(CategoryType | None, description="The category of this slug.")
    def category(self, info: Info, slug: Slug) -> models.Category | None:
        return fields.fetch(categories.category_by_slug(slug), info)

    @fields.connection(CategoryType, description="All categories, siblings in their order.")
    def categories(self) -> "QuerySet[models.Category]":
        return categories.categories()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        ListingType,
        description="Listings that wait for a decision, new ones and those with a change of what is on sale "
        "(`pendingChange`): the longest waiting first.",
        is_guarded=True,
    )
    def products_awaiting_review(self, info: Info) -> "QuerySet[models.Product]":
        info.context.demand_staff(VIEW_PRODUCTS)
        return sellers.listings_awaiting_review()
