"""Lists as their owners see them, a user or a guest's session, and as those who have the link do."""

import uuid
from enum import Enum
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from catalog.models import Product, ProductStatus
from marketplace.accounts.models import User
from marketplace.community.models import Wishlist, WishlistItem
from marketplace.kernel.errors import NotFound
from vendors.models import VendorStatus

# What the session of a guest remembers.
LISTS: Final = "wishlist_id"
LONGEST_TOKEN: Final = 43


class Availability(Enum):
    """Whether what is on a list can be had."""

    AVAILABLE = "available"
    OUT_OF_STOCK = "out_of_stock"
    VENDOR_AWAY = "vendor_away"
    NOT_SOLD = "not_sold"


def guest_token(session: SessionBase) -> uuid.UUID | None:
    """By what a guest's lists are known; None for who has none."""
    try:
        return uuid.UUID(str(session.get(LISTS, "")))
    except ValueError:
        return None


def lists_of(*, session: SessionBase, user: User | None) -> QuerySet[Wishlist]:
    """The lists of the user, or of the guest: the default one first."""
    if user is not None:
        return Wishlist.objects.filter(user=user)
    token = guest_token(session)
    return Wishlist.objects.none() if token is None else Wishlist.objects.filter(guest_token=token)


def own_list(pk: int, *, session: SessionBase, user: User | None) -> Wishlist:
    """One of them. Raises NotFound for another's as for none."""
    row = lists_of(session=session, user=user).filter(pk=pk).first()
    if row is None:
        raise NotFound(thing="wishlist", field="wishlist")
    return row


def items_of(*, session: SessionBase, user: User | None) -> QuerySet[WishlistItem]:
    """What is on any of them."""
    return WishlistItem.objects.filter(wishlist__in=lists_of(session=session, user=user))


def own_item(pk: int, *, session: SessionBase, user: User | None) -> WishlistItem:
    """One of these. Raises NotFound for another's as for none."""
    rows = items_of(session=session, user=user).select_related("variant", "product")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(thing="item", field="item")
    return row


def shared_list(token: str) -> QuerySet[Wishlist]:
    """The list that this link opens: one row or none."""
    known = len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable() and token
    return Wishlist.objects.filter(share_token=token) if known else Wishlist.objects.none()


def is_shown(product: Product) -> bool:
    """Whether buyers may see the product. Reads its vendor."""
    return (
        product.status == ProductStatus.PUBLISHED
        and product.price_minor is not None
        and product.vendor.status == VendorStatus.APPROVED
    )


def availability_of(item: WishlistItem) -> Availability:
    """Whether the thing can be had at this moment. Reads its product with the vendor, and its variant."""
    product, variant = item.product, item.variant
    if not is_shown(product) or (variant is not None and not variant.is_active):
        return Availability.NOT_SOLD
    if not product.vendor.is_open:
        return Availability.VENDOR_AWAY
    is_left = product.is_in_stock if variant is None else variant.available > 0
    return Availability.AVAILABLE if is_left else Availability.OUT_OF_STOCK
