"""What a product offers first, kept on its row: the one writer of its price, default variant and stock."""

from collections.abc import Collection
from typing import Final

from django.db.models import Case, F, Value, When

from catalog.events import PriceChanged
from catalog.models import Product, Variant
from marketplace.kernel import writes
from marketplace.kernel.events import publish_all

# False sorts before true.
_IS_SOLD_OUT: Final = Case(When(on_hand__lte=F("reserved"), then=Value(True)), default=Value(False))


def refresh_offers(products: Collection[Product]) -> None:
    """Bring the offers of these products up to date with their variants.

    A product offers its cheapest live variant in stock, or where none is in stock its cheapest live one.
    The caller holds the products locked, so that no two transactions settle an offer by what neither has
    committed, and calls this after its last change of a variant. One statement, and another one if an offer
    changed, however many products. Publishes PriceChanged for each product whose price became another one.
    """
    prices = {product.pk: product.price_minor for product in products}
    live = Variant.objects.filter(product__in=products, is_active=True)
    ranked = live.order_by("product_id", _IS_SOLD_OUT, "price_minor", "position", "pk")
    first = {variant.product_id: variant for variant in ranked.distinct("product_id")}
    changed = [product for product in products if _offer(product, first.get(product.pk))]
    if changed:
        writes.rewrite(changed, ["default_variant", "price_minor", "is_in_stock"])
    priced = [(product.pk, prices[product.pk], product.price_minor) for product in changed]
    publish_all(
        PriceChanged(product_id=key, was_minor=was, now_minor=now)
        for key, was, now in priced
        if was is not None and now is not None and was != now
    )


def _offer(product: Product, variant: Variant | None) -> bool:
    """Set the product's offer; says whether it is another one than before."""
    before = (product.default_variant_id, product.price_minor, product.is_in_stock)
    product.default_variant = variant
    product.price_minor = None if variant is None else variant.price_minor
    product.is_in_stock = variant is not None and variant.available > 0
    return before != (product.default_variant_id, product.price_minor, product.is_in_stock)
