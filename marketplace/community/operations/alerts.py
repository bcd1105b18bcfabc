"""What somebody waits for: asked for, given up, and told once it is there."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Least

from catalog.events import StockAdjusted
from catalog.models import Product, Variant
from marketplace.accounts.models import User
from marketplace.community.errors import TooManyAlerts
from marketplace.community.events import AlertsWanted, VariantRestocked
from marketplace.community.models import ProductAlert, Wishlist, WishlistItem
from marketplace.community.operations.wishes import price_of, wanted
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.events import publish
from marketplace.kernel.locking import lock_one

MOST: Final = 200


def subscribe_to_product(
    *, user: User, product_id: int, variant_id: int | None, is_for_stock: bool, is_for_price: bool
) -> ProductAlert:
    """Have mail when a product, or a variant of it, is back or costs less than now.

    Once more sets anew what for, and the price. Locks the user. Publishes AlertsWanted. Raises NotFound for
    what buyers cannot see, InvalidInput for neither, TooManyAlerts.
    """
    if not (is_for_stock or is_for_price):
        raise InvalidInput(field="isForStock", reason="Say what you wait for.")
    product, variant = wanted(product_id, variant_id)
    with transaction.atomic():
        user = lock_one(User.objects.filter(pk=user.pk))
        mine = ProductAlert.objects.filter(user=user)
        known = mine.filter(product=product, variant=variant).first()
        if known is None and mine.count() >= MOST:
            raise TooManyAlerts(limit=MOST)
        alert = known or ProductAlert(user=user, product=product, variant=variant)
        alert.is_for_stock, alert.is_for_price = is_for_stock, is_for_price
        alert.price_minor, alert.currency = price_of(product, variant), product.currency
        alert.save()
        publish(AlertsWanted(user_id=user.pk))
    return alert


def unsubscribe_from_product(*, alert: ProductAlert) -> None:
    """Wait for it no more."""
    ProductAlert.objects.filter(pk=alert.pk).delete()


def forget_alerts(user: User) -> None:
    """The user wants no more of this mail: waits for nothing, and watches no list."""
    ProductAlert.objects.filter(user=user).delete()
    Wishlist.objects.filter(user=user, is_watched=True).update(is_watched=False)


def notice_restock(event: StockAdjusted) -> None:
    """Tell when the first units of a variant come; a reaction in the transaction of the change.

    No statement of its own. Publishes VariantRestocked.
    """
    # As many are left as came, or fewer: before, there was none.
    if 0 < event.available <= event.delta:
        publish(VariantRestocked(variant_id=event.variant_id))


def note_told(*, users: Iterable[int], product: Product, price_minor: int) -> None:
    """Let what these users wait for be measured by the price they are told of. Two statements."""
    now = Coalesce(
        Subquery(Variant.objects.filter(pk=OuterRef("variant")).values("price_minor")), Value(price_minor)
    )
    least = Least(F("price_minor"), now)
    keys: Sequence[int] = list(users)
    about = {"product": product, "currency": product.currency}
    ProductAlert.objects.filter(**about, user__in=keys).update(price_minor=least)
    WishlistItem.objects.filter(**about, wishlist__user__in=keys).update(price_minor=least)
