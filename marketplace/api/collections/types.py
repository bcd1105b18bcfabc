"""Collections as buyers see them."""

from typing import Any

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from strawberry_django.optimizer import optimize

from catalog import models
from catalog.selectors.collections import places
from marketplace.api import fields
from marketplace.api.catalog.types import RankedProducts
from marketplace.api.nodes import Node
from marketplace.api.snippets import SnippetType


def placed(info: strawberry.Info) -> Any:
    """Hint to the optimizer: what stands in each collection."""
    return Prefetch("places", _with_products(info), to_attr="prefetched_places")


def _with_products(info: strawberry.Info) -> "QuerySet[models.CollectionProduct]":
    products = optimize(models.Product.objects.all(), info)
    return places().prefetch_related(Prefetch("product", products))


@strawberry_django.type(
    models.Collection, name="Collection", description="Products that the platform put together."
)
class CollectionType(Node):
    title: str = fields.attribute(description="What it is called.")
    slug: str = fields.attribute(description="Names the collection in addresses and in filters.")
    description: str = fields.attribute(description="What is said of it.")
    is_published: bool = fields.attribute(description="Whether buyers see it.")

    @fields.connection(
        RankedProducts,
        description="What stands in it and can be bought, in its order: a hundred at most.",
        prefetch_related=[placed],
        only=["id"],
    )
    @staticmethod
    def products(root: strawberry.Parent[models.Collection], info: strawberry.Info) -> list[models.Product]:
        # Without the hint, where the field stands under two names, it is asked for here.
        found = getattr(root, "prefetched_places", None)
        mine = _with_products(info).filter(collection=root) if found is None else found
        return [place.product for place in mine]

    @fields.field(
        SnippetType,
        description="What search engines show of its page.",
        only=["meta_title", "meta_description", "title", "description"],
    )
    @staticmethod
    def seo(root: strawberry.Parent[models.Collection]) -> Any:
        return root.snippet_of(root.title, root.description)
