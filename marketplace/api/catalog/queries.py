"""What may be read of the catalogue: by anyone, by the platform."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from catalog import models
from marketplace.api import fields
from marketplace.api.catalog.types import CategoryType, ListingType, ProductType
from marketplace.api.context import Info
from marketplace.api.nodes import visible

Slug = Annotated[str, strawberry.argument(description="The name in addresses.")]


@visible("Product")
def visible_products(_: Info) -> "QuerySet[models.Product]":
    return models.Product.objects.buyable()


@strawberry.type
class Query:
    @fields.connection(ProductType, description="Products for sale.")
    def products(self) -> "QuerySet[models.Product]":
        return models.Product.objects.buyable().order_by("pk")

    @fields.field(ProductType | None, description="The product of this slug, if it is for sale.")
    def product(self, info: Info, slug: Slug) -> models.Product | None:
        return fields.fetch(models.Product.objects.buyable().filter(slug=slug), info)

    @fields.field(CategoryType | None, description="The category of this slug.")
    def category(self, info: Info, slug: Slug) -> models.Category | None:
        return fields.fetch(models.Category.objects.filter(slug=slug), info)

    @fields.connection(CategoryType, description="The category tree, parents before their children.")
    def categories(self) -> "QuerySet[models.Category]":
        return models.Category.objects.order_by("path")


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(ListingType, description="Listings that wait for a decision, oldest first.")
    def products_awaiting_review(self) -> "QuerySet[models.Product]":
        return models.Product.objects.filter(status=models.ProductStatus.PROPOSED).order_by(
            "updated_at", "pk"
        )
