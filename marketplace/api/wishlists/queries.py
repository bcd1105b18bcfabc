"""Who may read which wishlists: their owners, and who has the link."""

from typing import Annotated

import strawberry
from django.db.models import QuerySet

from marketplace.api import fields
from marketplace.api.context import Info
from marketplace.api.nodes import visible
from marketplace.api.wishlists.types import SharedWishlistType, WishlistType
from marketplace.community import models
from marketplace.community.selectors import wishlists as selectors


@visible("Wishlist")
def visible_lists(info: Info) -> "QuerySet[models.Wishlist]":
    return selectors.lists_of(session=info.context.session, user=info.context.user)


@visible("WishlistItem")
def visible_items(info: Info) -> "QuerySet[models.WishlistItem]":
    return selectors.items_of(session=info.context.session, user=info.context.user)


@strawberry.type
class Query:
    @fields.connection(
        WishlistType,
        description="Your wishlists, the default one first: who is signed in, or this browser's guest.",
    )
    def wishlists(self, info: Info) -> "QuerySet[models.Wishlist]":
        return visible_lists(info)

    @fields.field(SharedWishlistType | None, description="The wishlist that this link opens.")
    def wishlist(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="What its owner has sent.")],
    ) -> models.Wishlist | None:
        return fields.fetch(selectors.shared_list(token), info)


@strawberry.type
class Viewer:
    """The part of `viewer` that this package provides."""

    @fields.field(WishlistType | None, description="Your default wishlist; null while nothing was on it.")
    def wishlist(self, info: Info) -> models.Wishlist | None:
        user = info.context.user
        if user is None:
            return None
        return fields.fetch(models.Wishlist.objects.filter(user=user, is_default=True), info)
