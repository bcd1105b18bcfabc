"""What may be read of the catalogue: by anyone, by the vendor's people, by the platform."""

from dataclasses import replace
from typing import Annotated, Any, Self

import strawberry
from django.db.models import Q, QuerySet
from strawberry.relay.utils import should_resolve_list_connection_edges
from strawberry_django.optimizer import optimize
from typing_extensions import override

from catalog import models
from catalog.operations import tallies
from catalog.permissions import VIEW_PRODUCTS
from catalog.selectors import categories, facets, listings, sellers
from catalog.selectors.corrections import correction
from catalog.selectors.listings import ANYTHING, ProductSort
from marketplace.api import fields
from marketplace.api.catalog.filters import ProductFilterInput
from marketplace.api.catalog.types import CategoryType, Facets, ListingType, ProductType
from marketplace.api.connections import Connection, Nodes
from marketplace.api.context import Info
from marketplace.api.errors import RequestError
from marketplace.api.nodes import visible
from vendors.permissions import VendorPermission

Slug = Annotated[str, strawberry.argument(description="The name in addresses.")]
Filter = Annotated[ProductFilterInput | None, strawberry.argument(description="What is looked for.")]
Sort = Annotated[
    ProductSort | None,
    strawberry.argument(description="Default: by relevance with words, else newest first."),
]


@strawberry.type(description="Words in the place of those that nothing has.")
class SearchCorrection:
    text: str = strawberry.field(description="What was searched for: the nearest words the catalogue has.")


@strawberry.type(
    name="ProductConnection", description="A page of products, and the choices that narrow them."
)
class ProductConnection(Connection[ProductType]):
    wanted: strawberry.Private[listings.ProductFilter] = ANYTHING
    correction: SearchCorrection | None = strawberry.field(
        default=None,
        description="What was searched for instead, where nothing has the words that were given.",
    )

    @fields.field(description="How many products each further choice would leave.")
    def facets(self) -> Facets:
        return Facets.of(facets.facet_counts(self.wanted))

    @override
    @classmethod
    def resolve_connection(  # type: ignore[override]  # the arguments of `products` come along
        cls,
        nodes: Nodes,
        *,
        info: strawberry.Info,
        filter: ProductFilterInput | None = None,
        sort_by: ProductSort | None = None,
        **kwargs: Any,
    ) -> Self:
        """The page; where nothing has the words, that of the words that may be meant. Notes what was asked.

        A cursor of theirs is none of the words that were given, so it is asked again behind it.
        """
        wanted = filter.wanted if filter else ANYTHING
        try:
            made = super().resolve_connection(nodes, info=info, **kwargs)
        except RequestError as fault:
            text = correction(wanted.text) if _is_of_another_list(fault) else None
            if text is None:
                raise
        else:
            is_empty = not made.edges if should_resolve_list_connection_edges(info) else not made.counted
            text = correction(wanted.text) if is_empty else None
        if text is not None:
            wanted = replace(wanted, text=text)
            mended = optimize(listings.buyable_products(wanted, sort_by), info)
            made = super().resolve_connection(mended, info=info, **kwargs)
            made.correction = SearchCorrection(text=text)
        made.wanted = wanted
        if wanted.text and not wanted.is_narrowed and not (kwargs.get("after") or kwargs.get("before")):
            tallies.note(wanted.text, len(made.edges))
        return made


def _is_of_another_list(fault: RequestError) -> bool:
    return (fault.extensions or {}).get("code") == "BAD_CURSOR"


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
