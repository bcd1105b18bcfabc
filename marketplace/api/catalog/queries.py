"""What anyone may read of the catalogue."""

from typing import Any

import strawberry
from django.db.models import QuerySet

from catalog.models import Product
from marketplace.api import fields
from marketplace.api.catalog.types import ProductType
from marketplace.api.context import Info
from marketplace.api.nodes import visible


@visible("Product")
def visible_products(_: Info) -> "QuerySet[Product]":
    return Product.objects.buyable()


@strawberry.type
class Query:
    @fields.connection(ProductType, description="Products for sale.")
    def products(self) -> "QuerySet[Any]":
        return Product.objects.buyable().order_by("pk")

    @fields.field(ProductType | None, description="The product of this slug.")
    def product(self, info: Info, slug: str) -> Product | None:
        return fields.fetch(Product.objects.buyable().filter(slug=slug), info)
