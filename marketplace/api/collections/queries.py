"""What may be read of collections."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from catalog import models
from catalog.permissions import VIEW_COLLECTIONS
from catalog.selectors import collections
from marketplace.api import fields
from marketplace.api.collections.types import CollectionType
from marketplace.api.context import Info
from marketplace.api.nodes import visible

Slug = Annotated[str, strawberry.argument(description="The name in addresses.")]


@visible("Collection")
def visible_collections(info: Info) -> "QuerySet[models.Collection]":
    if info.context.staff_who_may(VIEW_COLLECTIONS):
        return collections.all_collections()
    return collections.collections()


@strawberry.type
class Query:
    @fields.field(CollectionType | None, description="The collection of this slug.")
    def collection(self, info: Info, slug: Slug) -> models.Collection | None:
        return fields.fetch(collections.collection_by_slug(slug), info)

    @fields.connection(CollectionType, description="Products that the platform put together, in its order.")
    def collections(self) -> "QuerySet[models.Collection]":
        return collections.collections()


@strawberry.type
class Platform:
    """The part of `platform` that this package provides."""

    @fields.connection(
        CollectionType, description="All collections, those that buyers do not see too.", is_guarded=True
    )
    def collections(self, info: Info) -> "QuerySet[models.Collection]":
        info.context.demand_staff(VIEW_COLLECTIONS)
        return collections.all_collections()
