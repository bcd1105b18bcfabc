"""What one does with wishlists: everybody, with an account or without, but for mail."""

from typing import Annotated

import strawberry

from catalog.errors import OutOfStock
from checkout.errors import CartFull, NotForSale
from checkout.models import Cart
from marketplace.accounts.errors import SignInRequired
from marketplace.api import fields, rates
from marketplace.api.checkout.types import CartType
from marketplace.api.context import Info
from marketplace.api.fields import INPUT
from marketplace.api.scalars import decode_key
from marketplace.api.wishlists.inputs import (
    AddToWishlistInput,
    DeleteWishlistInput,
    MoveToCartInput,
    RemoveFromWishlistInput,
    RevokeWishlistLinkInput,
    SaveWishlistInput,
    SetWishlistAlertsInput,
    ShareWishlistInput,
)
from marketplace.api.wishlists.types import WishlistType
from marketplace.community.errors import TooManyWishlists, WishlistFull
from marketplace.community.models import Wishlist, WishlistItem
from marketplace.community.operations import wishes, wishlists
from marketplace.community.selectors import wishlists as selectors
from marketplace.kernel.errors import CurrencyMismatch, InvalidInput, NotFound, RateLimited


@strawberry.type(description="It is done.")
class WishlistSuccess:
    row: strawberry.Private[Wishlist]

    @fields.field(WishlistType, description="The wishlist as it is now.")
    def wishlist(self, info: Info) -> Wishlist:
        return fields.refetch(self.row, info)


@strawberry.type(description="The wishlist is gone.")
class DeleteWishlistSuccess:
    name: str = strawberry.field(description="What it was called.")


@strawberry.type(description="It is in the cart, and off the wishlist.")
class MoveToCartSuccess:
    row: strawberry.Private[Cart]

    @fields.field(CartType, description="The cart as it is now.")
    def cart(self) -> Cart:
        return self.row


@strawberry.type
class Mutation:
    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        WishlistFull,
        description="Put something on a wishlist; no account is needed. Once more changes nothing.",
    )
    def add_to_wishlist(self, info: Info, input: Annotated[AddToWishlistInput, INPUT]) -> WishlistSuccess:
        rates.count_cart_change(info)
        product = decode_key(input.product, "Product", field="product")
        variant = None if input.variant is None else decode_key(input.variant, "Variant", field="variant")
        item = wishes.add_to_wishlist(
            session=info.context.session,
            user=info.context.user,
            product_id=product,
            variant_id=variant,
            wishlist=None if input.wishlist is None else _list(input.wishlist, info),
        )
        return WishlistSuccess(row=item.wishlist)

    @fields.mutation(RateLimited, NotFound, description="Take something off a wishlist.")
    def remove_from_wishlist(
        self, info: Info, input: Annotated[RemoveFromWishlistInput, INPUT]
    ) -> WishlistSuccess:
        rates.count_cart_change(info)
        return WishlistSuccess(row=wishes.remove_from_wishlist(item=_item(input.item, info)))

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        NotForSale,
        OutOfStock,
        CurrencyMismatch,
        CartFull,
        description="Put what is on a wishlist into the cart; what was wished for in any variant, in the one "
        "that is offered first.",
    )
    def move_to_cart(self, info: Info, input: Annotated[MoveToCartInput, INPUT]) -> MoveToCartSuccess:
        rates.count_cart_change(info)
        cart = wishes.move_to_cart(
            session=info.context.session,
            user=info.context.user,
            item=_item(input.item, info),
            quantity=input.quantity,
        )
        return MoveToCartSuccess(row=cart)

    @fields.mutation(
        RateLimited,
        NotFound,
        InvalidInput,
        TooManyWishlists,
        description="Make a wishlist, or give one of yours another name.",
    )
    def save_wishlist(self, info: Info, input: Annotated[SaveWishlistInput, INPUT]) -> WishlistSuccess:
        rates.count_cart_change(info)
        row = wishlists.save_wishlist(
            session=info.context.session,
            user=info.context.user,
            name=input.name,
            wishlist=None if input.wishlist is None else _list(input.wishlist, info),
        )
        return WishlistSuccess(row=row)

    @fields.mutation(
        RateLimited, NotFound, InvalidInput, description="Delete a wishlist with all that is on it."
    )
    def delete_wishlist(
        self, info: Info, input: Annotated[DeleteWishlistInput, INPUT]
    ) -> DeleteWishlistSuccess:
        rates.count_cart_change(info)
        row = _list(input.wishlist, info)
        wishlists.delete_wishlist(wishlist=row)
        return DeleteWishlistSuccess(name=row.name)

    @fields.mutation(
        RateLimited, NotFound, description="Let whoever has its link read a wishlist; nobody can guess it."
    )
    def share_wishlist(self, info: Info, input: Annotated[ShareWishlistInput, INPUT]) -> WishlistSuccess:
        rates.count_cart_change(info)
        return WishlistSuccess(row=wishlists.share_wishlist(wishlist=_list(input.wishlist, info)))

    @fields.mutation(RateLimited, NotFound, description="Let the link of a wishlist open nothing any more.")
    def revoke_wishlist_link(
        self, info: Info, input: Annotated[RevokeWishlistLinkInput, INPUT]
    ) -> WishlistSuccess:
        rates.count_cart_change(info)
        return WishlistSuccess(row=wishlists.revoke_wishlist_link(wishlist=_list(input.wishlist, info)))

    @fields.mutation(
        RateLimited,
        NotFound,
        SignInRequired,
        description="Say whether you want mail when something on a wishlist of yours is back or costs less.",
    )
    def set_wishlist_alerts(
        self, info: Info, input: Annotated[SetWishlistAlertsInput, INPUT]
    ) -> WishlistSuccess:
        rates.count_cart_change(info)
        row = wishlists.watch_wishlist(
            wishlist=_list(input.wishlist, info), user=info.context.user, is_watched=input.is_watched
        )
        return WishlistSuccess(row=row)


def _list(identifier: str, info: Info) -> Wishlist:
    key = decode_key(identifier, "Wishlist", field="wishlist")
    return selectors.own_list(key, session=info.context.session, user=info.context.user)


def _item(identifier: str, info: Info) -> WishlistItem:
    key = decode_key(identifier, "WishlistItem", field="item")
    return selectors.own_item(key, session=info.context.session, user=info.context.user)
