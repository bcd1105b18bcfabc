"""Who waits for what."""

from django.db.models import F, Q, QuerySet

from catalog.models import Product, Variant
from marketplace.accounts.models import User
from marketplace.community.models import ProductAlert, WishlistItem


def alerts_of(user: User) -> QuerySet[ProductAlert]:
    """What the user waits for, the last first."""
    return ProductAlert.objects.filter(user=user)


def waiting_for_stock(variant: Variant) -> QuerySet[User]:
    """Who wants to hear that the variant is back: asked for it or its product, or has it on a watched list.

    One statement.
    """
    it = Q(product=variant.product_id) & (Q(variant=None) | Q(variant=variant))
    return _who(ProductAlert.objects.filter(it, is_for_stock=True), WishlistItem.objects.filter(it))


def waiting_for_price(product: Product, price_minor: int) -> QuerySet[User]:
    """Who wants to hear that the product costs less than when they asked, or were told last.

    One variant is measured by its own price. An amount in another currency is no lower one. One statement.
    """
    as_any = Q(variant=None, price_minor__gt=price_minor)
    as_one = Q(variant__is_active=True, variant__price_minor__lt=F("price_minor"))
    less = (as_any | as_one) & Q(product=product, currency=product.currency)
    return _who(ProductAlert.objects.filter(less, is_for_price=True), WishlistItem.objects.filter(less))


def _who(alerts: QuerySet[ProductAlert], items: QuerySet[WishlistItem]) -> QuerySet[User]:
    watched = items.filter(wishlist__is_watched=True, wishlist__user__isnull=False)
    asked = Q(pk__in=alerts.values("user")) | Q(pk__in=watched.values("wishlist__user"))
    return User.objects.filter(asked, is_active=True).order_by("pk")
