"""Letters about products: to who waits for them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings

from catalog.models import Product

Context = dict[str, object]
Facts = Mapping[str, Any]
Letter = Callable[[Facts], Context | None]


def alert(facts: Facts) -> Context | None:
    """What is back, or costs less; None when buyers cannot see it any more, or nothing is left of it."""
    product = Product.objects.buyable().filter(pk=facts["product_id"], is_in_stock=True).first()
    if product is None:
        return None
    return {
        "title": product.title,
        "price": product.price,
        "is_back": facts["is_back"],
        "link": f"{settings.SITE_URL}/products/{product.slug}",
    }


LETTERS: Final[Mapping[str, Letter]] = {"product_alert": alert}
