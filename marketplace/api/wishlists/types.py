"""Wishlists as their owners see them, and as those do who have the link."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.conf import settings
from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.aggregates import Count
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from catalog.models import Product, Variant
from marketplace.api import fields
from marketplace.api.choices import enum_of
from marketplace.api.nodes import Node
from marketplace.api.reviews.types import PRODUCT, shown_of, shown_product
from marketplace.api.scalars import MoneyType
from marketplace.community import models
from marketplace.community.selectors.wishlists import Availability, availability_of
from marketplace.kernel.money import Money

if TYPE_CHECKING:
    from marketplace.api.catalog.types import VariantType

enum_of(
    Availability,
    description="Whether what is on a wishlist can be had.",
    values={
        Availability.AVAILABLE: "It can be bought now.",
        Availability.OUT_OF_STOCK: "Nothing is left of it.",
        Availability.VENDOR_AWAY: "Its vendor is away.",
        Availability.NOT_SOLD: "It is not sold any more.",
    },
)

VARIANT: Any = Annotated["VariantType", strawberry.lazy("marketplace.api.catalog.types")]


@strawberry_django.type(models.WishlistItem)
class Wished:
    """What everybody who sees a list sees of what is on it."""

    title: str = fields.attribute(description="What it was called when it was put there.")
    added_at: datetime = fields.attribute(description="When that was.")

    @fields.field(
        PRODUCT | None,
        description="The product as it is now; null while it is not for sale.",
        prefetch_related=[shown_product],
        only=["product_id"],
    )
    @staticmethod
    def product(root: strawberry.Parent[models.WishlistItem]) -> Product | None:
        return shown_of(root)

    @fields.field(
        description="Whether it can be had.",
        select_related=["variant", "product__vendor"],
        only=[
            "variant__is_active",
            "variant__on_hand",
            "variant__reserved",
            "product__status",
            "product__price_minor",
            "product__is_in_stock",
            "product__vendor__status",
            "product__vendor__closed_from_at",
            "product__vendor__closed_to_at",
        ],
    )
    @staticmethod
    def availability(root: strawberry.Parent[models.WishlistItem]) -> Availability:
        return availability_of(root)

    @fields.field(
        VARIANT | None,
        description="Which variant is wished for; null for any, and for one that is not for sale.",
        select_related=["variant"],
        only=["variant_id"],
    )
    @staticmethod
    def variant(root: strawberry.Parent[models.WishlistItem]) -> Variant | None:
        is_shown = root.variant is not None and root.variant.is_active and shown_of(root) is not None
        return root.variant if is_shown else None


@strawberry_django.type(models.WishlistItem, name="WishlistItem", description="Something on your wishlist.")
class WishlistItemType(Wished, Node):
    @fields.field(
        MoneyType,
        description="What it cost when you put it there, or when you were last told that it costs less.",
        only=["price_minor", "currency"],
    )
    @staticmethod
    def known_price(root: strawberry.Parent[models.WishlistItem]) -> Money:
        return root.price


@strawberry_django.type(
    models.WishlistItem, name="SharedWishlistItem", description="Something on somebody's wishlist."
)
class SharedWishlistItemType(Wished):
    pass


def item_count(_: object) -> Combinable:
    """Hint to the optimizer: how much is on a list, for all lists at once."""
    items = models.WishlistItem.objects.filter(wishlist=OuterRef("pk")).order_by().values("wishlist")
    return Coalesce(
        Subquery(items.annotate(count=Count("pk")).values("count")), 0, output_field=IntegerField()
    )


@strawberry_django.type(models.Wishlist)
class Listed:
    """What everybody who sees a list sees of it."""

    name: str = fields.attribute(description="What it is called.")

    @fields.field(description="How much is on it.", annotate={"items_counted": item_count}, only=["id"])
    @staticmethod
    def item_count(root: strawberry.Parent[models.Wishlist]) -> int:
        counted: int | None = getattr(root, "items_counted", None)
        return root.items.count() if counted is None else counted


@strawberry_django.type(models.Wishlist, name="Wishlist", description="What you would like to have.")
class WishlistType(Listed, Node):
    is_default: bool = fields.attribute(description="Whether things go here unasked.")
    is_watched: bool = fields.attribute(
        description="Whether you get mail when something on it is back or costs less."
    )
    share_token: str | None = fields.attribute(description="What opens it to others; null while it is yours.")
    updated_at: datetime = fields.attribute(description="When it was changed last.")
    items = fields.related(WishlistItemType, description="What is on it, the last added first.")

    @fields.field(description="The page to send to others; null while it is yours.", only=["share_token"])
    @staticmethod
    def share_link(root: strawberry.Parent[models.Wishlist]) -> str | None:
        return f"{settings.SITE_URL}/wishlists/{root.share_token}" if root.share_token else None


@strawberry_django.type(
    models.Wishlist, name="SharedWishlist", description="What somebody would like to have."
)
class SharedWishlistType(Listed):
    items: list[SharedWishlistItemType] = strawberry_django.field(
        description="What is on it, the last added first."
    )
