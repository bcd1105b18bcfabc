"""What is put on lists, taken off, and moved to the cart."""

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from catalog.models import Product, Variant
from checkout.models import Cart
from checkout.operations.cart import add_to_cart
from marketplace.accounts.models import User
from marketplace.community.errors import WishlistFull
from marketplace.community.models import Wishlist, WishlistItem
from marketplace.community.operations.wishlists import MOST_ITEMS, default_list
from marketplace.community.selectors.wishlists import lists_of, own_item
from marketplace.kernel import clock
from marketplace.kernel.errors import NotFound
from marketplace.kernel.locking import lock_one


def add_to_wishlist(
    *,
    session: SessionBase,
    user: User | None,
    product_id: int,
    variant_id: int | None = None,
    wishlist: Wishlist | None = None,
) -> WishlistItem:
    """Put a product on a list, the default one unasked; the same thing once more changes nothing.

    Locks the list. Side effects: the session of a guest remembers its lists. Raises NotFound for what buyers
    cannot see, WishlistFull.
    """
    product, variant = wanted(product_id, variant_id)
    with transaction.atomic():
        into = wishlist or default_list(session=session, user=user)
        into = lock_one(Wishlist.objects.filter(pk=into.pk))
        known = into.items.filter(product=product, variant=variant).first()
        if known is not None:
            return known
        if into.items.count() >= MOST_ITEMS:
            raise WishlistFull(limit=MOST_ITEMS)
        _touch(into)
        return WishlistItem.objects.create(
            wishlist=into,
            product=product,
            variant=variant,
            title=product.title,
            price_minor=price_of(product, variant),
            currency=product.currency,
        )


def remove_from_wishlist(*, item: WishlistItem) -> Wishlist:
    """Take something off its list. Once more changes nothing."""
    with transaction.atomic():
        wishlist = lock_one(Wishlist.objects.filter(pk=item.wishlist_id))
        WishlistItem.objects.filter(pk=item.pk).delete()
        _touch(wishlist)
    return wishlist


def move_to_cart(*, session: SessionBase, user: User | None, item: WishlistItem, quantity: int = 1) -> Cart:
    """Put units of what is on a list into the cart, and take it off the list: both or neither.

    What is on the list in any variant goes in the one that is offered first. Of two that move it at once one
    does. Locks the cart, then the list. Side effects and refusals of `add_to_cart`, and NotFound for what is
    not on the list any more.
    """
    variant_id = item.variant_id or item.product.default_variant_id
    if variant_id is None:
        raise NotFound(thing="variant", field="item")
    with transaction.atomic():
        cart = add_to_cart(session=session, user=user, variant_id=variant_id, quantity=quantity)
        lists = lists_of(session=session, user=user)
        wishlist = lock_one(Wishlist.objects.filter(pk=item.wishlist_id, pk__in=lists.values("pk")))
        own_item(item.pk, session=session, user=user).delete()
        _touch(wishlist)
    return cart


def wanted(product_id: int, variant_id: int | None) -> tuple[Product, Variant | None]:
    """What buyers can see under these keys; two statements at most. Raises NotFound."""
    product = Product.objects.visible().filter(pk=product_id).first()
    if product is None:
        raise NotFound(thing="product", field="product")
    if variant_id is None:
        return product, None
    variant = Variant.objects.filter(pk=variant_id, product=product, is_active=True).first()
    if variant is None:
        raise NotFound(thing="variant", field="variant")
    return product, variant


def price_of(product: Product, variant: Variant | None) -> int:
    """What the thing costs now, in minor units of the product's currency."""
    return variant.price_minor if variant else product.price_minor or 0


def _touch(wishlist: Wishlist) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(updated_at=clock.now())
